"""The way from a draft to what was handed in, and back out: each step is one transaction, safe to
repeat and against each other.
"""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from offenbach_wir import events
from offenbach_wir.models import Event

from . import (
    completeness,
    deadlines,
    duties,
    financing,
    mails,
    questions,
    snapshot,
    steps,
    supplements,
)
from . import whole as wholes
from .applicants import locked
from .models import Proposal, ReferenceNumber, Section, Version
from .needs import Gap
from .tasks import make_version_pdf


class IncompleteError(Exception):
    """Something that handing in asks for is missing; `gaps` says what."""

    def __init__(self, gaps):
        self.gaps = gaps
        super().__init__(f"{len(gaps)} gaps")


class TooLateError(Exception):
    """The city's own deadline has passed."""


class NotPossibleError(Exception):
    """The proposal is in a state that does not allow this step."""


@transaction.atomic
def start(*, applicant, language, user, form_key, title="", line=None, request=None):
    """A new draft with all its sections; the same form pressed twice gives the same draft.

    NotPossibleError where the organisation has been deleted meanwhile.
    """
    if locked(applicant) is None:
        raise NotPossibleError
    try:
        with transaction.atomic():
            proposal = Proposal.objects.create(
                applicant=applicant,
                language=language,
                title=title,
                funding_line=line,
                started_by=user,
                started_by_form=form_key,
                contact_name=applicant.contact_name,
                contact_email=applicant.contact_email,
                contact_phone=applicant.contact_phone,
            )
    except IntegrityError:
        return Proposal.objects.get(started_by_form=form_key)
    Section.objects.bulk_create(Section(proposal=proposal, key=key) for key in questions.SectionKey)
    events.record(Event.Kind.PROPOSAL_STARTED, request=request, actor=user, subject=proposal)
    return proposal


def deadline_of(proposal, terms, now):
    """The deadline of the chosen line (deadlines.Deadline), or None without a line."""
    if terms is None:
        return None
    last_day = None
    needs_start = terms.deadline_rule != terms.DeadlineRule.SET_BY_CITY
    if proposal.starts_on or not needs_start:
        last_day = terms.deadline_for(proposal.starts_on)
    return deadlines.deadline_of(
        terms.deadline_rule,
        last_day,
        now,
        line=str(terms.line.text.title),
        starts_on=proposal.starts_on,
        is_confirmed=terms.is_deadline_certain,
    )


@transaction.atomic
def hand_in(proposal, *, user, now=None, request=None):
    """Makes the unchangeable version and gives out the reference. Handing in twice hands in once.

    Raises IncompleteError, TooLateError, NotPossibleError. Returns the Version.
    """
    now = now or timezone.now()
    locked = Proposal.objects.select_for_update().filter(pk=proposal.pk).first()
    if locked is None:
        raise NotPossibleError
    if locked.state == Proposal.State.SUBMITTED:
        return locked.versions.first()
    if not locked.is_draft:
        raise NotPossibleError
    whole = wholes.read(locked, timezone.localdate(now))
    gaps = completeness.gaps_of(whole, financing.check(whole))
    if gaps:
        raise IncompleteError(gaps)
    deadline = deadline_of(locked, whole.terms, now)
    if deadline is not None and deadline.is_refused:
        raise TooLateError
    locked.reference = _next_reference(timezone.localtime(now).year)
    locked.state, locked.submitted_at = Proposal.State.SUBMITTED, now
    # The case keeps the terms of this day, whatever becomes of the line.
    locked.terms, locked.step_number = whole.terms, 1
    locked.save(
        update_fields=["reference", "state", "submitted_at", "terms", "step_number", "updated_at"]
    )
    duties.after_step(locked, now)
    version = _keep(whole, number=1, user=user, now=now)
    events.record(
        Event.Kind.PROPOSAL_SUBMITTED,
        request=request,
        actor=user,
        subject=locked,
        version=version.number,
        checksum=version.checksum,
    )
    mails.proposal_received(version, user)
    mails.proposal_to_office(version)
    return version


def _keep(whole, *, number, user, now):
    """What is written now as a version that nobody changes; its PDF is made afterwards."""
    proposal = whole.proposal
    data = snapshot.of(whole, reference=proposal.reference, number=number, submitted_at=now)
    content = snapshot.as_text(data)
    version = Version.objects.create(
        proposal=proposal,
        number=number,
        content=content,
        checksum=snapshot.checksum_of(content),
        contact=proposal.contact,
        submitted_at=now,
        submitted_by=user,
    )
    make_version_pdf.enqueue(version.pk)
    return version


def hand_in_supplement(proposal, *, user, seen=None, now=None, request=None):
    """Makes the next version and ends the city's request. Returns the newest version.

    Raises steps.MissingError, StaleError, LockedError, PermissionDenied. It is late only once the
    city has gone on without it, whatever day it was due.
    """
    steps.take(
        "hand_in_supplement",
        proposal,
        user=user,
        seen=seen,
        work=lambda locked, moment: next_version(locked, user=user, now=moment),
        now=now,
        request=request,
    )
    return proposal.versions.first()


def next_version(locked, *, user, now):
    """The work of the step hand_in_supplement; returns what its event says."""
    request = locked.open_supplement
    if request is None:
        raise steps.StaleError(locked)
    whole = wholes.read(locked, timezone.localdate(now))
    gaps, _elsewhere = supplements.gaps_of(whole, locked.open_sections)
    if gaps:
        raise steps.MissingError([Gap(f"{gap.section.label}: {gap.sentence}") for gap in gaps])
    if whole.terms is not None and locked.terms_id != whole.terms.pk:
        # Another line was chosen: the case keeps the terms of this day from now on.
        locked.terms = whole.terms
        locked.save(update_fields=["terms"])
    version = _keep(whole, number=locked.versions.first().number + 1, user=user, now=now)
    request.version, request.ended_at = version, now
    request.save(update_fields=["version", "ended_at"])
    return {
        "version": version.number,
        "checksum": version.checksum,
        "late": supplements.is_late(request, now),
    }


def _next_reference(year):
    """ "WIR-2027-0001": the next number of the year, each given out once."""
    ReferenceNumber.objects.get_or_create(year=year)
    ReferenceNumber.objects.filter(year=year).update(last=F("last") + 1)
    return f"WIR-{year}-{ReferenceNumber.objects.get(year=year).last:04d}"


def withdraw(proposal, *, user, seen=None, now=None, request=None):
    """What was handed in is taken back; doing it twice changes nothing. NotPossibleError."""
    try:
        return steps.take(
            "withdraw",
            proposal,
            user=user,
            seen=seen,
            now=now,
            request=request,
        )
    except steps.StaleError as error:
        if error.proposal.is_withdrawn:
            return error.proposal
        raise NotPossibleError from error
