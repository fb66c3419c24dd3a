"""Who may do what: one table, from which the groups are made, the handbook's page is printed and
the test of every address reads.

GROUPS are the headings of the start page and of the handbook's table. AREAS says which records an
area of work has and under which heading they stand; ROLES says what each role may do in it. An area
that is not named is closed to the role.
"""

from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_lazy as _

ALL = ("view", "add", "change", "delete")
EDIT = ("view", "add", "change")
CHANGE = ("view", "change")
VIEW = ("view",)


@dataclass(frozen=True)
class Area:
    """`group` is a key of GROUPS. `limits` narrows what any role may do with a record: nobody
    deletes the office.
    """

    group: str
    models: tuple
    limits: tuple = ALL


GROUPS = {
    "talks": _("Advice: talks"),
    "proposals": _("Proposals"),
    "content": _("Texts, documents and pictures"),
    "projects": _("Projects and organisations"),
    "funding": _("Funding lines"),
    "advice": _("Advice: hours, people and places"),
    "incoming": _("What came in, what is broken"),
    "mails": _("E-mails"),
    "team": _("Team"),
    "privacy": _("Data protection and operation"),
}

AREAS = {
    "content": Area(
        "content",
        (
            *("programs.document", "programs.focusarea", "programs.measure", "programs.notice"),
            *("programs.page", "programs.partner", "programs.picture", "programs.programperiod"),
            "programs.oldaddress",
        ),
    ),
    "frame": Area("content", ("programs.program", "programs.office"), EDIT),
    "projects": Area(
        "projects",
        (
            *("projects.organisation", "projects.project", "projects.projectdate"),
            "projects.projectpicture",
        ),
    ),
    # Staff join an organisation that registered with its public profile; nothing else is theirs.
    "applicants": Area("projects", ("proposals.applicant",), CHANGE),
    "funding": Area(
        "funding",
        (
            *("programs.applicantkind", "programs.fundingline", "programs.fundingrate"),
            *("programs.fundingterms", "programs.measurekind", "programs.enclosurekind"),
        ),
    ),
    "lists": Area(
        "projects",
        ("projects.district", "projects.spokenlanguage", "projects.targetgroup"),
    ),
    "proposals": Area("proposals", ("proposals.proposal",), CHANGE),
    # Each declares for themselves, and scores for themselves.
    "assessment": Area("proposals", ("proposals.conflictdeclaration", "proposals.score"), EDIT),
    # Who adds prepares a decision, who changes confirms one that somebody else has prepared.
    "decisions": Area("proposals", ("proposals.decision",), EDIT),
    "case_figures": Area("proposals", ("proposals.casecount",), VIEW),
    "case_rules": Area(
        "proposals",
        (
            *("proposals.caselabel", "proposals.checklistitem", "proposals.criterion"),
            *("proposals.cityfund", "proposals.substitution"),
        ),
    ),
    # Each letter has one text, which is neither added nor deleted.
    "letters": Area("proposals", ("proposals.lettertemplate",), CHANGE),
    "appointments": Area("talks", ("consultations.booking", "consultations.waitingentry"), EDIT),
    "feeds": Area("talks", ("consultations.calendarfeed",)),
    "advice_figures": Area("talks", ("consultations.advicecount",), VIEW),
    "hours": Area(
        "advice",
        (
            *("consultations.openinghours", "consultations.specialhours", "consultations.absence"),
            *("consultations.openedholiday", "consultations.concern", "consultations.location"),
        ),
    ),
    "advice_rules": Area("advice", ("consultations.advicerules",), CHANGE),
    "advice": Area("advice", ("consultations.coordinator", "consultations.helpplace")),
    "reports": Area("incoming", ("offenbach_wir.barrierreport",), CHANGE),
    "links": Area("incoming", ("offenbach_wir.foundlink",), CHANGE),
    "outbox": Area("mails", ("offenbach_wir.queuedmail",), CHANGE),
    "mail_texts": Area("mails", ("offenbach_wir.mailtext",), ALL),
    "team": Area("team", ("offenbach_wir.user", "offenbach_wir.invitation"), EDIT),
    "audit": Area("team", ("offenbach_wir.event",), VIEW),
    "operation": Area("privacy", ("offenbach_wir.jobrun",), VIEW),
    "privacy": Area(
        "privacy",
        ("offenbach_wir.legalhold", "offenbach_wir.erasure"),
        EDIT,
    ),
}


@dataclass(frozen=True)
class Role:
    """`areas` maps an area to actions; `mail_areas` are the mails the role may read; who
    `publishes` may put content before the public.
    """

    key: str
    name: str
    does: str
    areas: dict
    demo_email: str
    mail_areas: tuple = ()
    publishes: bool = False

    @property
    def permissions(self):
        """{"app.model": actions} as the table says."""
        return {
            label: tuple(action for action in actions if action in AREAS[area].limits)
            for area, actions in self.areas.items()
            for label in AREAS[area].models
        }


EDITING = {"content": ALL, "frame": EDIT, "projects": ALL, "reports": CHANGE, "links": CHANGE}
COORDINATING = EDITING | {
    **{"funding": ALL, "lists": ALL, "advice": ALL, "outbox": CHANGE, "mail_texts": EDIT},
    **{"applicants": CHANGE, "case_rules": ALL, "letters": CHANGE},
    **{"hours": ALL, "advice_rules": CHANGE, "feeds": ALL, "advice_figures": VIEW},
}

ROLES = {
    role.key: role
    for role in (
        Role(
            "editor",
            _("Editor"),
            _("Changes texts, pictures, documents and projects."),
            EDITING | {"outbox": CHANGE},
            "redaktion@example.org",
            mail_areas=("office",),
            publishes=True,
        ),
        Role(
            "coordinator",
            _("Coordinator"),
            _("Looks after projects, funding lines and advice."),
            COORDINATING
            | {
                **{"appointments": EDIT, "proposals": CHANGE, "assessment": EDIT},
                **{"decisions": EDIT, "case_figures": VIEW},
            },
            "koordination@example.org",
            mail_areas=("office", "advice", "proposals"),
            publishes=True,
        ),
        Role(
            "assessor",
            _("Assessor"),
            _("Reads projects and funding lines in order to assess proposals."),
            {"projects": VIEW, "funding": VIEW, "proposals": VIEW, "assessment": EDIT},
            "bewertung@example.org",
        ),
        Role(
            "approver",
            _("Approver"),
            _("Confirms decisions on the city's money that somebody else has prepared."),
            {
                **{"projects": VIEW, "funding": VIEW, "proposals": VIEW, "assessment": EDIT},
                **{"decisions": CHANGE, "case_rules": VIEW, "case_figures": VIEW},
            },
            "leitung@example.org",
        ),
        Role(
            "administrator",
            _("Administrator"),
            _(
                "Changes all content and looks after accounts, the texts of mails and data "
                "protection. Talks of advice and the mails of advice and proposals stay closed."
            ),
            COORDINATING
            | {
                **{"mail_texts": ALL, "team": EDIT, "audit": VIEW, "operation": VIEW},
                "privacy": EDIT,
            },
            "verwaltung@example.org",
            mail_areas=("office", "accounts"),
            publishes=True,
        ),
    )
}


def roles_of(user):
    """The roles this person has, as entries of the table."""
    return [ROLES[group.name] for group in user.groups.all() if group.name in ROLES]


def mail_areas_of(user):
    """The areas whose mails this person may read."""
    return {area for role in roles_of(user) for area in role.mail_areas}


def make_groups():
    """Makes or refreshes one group a role, with just the permissions of the table."""
    for role in ROLES.values():
        group, _created = Group.objects.get_or_create(name=role.key)
        wanted = []
        for label, actions in role.permissions.items():
            app, model = label.split(".")
            for action in actions:
                wanted.append(
                    Permission.objects.get(
                        content_type__app_label=app, codename=f"{action}_{model}"
                    )
                )
        group.permissions.set(wanted)
