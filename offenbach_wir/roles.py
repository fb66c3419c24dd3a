"""Who may do what: one table, from which the groups are made, the handbook's page is printed and
the test of every address reads.

AREAS says which records an area of work has; ROLES says what each role may do in it. An area that
is not named is closed to the role.
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
    """`limits` narrows what any role may do with a record: nobody deletes the office."""

    name: str
    models: tuple
    limits: tuple = ALL


AREAS = {
    "content": Area(
        _("Pages, documents and pictures"),
        (
            *("programs.document", "programs.focusarea", "programs.measure", "programs.notice"),
            *("programs.page", "programs.partner", "programs.picture", "programs.programperiod"),
            "programs.oldaddress",
        ),
    ),
    "frame": Area(_("The programme and the office"), ("programs.program", "programs.office"), EDIT),
    "projects": Area(
        _("Projects and organisations"),
        (
            *("projects.organisation", "projects.project", "projects.projectdate"),
            "projects.projectpicture",
        ),
    ),
    "funding": Area(
        _("Funding lines"),
        (
            *("programs.applicantkind", "programs.fundingline", "programs.fundingrate"),
            *("programs.fundingterms", "programs.measurekind"),
        ),
    ),
    "lists": Area(
        _("Districts, languages and target groups"),
        ("projects.district", "projects.spokenlanguage", "projects.targetgroup"),
    ),
    "advice": Area(
        _("Advice: people and places"), ("consultations.coordinator", "consultations.helpplace")
    ),
    "reports": Area(_("Barrier reports"), ("offenbach_wir.barrierreport",), CHANGE),
    "links": Area(_("Link check"), ("offenbach_wir.foundlink",), CHANGE),
    "outbox": Area(_("Outbox"), ("offenbach_wir.queuedmail",), CHANGE),
    "mail_texts": Area(_("Texts of mails"), ("offenbach_wir.mailtext",), ALL),
    "team": Area(
        _("Accounts and invitations"), ("offenbach_wir.user", "offenbach_wir.invitation"), EDIT
    ),
    "audit": Area(_("Audit trail"), ("offenbach_wir.event",), VIEW),
    "operation": Area(_("Scheduled jobs"), ("offenbach_wir.jobrun",), VIEW),
    "privacy": Area(
        _("Retention, legal holds and erasure"),
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
            COORDINATING,
            "koordination@example.org",
            mail_areas=("office", "advice", "proposals"),
            publishes=True,
        ),
        Role(
            "assessor",
            _("Assessor"),
            _("Reads projects and funding lines in order to assess proposals."),
            {"projects": VIEW, "funding": VIEW},
            "bewertung@example.org",
        ),
        Role(
            "administrator",
            _("Administrator"),
            _("Does all of this and looks after accounts, mails and data protection."),
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
