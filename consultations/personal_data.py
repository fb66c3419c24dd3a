"""What advice holds about people: who advises, who comes, who waits."""

import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from post_office.models import STATUS, Email

from offenbach_wir import retention
from offenbach_wir.personal_data import delete_mails
from offenbach_wir.retention import (
    BINNABLE_CONTENT,
    TEXT,
    After,
    delete,
    emptied_bin,
    found_by,
    keep,
    keep_until_binned,
    nothing_personal,
)

from . import periods
from .figures import count_and_delete
from .models import Booking

PURPOSE = _("Show residents who advises them.")
BASIS = _("Art. 6 (1) e GDPR: duties of a public body")
keep(
    "consultations.coordinator",
    owner="coordinator",
    purpose=PURPOSE,
    basis=BASIS,
    personal="user name phone picture is_public",
    other=f"{BINNABLE_CONTENT} is_example position takes_bookings buffer_minutes",
    rules=emptied_bin(),
    no_period_because=_("Kept as long as the person advises."),
    find=found_by(user="user"),
    on_erasure=After.DELETE,
)
keep(
    "consultations.coordinatortranslation",
    title=_("Texts about the coordinators"),
    owner="coordinator",
    purpose=PURPOSE,
    basis=BASIS,
    personal="role introduction",
    other=TEXT,
    no_period_because=_("Kept as long as the person advises."),
    find=found_by(user="master__user"),
    on_erasure=After.DELETE,
    part_of="master",
)


# --- Who comes, who waits -----------------------------------------------------------------------
def forget_mails_about(rows):
    """Mails say as much as the records they are about, so they go with them; what still waits to
    be sent stays. The outbox keeps how many there were.
    """
    mails = Email.objects.filter(
        queued_mail__subject_type=rows.model._meta.label_lower,
        queued_mail__subject_id__in=rows.values("pk"),
    ).exclude(status__in=(STATUS.queued, STATUS.requeued))
    kept = retention.registry()["post_office.email"]
    free, _held = retention.split_by_hold(mails, kept, retention.active_holds())
    delete_mails(list(free.values_list("pk", flat=True)))


def delete_with_mails(rows, moment):
    forget_mails_about(rows)
    n = rows.count()
    rows.delete()
    return n


def count_and_delete_with_mails(rows, moment):
    forget_mails_about(rows)
    return count_and_delete(rows, moment)


BOOKING_PURPOSE = _("Arrange a talk, prepare it and keep it.")
keep(
    "consultations.booking",
    owner="coordinator",
    purpose=BOOKING_PURPOSE,
    basis=BASIS,
    personal="reference status starts_at ends_at channel language needs_interpreter"
    " written_language name email phone is_for_somebody_else people access_needs note office_note"
    " video_link booked_at",
    unshown="secret holder",
    other="id coordinator concern location proposal occupied_until sequence held_until confirm_by"
    " ended_at reminded_at created_at updated_at",
    rules=(
        delete(
            periods.HELD_FOR,
            "held_until",
            _("after a time was held for somebody"),
            only=Q(status=Booking.Status.HELD),
        ),
        delete(
            periods.UNCONFIRMED,
            "ended_at",
            _("after the time to confirm went by"),
            only=Q(status=Booking.Status.LAPSED),
            perform=delete_with_mails,
        ),
        delete(
            periods.CANCELLED,
            "ended_at",
            _("after a cancellation"),
            only=Q(status__in=Booking.CANCELLED),
            perform=count_and_delete_with_mails,
        ),
        delete(
            periods.PAST,
            "ends_at",
            _("after the talk"),
            only=~Q(status__in=(*Booking.CANCELLED, Booking.Status.LAPSED, Booking.Status.HELD)),
            perform=count_and_delete_with_mails,
        ),
    ),
    find=found_by(email="email", phone="phone"),
    on_erasure=After.DELETE,
    created="created_at",
)
nothing_personal("consultations.occupiedstep", "id booking coordinator step")
keep(
    "consultations.waitingentry",
    owner="coordinator",
    purpose=_("Tell people when an earlier time becomes free."),
    basis=BASIS,
    personal="name email phone language channel needs_interpreter written_language ends_at",
    unshown="secret",
    other="id concern booking confirmed_at offered_at offered_slot created_at",
    rules=(
        delete(
            datetime.timedelta(0),
            "ends_at",
            _("after the wait has ended"),
            perform=delete_with_mails,
        ),
        delete(
            periods.UNCONFIRMED,
            "created_at",
            _("after an address was left and not confirmed"),
            only=Q(confirmed_at=None) & ~Q(email=""),
            perform=delete_with_mails,
        ),
    ),
    find=found_by(email="email", phone="phone"),
    on_erasure=After.DELETE,
    created="created_at",
)
keep(
    "consultations.absence",
    owner="coordinator",
    purpose=_("Offer no times at which nobody is there."),
    basis=BASIS,
    personal="coordinator starts_at ends_at note",
    other="id",
    rules=delete(datetime.timedelta(days=90), "ends_at", _("after the absence")),
    find=found_by(user="coordinator__user"),
    on_erasure=After.DELETE,
)
keep(
    "consultations.calendarfeed",
    owner="coordinator",
    purpose=_("Show the talks in the coordinator's own calendar."),
    basis=BASIS,
    personal="coordinator renewed_at",
    unshown="secret",
    other="id",
    no_period_because=_("Kept as long as the person advises."),
    find=found_by(user="coordinator__user"),
    on_erasure=After.DELETE,
)
HOURS = "id opens closes is_walk_in on_site by_phone by_video location coordinator"
nothing_personal("consultations.openinghours", HOURS, "weekday valid_from valid_until")
nothing_personal("consultations.specialhours", HOURS, "date replaces_weekly")
nothing_personal("consultations.openedholiday", "id date")
keep_until_binned("consultations.concern", "slug minutes is_offered position")
nothing_personal("consultations.concerntranslation", TEXT, "name description what_to_bring")
keep_until_binned(
    "consultations.location",
    "slug street postcode city is_step_free has_lift has_hearing_loop has_quiet_room position",
)
nothing_personal("consultations.locationtranslation", TEXT, "name directions")
nothing_personal(
    "consultations.advicerules",
    "id minimum_notice_hours window_days start_every_minutes needs_confirmation confirm_hours"
    " reminder_hours",
)
nothing_personal("consultations.advicecount", "id month concern language channel outcome n")
keep_until_binned("consultations.helpplace", "phone website position")
nothing_personal("consultations.helpplacetranslation", TEXT, "name description")
