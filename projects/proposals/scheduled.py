"""Work on proposals that comes round by itself."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offenbach_wir.background import enqueue_missing
from offenbach_wir.jobs import job
from offenbach_wir.retention import YEAR

from . import (
    case_mails,
    deadlines,
    files,
    mails,
    messaging,
    periods,
    stored_pdf,
    stored_previews,
    submission,
    typesetting,
)
from .models import Duty, Enclosure, Paper, Proposal
from .tasks import DRAWS, make_version_pdf

MOST_PDFS = 100
MOST_PREVIEWS = 100
IDLE_NOTICE = datetime.timedelta(days=30)


@job("version_pdfs", title=_("Make missing PDF files"), every=datetime.timedelta(minutes=30))
def ask_again_for_missing_pdfs(now):
    """For versions whose task was lost or failed, and those whose file was forgotten."""
    if stored_pdf.lacking().exists():
        # A machine without fonts is a job that fails, which operators see.
        typesetting.look_for_fonts()
    n = enqueue_missing(make_version_pdf, stored_pdf.lacking(), MOST_PDFS)
    return _("%(n)s PDF files queued") % {"n": n}


@job(
    "file_previews",
    title=_("Draw missing previews of PDF files"),
    every=datetime.timedelta(minutes=30),
)
def ask_again_for_missing_previews(now):
    """For files that were there before previews were, and those whose task was lost."""
    n = sum(
        enqueue_missing(task, stored_previews.lacking(model), MOST_PREVIEWS)
        for model, task in DRAWS.items()
    )
    return _("%(n)s previews queued") % {"n": n}


@job("proposal_deadlines", title=_("Remind of deadlines"), daily_at="08:00")
def remind_of_deadlines(now):
    """Two weeks and three days before the last day, to everybody who may write; each once."""
    n = 0
    drafts = Proposal.objects.drafts().exclude(funding_line=None)
    for proposal in drafts.select_related("applicant__organisation").iterator(chunk_size=200):
        terms = proposal.terms_on(timezone.localdate(now))
        deadline = submission.deadline_of(proposal, terms, now)
        if deadline is None:
            continue
        # A day on which the job did not run is made up for; the mail's cause keeps it to one.
        due = deadlines.due_reminder(deadline.last_day, now, since=proposal.created_at)
        if due is None:
            continue
        for reader in messaging.writers_of(proposal):
            mails.proposal_deadline(proposal, deadline, due, reader)
            n += 1
    return _("%(n)s reminded") % {"n": n}


@job("case_duties", title=_("Remind of duties in cases"), daily_at="08:05")
def remind_of_duties(now):
    """Whatever an organisation has to do in a case: two weeks and three days before the day, and
    the day after it; each once to everybody who may write. The city sees its own in the queue.
    """
    n = 0
    last_day = timezone.localdate(now) + datetime.timedelta(days=max(deadlines.DUTY_REMINDERS))
    # Who cannot act, because the case is locked, is not told to.
    duties = Duty.objects.open().filter(
        who=Duty.Who.WRITERS, due_on__lte=last_day, proposal__locked_because=""
    )
    rows = duties.select_related("proposal__applicant__organisation")
    for duty in rows.iterator(chunk_size=200):
        due = deadlines.due_duty_reminder(duty.due_on, now, since=duty.opened_at)
        if due is None:
            continue
        for reader in messaging.writers_of(duty.proposal):
            case_mails.remind(duty, due, reader, today=timezone.localdate(now))
            n += 1
    return _("%(n)s reminded") % {"n": n}


@job("case_periods", title=_("Begin and end projects on their day"), daily_at="00:20")
def follow_grant_periods(now):
    return _("%(n)s cases went on") % {"n": periods.go_on(now)}


@job("files_to_scan", title=_("Scan files again"), every=datetime.timedelta(minutes=10))
def scan_files_again(now):
    """Files on which the scanner could not decide are passed on to nobody until it can."""
    n = 0
    for model in (Enclosure, Paper):
        # In any order, so that some that never can be decided do not stand before the others.
        undecided = model.objects.current().filter(scan=files.scanner.State.FAILED)
        for row in undecided.order_by("?")[:50]:
            n += files.scan_again(row) != files.scanner.State.FAILED
    return _("%(n)s files scanned") % {"n": n}


@job("idle_drafts", title=_("Tell owners of idle drafts"), daily_at="08:10")
def tell_of_idle_drafts(now):
    """A month before a draft is deleted, because nobody has touched it for a year."""
    untouched_since = now - YEAR + IDLE_NOTICE
    n = 0
    drafts = Proposal.objects.drafts().filter(updated_at__lte=untouched_since)
    for proposal in drafts.select_related("applicant__owner").iterator(chunk_size=200):
        mails.proposal_idle(proposal, timezone.localdate(proposal.updated_at + YEAR))
        n += 1
    return _("%(n)s told") % {"n": n}
