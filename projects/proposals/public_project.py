"""From an approved case to the draft of a public project, and later changes of its grant.

An editor completes and publishes the draft. Afterwards nothing changes by itself: what an amendment
changes is shown beside the project, and somebody takes it over.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.html import linebreaks
from django.utils.text import slugify

from offenbach_wir import events, richtext
from offenbach_wir.models import Event
from offenbach_wir.publishing import may_publish
from offenbach_wir.translated import GERMAN
from projects.models import Project

from . import decisions, financing, grants
from .applicants import new_key
from .figures import ZERO, IncomeKind, total
from .models import Proposal

LONGEST_SLUG = 70
LONGEST_PLACE = 200
# What a project tells at length, in this order.
BODY = ("activities", "aims", "involvement")
OWN = (IncomeKind.OWN_FUNDS, IncomeKind.DONATIONS, IncomeKind.PARTICIPANT_FEE)
# What a decision says about a project that is there already.
OF_THE_GRANT = (
    *("starts_on", "ends_on", "total_cost", "state_share", "city_share"),
    *("own_share", "third_party_share"),
)


class NotPossibleError(Exception):
    """There is no grant in force, or nothing was handed in."""


@dataclass(frozen=True)
class Difference:
    """A field of the project that says something else than the grant; a day or euros."""

    field: str
    label: Any
    old: Any
    new: Any

    @property
    def is_money(self):
        return isinstance(self.new, Decimal)


def may_be_made(proposal, user):
    return (
        proposal.has_grant
        and proposal.project is None
        and user.has_perm("projects.add_project")
        and user.has_perm("proposals.change_proposal")
    )


@transaction.atomic
def make(proposal, *, user, request=None):
    """The draft of the public project, linked both ways; pressed twice it is made once.

    NotPossibleError without a grant.
    """
    locked = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("applicant__organisation", "funding_line", "terms", "language", "project")
        .get(pk=proposal.pk)
    )
    if locked.project is not None:
        return locked.project
    grant = grants.grant_of(locked) if locked.has_grant else None
    if grant is None or not locked.versions.exists():
        raise NotPossibleError
    project = _created(locked, of_the_grant(locked, grant) | _where(locked))
    project.create_translation(GERMAN, **_texts(locked))
    if locked.funding_line and locked.funding_line.focus_area_id:
        project.focus_areas.set([locked.funding_line.focus_area_id])
    project.target_groups.set(locked.target_groups.all())
    project.languages.set(locked.languages.all())
    Project.objects.with_texts().get(pk=project.pk).refresh_index()
    locked.project = project
    locked.save(update_fields=["project"])
    events.record(
        Event.Kind.CASE_CHANGED,
        request=request,
        actor=user,
        subject=locked,
        change="project",
        project=project.pk,
    )
    return project


def _created(proposal, fields):
    """With a number and an address that nobody uses."""
    number = proposal.reference
    if Project.objects.filter(number=number).exists():
        number = f"{number}-{new_key()[:6]}"
    fields |= {
        "number": number,
        "organisation": proposal.applicant.organisation,
        "funding_line": proposal.funding_line,
        "state": Project.State.DRAFT,
    }
    slug = slugify(proposal.title)[:LONGEST_SLUG].strip("-") or slugify(proposal.reference)
    if slug != "feed" and not Project.objects.filter(slug=slug).exists():
        try:
            with transaction.atomic():
                return Project.objects.create(slug=slug, **fields)
        except IntegrityError:
            pass  # Somebody was faster with the same title.
    return Project.objects.create(slug=f"{slug}-{new_key()[:8]}", **fields)


def _where(proposal):
    """A project stands in one district or in the whole town; several are named as its place."""
    districts = list(proposal.districts.all())
    names = ", ".join(district.name for district in districts) if len(districts) > 1 else ""
    return {
        "district": districts[0] if len(districts) == 1 else None,
        "place": (proposal.place or names)[:LONGEST_PLACE],
    }


def _texts(proposal):
    """The German texts; what was written in another language only is left to the editor."""
    answers = proposal.versions.first().data["answers"]

    def german(question):
        answer = answers.get(question, {"text": "", "german": ""})
        return answer["german"] or (answer["text"] if proposal.is_in_german else "")

    body = "".join(linebreaks(german(question), autoescape=True) for question in BODY)
    return {
        "title": str(proposal),
        "summary": german("summary"),
        "body": richtext.clean(body) if any(german(question) for question in BODY) else "",
    }


def of_the_grant(proposal, grant):
    """{field: value} of what the grant says about the project: period, and who pays how much.

    What the plan hoped to get and the grant does not give is in no share, and not in the total.
    """
    incomes = financing.rows_from_data(proposal.versions.first().data["plan"]).incomes
    municipal = total(row for row in incomes if row.kind == IncomeKind.MUNICIPAL_FUNDS)
    own = total(row for row in incomes if row.kind in OWN)
    others = total(
        row
        for row in incomes
        if row.kind not in (*OWN, IncomeKind.MUNICIPAL_FUNDS, IncomeKind.STATE_FUNDS)
    )
    is_city = proposal.is_decided_by_city
    shares = {
        "state_share": ZERO if is_city else grant.amount,
        "city_share": municipal + (grant.amount if is_city else ZERO),
        "own_share": own,
        "third_party_share": others,
    }
    return {
        "starts_on": grant.starts_on,
        "ends_on": grant.ends_on,
        "total_cost": sum(shares.values(), ZERO),
        **shares,
    }


# --- Later changes ------------------------------------------------------------------------------
def differences(proposal):
    """[Difference] between the grant in force and the project as it is now."""
    project, grant = proposal.project, grants.grant_of(proposal)
    if project is None or grant is None:
        return []
    wanted = of_the_grant(proposal, grant)
    return [
        Difference(
            name, Project._meta.get_field(name).verbose_name, getattr(project, name), wanted[name]
        )
        for name in OF_THE_GRANT
        if getattr(project, name) != wanted[name]
    ]


def may_take_over(project, user):
    """What the public sees is changed by whoever may publish; a draft by whoever may change it."""
    if project.is_binned:
        return False
    if project.state == Project.State.PUBLISHED:
        return may_publish(user, project)
    return user.has_perm("projects.change_project")


@transaction.atomic
def take_over(proposal, *, user, request=None):
    """Writes what the grant says into the project; returns how many fields changed."""
    project = Project.objects.select_for_update(of=("self",)).get(pk=proposal.project_id)
    proposal.project = project
    found = differences(proposal)
    if not found:
        return 0
    for difference in found:
        setattr(project, difference.field, difference.new)
    project.save(update_fields=[*(d.field for d in found), "updated_at"])
    events.record(
        Event.Kind.CASE_CHANGED,
        request=request,
        actor=user,
        subject=proposal,
        change="project",
        project=project.pk,
        fields=[difference.field for difference in found],
    )
    return len(found)


def naming_duty_of(proposal):
    decision = decisions.shown_decision(proposal)
    return decision.naming_duty if decision and decision.is_approval else ""
