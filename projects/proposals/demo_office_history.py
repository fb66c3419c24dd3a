"""Histories of the demo's cases: handing in, the city's work until the decision, the post."""

from decimal import Decimal

from post_office.models import STATUS

from offenbach_wir.models import QueuedMail, User

from . import (
    assessing,
    checklist,
    looking_after,
    messaging,
    needs,
    notes,
    statement,
    submission,
    supplements,
)
from .demo_history import APPROVER, COORDINATION, action
from .models import CaseLabel


# --- Handed in, supplied, withdrawn -------------------------------------------------------------
@action
def hand_in(entry):
    submission.hand_in(entry.proposal, user=entry.writer)


@action
def request_supplement(entry):
    row, user = entry.row, entry.by(COORDINATION)

    def work(proposal, now):
        supplements.ask(
            proposal,
            message=row["text"],
            due_on=entry.day(row.get("days", supplements.USUAL_DAYS)),
            sections=row["sections"],
            user=user,
        )

    entry.step("request_supplement", work)


@action
def hand_in_supplement(entry):
    """New words and sums in the sections that were opened, then the next version."""
    for question, text in entry.row.get("answers", {}).items():
        entry.proposal.answers.filter(question=question).update(text=text)
    for side in ("costitems", "incomeitems"):
        for description, values in entry.row.get(side, {}).items():
            numbers = {name: Decimal(value) for name, value in values.items()}
            getattr(entry.proposal, side).filter(description=description).update(**numbers)
    submission.hand_in_supplement(entry.proposal, user=entry.writer)


# --- The city's work with it --------------------------------------------------------------------
@action
def assign(entry):
    by, to = User.objects.get(email=COORDINATION), entry.by(COORDINATION)
    looking_after.assign(entry.proposal, to, by=by, seen=entry.proposal.assignee_id)


@action
def follow(entry):
    looking_after.follow(entry.proposal, entry.by(APPROVER))


@action
def label(entry):
    labels = CaseLabel.objects.filter(name__in=entry.row["names"])
    keys = labels.values_list("pk", flat=True)
    looking_after.change_labels(entry.proposal, add=keys, by=entry.by(COORDINATION))


@action
def note(entry):
    user = entry.by(COORDINATION)
    notes.write(entry.proposal, entry.row["text"], user=user, form_key=entry.key)


@action
def lock(entry):
    notes.lock(entry.proposal, entry.row["reason"], user=entry.by(COORDINATION))


@action
def message(entry):
    is_from_office = entry.row.get("from_office", False)
    messaging.write(
        entry.proposal,
        entry.row["text"],
        user=entry.by(COORDINATION) if is_from_office else entry.writer,
        form_key=entry.key,
        is_from_office=is_from_office,
    )
    if entry.row.get("settled"):
        messaging.settle(entry.proposal)


@action
def check(entry):
    """All points are fulfilled but those that `missing` (with a note), `unneeded` or `open` name,
    each by its place in the list.
    """
    row, given = entry.row, []
    missing = {int(place): why for place, why in row.get("missing", {}).items()}
    for place, (item, answer) in enumerate(needs.checklist_of(entry.proposal), start=1):
        if place in row.get("open", []):
            continue
        verdict = "no" if place in missing else "yes"
        if place in row.get("unneeded", []):
            verdict = "not_needed"
        seen = checklist.seen_of(answer)
        given.append(checklist.Given(item, verdict, missing.get(place, ""), seen))
    checklist.save(entry.proposal, given, user=entry.by(COORDINATION))


@action
def declare(entry):
    reason = entry.row.get("reason", "")
    assessing.declare(
        entry.proposal, user=entry.by(COORDINATION), has_conflict=bool(reason), reason=reason
    )


@action
def score(entry):
    """Points and reasons in the order of the criteria."""
    given = dict(
        zip(
            assessing.criteria_of(entry.proposal),
            [(points, reason) for points, reason in entry.row["scores"]],
            strict=False,
        )
    )
    assessing.score(entry.proposal, given, user=entry.by(COORDINATION))


@action
def state(entry):
    statement.save(
        entry.proposal,
        verdict=entry.row.get("verdict", "supports"),
        text=entry.row["text"],
        seen=0,
        user=entry.by(COORDINATION),
    )


# --- The post ------------------------------------------------------------------------------------
@action
def bounce(entry):
    """The last mail to the writer could not be delivered."""
    rows = QueuedMail.objects.filter(
        subject_type=entry.proposal._meta.label_lower, subject_id=entry.proposal.pk
    )
    to_the_writer = rows.filter(email__to__icontains=entry.writer.email)
    mail = to_the_writer.order_by("-pk").first().email
    mail.status = STATUS.failed
    mail.save(update_fields=["status"])
    mail.logs.create(
        status=STATUS.failed,
        exception_type="SMTPRecipientsRefused",
        message="550 Mailbox unavailable (invented)",
    )
