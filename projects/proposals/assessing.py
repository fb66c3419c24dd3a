"""Conflicts of interest and scores: each person declares and scores for themselves.

Scores of others are shown to those who look after cases, and to assessors once they have scored
themselves, so that nobody follows anybody. Who has a conflict of interest neither scores nor sees
scores, and what they had scored before no longer counts.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from offenbach_wir import events
from offenbach_wir.models import Event, User

from . import phases
from .models import ConflictDeclaration, Criterion, Score

TENTH = Decimal("0.1")


class NotFreeError(Exception):
    """The person has not declared yet, or has a conflict of interest; the message says so."""


# --- Declarations -------------------------------------------------------------------------------
def declaration_of(proposal, user):
    return ConflictDeclaration.objects.filter(proposal=proposal, person=user).first()


@transaction.atomic
def declare(proposal, *, user, has_conflict, reason="", request=None):
    """Stores what somebody declares for themselves; declaring the same again changes nothing."""
    before = declaration_of(proposal, user)
    reason = reason if has_conflict else ""
    if before and (before.has_conflict, before.reason) == (has_conflict, reason):
        return before
    row, _created = ConflictDeclaration.objects.update_or_create(
        proposal=proposal, person=user, defaults={"has_conflict": has_conflict, "reason": reason}
    )
    events.record(
        Event.Kind.CASE_CHANGED,
        request=request,
        actor=user,
        subject=proposal,
        change="declared",
        old=_word(before),
        new=_word(row),
    )
    return row


def _word(declaration):
    if declaration is None:
        return ""
    return "conflict" if declaration.has_conflict else "free"


def hindrance_of(declaration):
    """Why this person may not assess, as a sentence; empty where they may."""
    if declaration is None:
        return _("Please declare first whether you have a conflict of interest.")
    if declaration.has_conflict:
        return _("You have declared a conflict of interest. Somebody else has to do this.")
    return ""


def who_else(proposal, codename, user):
    """Colleagues who hold that right of proposals and have declared no conflict here."""
    holders = User.objects.filter(
        groups__permissions__codename=codename,
        groups__permissions__content_type__app_label="proposals",
    )
    in_conflict = ConflictDeclaration.objects.filter(
        proposal=proposal, has_conflict=True, person__isnull=False
    )
    return (
        User.objects.filter(is_active=True, is_staff=True, pk__in=holders.order_by().values("pk"))
        .exclude(pk=user.pk)
        .exclude(pk__in=in_conflict.values("person"))
        .order_by("name", "email", "pk")
    )


# --- Scores -------------------------------------------------------------------------------------
def criteria_of(proposal):
    """What a proposal of this line is scored by."""
    rows = Criterion.objects.filter(is_in_use=True)
    return rows.filter(Q(funding_line=None) | Q(funding_line=proposal.funding_line_id))


@transaction.atomic
def score(proposal, given, *, user, request=None):
    """Stores the person's own scores: {criterion: (points, reason)}.

    Raises NotFreeError, phases.ClosedError.
    """
    phases.locked_for(phases.Work.SCORES, proposal)
    if hindrance := hindrance_of(declaration_of(proposal, user)):
        raise NotFreeError(hindrance)
    before = {row.criterion_id: row for row in own_scores(proposal, user)}
    rows, changed = [], {}
    for criterion, (points, reason) in given.items():
        old = before.get(criterion.pk)
        if old and (old.points, old.reason) == (points, reason):
            continue
        rows.append(
            Score(
                proposal=proposal,
                criterion=criterion,
                assessor=user,
                points=points,
                reason=reason,
                most_points=criterion.most_points,
            )
        )
        changed[str(criterion.pk)] = [old.points if old else None, points]
    Score.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["proposal", "criterion", "assessor"],
        update_fields=["points", "reason", "most_points", "scored_at"],
    )
    if changed:
        events.record(
            Event.Kind.CASE_CHANGED,
            request=request,
            actor=user,
            subject=proposal,
            change="scored",
            scores=changed,
        )


def own_scores(proposal, user):
    return proposal.scores.filter(assessor=user)


@dataclass(frozen=True)
class Row:
    """One criterion with the scores that count; `mean` is rounded to a tenth, or None."""

    criterion: Criterion
    scores: tuple
    mean: Decimal | None


@dataclass(frozen=True)
class Overview:
    """`total` is the sum of the means, where each criterion has one; `most` what it could be."""

    rows: tuple
    total: Decimal | None
    most: int
    left_out: tuple

    @property
    def n_assessors(self):
        return len({score.assessor_id for row in self.rows for score in row.scores})


def overview(proposal, declarations):
    """All scores of a case. `declarations` are those of the case, by person."""
    counted, left_out = {}, []
    for row in proposal.scores.select_related("criterion", "assessor"):
        declared = declarations.get(row.assessor_id)
        if declared and declared.has_conflict:
            left_out.append(row)
        else:
            counted.setdefault(row.criterion, []).append(row)
    # A criterion out of use keeps the scores it was given.
    criteria = list(criteria_of(proposal))
    criteria += [criterion for criterion in counted if criterion not in criteria]
    rows = tuple(
        Row(criterion, tuple(counted.get(criterion, ())), mean_of(counted.get(criterion, ())))
        for criterion in criteria
    )
    means = [row.mean for row in rows]
    return Overview(
        rows=rows,
        total=sum(means) if means and None not in means else None,
        most=sum(criterion.most_points for criterion in criteria),
        left_out=tuple(left_out),
    )


def mean_of(scores):
    points = [score.points for score in scores]
    if not points:
        return None
    return (Decimal(sum(points)) / len(points)).quantize(TENTH, ROUND_HALF_UP)


def may_see_all(proposal, user, declaration):
    """Whether the scores of others are open to this person."""
    if declaration and declaration.has_conflict:
        return False
    if user.has_perm("proposals.change_proposal"):
        return True
    criteria = set(criteria_of(proposal).values_list("pk", flat=True))
    own = set(own_scores(proposal, user).values_list("criterion", flat=True))
    return bool(criteria) and criteria <= own
