"""Who may do what in the back office: one table, from which the groups are made.

Each line: role → {model: actions}. A model that is not named is closed to the role.
"""

from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_lazy as _

ALL = ("view", "add", "change", "delete")
EDIT = ("view", "add", "change")

CONTENT = {
    f"programs.{name}": ALL
    for name in (
        *("document", "focusarea", "measure", "notice", "page", "partner", "picture"),
        *("programperiod", "oldaddress"),
    )
} | {"programs.program": EDIT, "programs.office": EDIT}
PROJECTS = {
    f"projects.{name}": ALL for name in ("organisation", "project", "projectdate", "projectpicture")
}
FUNDING = {
    f"programs.{name}": ALL
    for name in ("applicantkind", "fundingline", "fundingrate", "fundingterms", "measurekind")
}
LISTS = {f"projects.{name}": ALL for name in ("district", "spokenlanguage", "targetgroup")}
ADVICE = {f"consultations.{name}": ALL for name in ("coordinator", "helpplace")}
REPORTS = {"offenbach_wir.barrierreport": ("view", "change")}


@dataclass(frozen=True)
class Role:
    key: str
    name: str
    does: str
    permissions: dict
    demo_email: str


ROLES = {
    role.key: role
    for role in (
        Role(
            "editor",
            _("Editor"),
            _("Changes texts, pictures, documents and projects."),
            CONTENT | PROJECTS | REPORTS,
            "redaktion@example.org",
        ),
        Role(
            "coordinator",
            _("Coordinator"),
            _("Looks after projects, funding lines and advice."),
            CONTENT | PROJECTS | FUNDING | LISTS | ADVICE | REPORTS,
            "koordination@example.org",
        ),
        Role(
            "administrator",
            _("Administrator"),
            _("Does all of this and looks after accounts."),
            CONTENT
            | PROJECTS
            | FUNDING
            | LISTS
            | ADVICE
            | REPORTS
            | {"offenbach_wir.user": ("view", "change")},
            "verwaltung@example.org",
        ),
    )
}


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
