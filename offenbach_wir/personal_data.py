"""What the frame and the packages it uses keep about people."""

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from post_office.models import Attachment, Email

from . import erasure
from .deleting import delete_rows
from .models import Erasure, Event
from .retention import (
    DAY,
    YEAR,
    After,
    Rule,
    anonymise,
    delete,
    found_by,
    keep,
    mentioning,
    nothing_personal,
)

PUBLIC_DUTY = _("Art. 6 (1) e GDPR: duties of a public body")
SECURITY = _("Art. 6 (1) e, Art. 32 GDPR: security of the portal")
USE_OF_ACCOUNT = _("Art. 6 (1) b GDPR: use of the account")
WITH_THE_ACCOUNT = _("Kept as long as the account.")

# --- Accounts -----------------------------------------------------------------------------------
LAST_USED = Coalesce("last_login", "date_joined")
CONFIRMED = Exists(EmailAddress.objects.filter(user=OuterRef("pk"), verified=True))
keep(
    "offenbach_wir.user",
    owner="administrator",
    purpose=_("Sign in, and know who may do what."),
    basis=USE_OF_ACCOUNT,
    personal="last_login email name language is_staff is_active is_superuser wants_digest"
    " date_joined",
    unshown="password",
    other="id",
    rules=[
        delete(
            7 * DAY,
            "date_joined",
            _("after signing up, if the address was never confirmed"),
            only=Q(last_login=None, is_staff=False, is_superuser=False) & ~Q(CONFIRMED),
        ),
        delete(
            2 * YEAR,
            LAST_USED,
            _(
                "after the last use, if it has no rights for staff, owns no organisation and has "
                "made no decision that is kept"
            ),
            only=Q(is_superuser=False, owned_applicants=None)
            & Q(prepared_decisions=None, confirmed_decisions=None)
            & (Q(is_staff=False) | Q(is_active=False)),
        ),
    ],
    find=found_by(user="pk", email="email"),
    on_erasure=After.DELETE,
    created="date_joined",
)
keep(
    "account.emailaddress",
    owner="administrator",
    purpose=_("Send codes to an address that is confirmed."),
    basis=USE_OF_ACCOUNT,
    personal="user email verified primary",
    other="id",
    no_period_because=WITH_THE_ACCOUNT,
    find=found_by(user="user"),
    on_erasure=After.DELETE,
    part_of="user",
    created="user__date_joined",
)
keep(
    "account.emailconfirmation",
    owner="administrator",
    purpose=_("Confirm an address."),
    basis=USE_OF_ACCOUNT,
    personal="email_address created sent",
    unshown="key",
    other="id",
    rules=delete(3 * DAY, "created", _("after it was made")),
    find=found_by(user="email_address__user"),
    on_erasure=After.DELETE,
    created="created",
)
keep(
    "mfa.authenticator",
    owner="administrator",
    title=_("Second factors"),
    purpose=_("Sign in with a second factor."),
    basis=SECURITY,
    personal="user type created_at last_used_at",
    unshown="data",
    other="id",
    no_period_because=WITH_THE_ACCOUNT,
    find=found_by(user="user"),
    on_erasure=After.DELETE,
    part_of="user",
    created="created_at",
)
keep(
    "usersessions.usersession",
    owner="administrator",
    title=_("Devices that signed in"),
    purpose=_("See and end one's own sessions."),
    basis=SECURITY,
    personal="user created_at ip last_seen_at user_agent data",
    unshown="session_key",
    other="id",
    rules=delete(30 * DAY, "last_seen_at", _("after the last request")),
    find=found_by(user="user"),
    on_erasure=After.DELETE,
    part_of="user",
    created="created_at",
)


def sessions_of(rows, person):
    """A session says who it belongs to only inside what it stores."""
    mine = str(person.user_id)
    keys = [
        session.session_key
        for session in (rows.iterator() if person.user_id else ())
        if Session.get_decoded(session).get("_auth_user_id") == mine
    ]
    return rows.filter(pk__in=keys)


keep(
    "sessions.session",
    owner="administrator",
    title=_("Sessions"),
    purpose=_("Stay signed in."),
    basis=USE_OF_ACCOUNT,
    personal="expire_date",
    unshown="session_key session_data",
    rules=delete(0 * DAY, "expire_date", _("when the session ends")),
    find=sessions_of,
    on_erasure=After.DELETE,
)
keep(
    "offenbach_wir.invitation",
    owner="administrator",
    purpose=_("Invite colleagues."),
    basis=PUBLIC_DUTY,
    personal="email name language invited_by",
    unshown="secret_hash",
    other="id created_at expires_at accepted_at revoked_at",
    rules=delete(30 * DAY, "expires_at", _("after the invitation has ended")),
    find=found_by(email="email"),
    on_erasure=After.DELETE,
    created="created_at",
)
nothing_personal("auth.group", "id name")
nothing_personal("auth.permission", "id name content_type codename")
nothing_personal("contenttypes.contenttype", "id app_label model")

# --- Records ------------------------------------------------------------------------------------
ENTRIES = {
    *(Event.Kind.LOG_IN, Event.Kind.LOG_IN_FAILED, Event.Kind.LOG_OUT),
    *(Event.Kind.DENIED, Event.Kind.LIMITED),
}
OTHERS = set(Event.Kind) - ENTRIES


def delete_events(kinds):
    def perform(rows, moment):
        return Event.objects.filter(pk__in=rows.values("pk")).delete_older_than(moment, kinds)

    return perform


keep(
    "offenbach_wir.event",
    owner="administrator",
    purpose=_("Prove who did what; find misuse."),
    basis=SECURITY,
    personal="actor sender subject_type subject_id detail",
    other="id at kind",
    rules=[
        delete(
            YEAR,
            "at",
            _("for signing in and refused access"),
            only=Q(kind__in=ENTRIES),
            perform=delete_events(ENTRIES),
        ),
        delete(
            10 * YEAR,
            "at",
            _("for everything else"),
            only=Q(kind__in=OTHERS),
            perform=delete_events(OTHERS),
        ),
    ],
    find=found_by(user="actor"),
    stays_because=_("The audit trail holds numbers only, no names; it ends with its period."),
)
keep(
    "admin.logentry",
    owner="administrator",
    title=_("Recent actions"),
    purpose=_("Show what one changed last."),
    basis=PUBLIC_DUTY,
    personal="user object_id object_repr change_message",
    other="id action_time content_type action_flag",
    rules=delete(YEAR, "action_time", _("after the action")),
    find=found_by(user="user"),
    on_erasure=After.DELETE,
    part_of="user",
    created="action_time",
)
keep(
    "offenbach_wir.legalhold",
    owner="administrator",
    purpose=_("Keep what a court or an audit needs."),
    basis=_("Art. 6 (1) c, Art. 17 (3) GDPR"),
    personal="set_by reason",
    other="id subject_type subject_id until set_at lifted_at",
    rules=delete(3 * YEAR, "lifted_at", _("after it was lifted")),
    find=found_by(user="set_by"),
    on_erasure={"set_by": None},
)


def delete_receipts(keys):
    references = Erasure.objects.filter(pk__in=keys).values_list("reference", flat=True)
    erasure.forget_files(list(references))
    return delete_rows(Erasure, keys)


keep(
    "offenbach_wir.erasure",
    owner="administrator",
    purpose=_("Prove an erasure, and repeat it after a restore."),
    basis=_("Art. 5 (2), Art. 17 GDPR"),
    personal="asked_by",
    unshown="person",
    other="id reference at rows",
    rules=delete(3 * YEAR, "at", _("after the erasure")),
    find=found_by(user="asked_by"),
    on_erasure={"asked_by": None},
    delete=delete_receipts,
)
keep(
    "offenbach_wir.hits",
    owner="administrator",
    title=_("Counted requests"),
    purpose=_("Slow down misuse."),
    basis=SECURITY,
    personal="",
    unshown="key",
    other="id window n ends_at",
    rules=delete(0 * DAY, "ends_at", _("when the window of time is over")),
)
nothing_personal(
    "offenbach_wir.jobrun",
    "id name due_at claimed_until claimed_by started_at finished_at failures last_error result",
)
nothing_personal(
    "offenbach_wir.foundlink",
    "id subject_type subject_id language url is_internal problem status checked_at broken_since",
)
nothing_personal("offenbach_wir.searchword", "word")
keep(
    "django_tasks_database.dbtaskresult",
    owner="administrator",
    title=_("Background tasks"),
    purpose=_("Work outside requests."),
    basis=PUBLIC_DUTY,
    personal="args_kwargs return_value traceback",
    other="id status enqueued_at started_at finished_at priority task_path worker_ids queue_name"
    " backend_name run_after exception_class_path",
    rules=delete(14 * DAY, "finished_at", _("after the task has ended")),
)

# --- Reports of barriers ------------------------------------------------------------------------
keep(
    "offenbach_wir.barrierreport",
    owner="coordinator",
    purpose=_("Answer reports of barriers."),
    basis=_("Art. 6 (1) c GDPR with the accessibility law of Hesse"),
    personal="name contact description answer language page_address",
    other="id reference wish state created_at due_on",
    rules=[
        anonymise(
            YEAR,
            "created_at",
            _("after the report"),
            clear={"name": "", "contact": ""},
        ),
        delete(3 * YEAR, "created_at", _("after the report")),
    ],
    find=mentioning("contact description"),
    on_erasure=After.DELETE,
    created="created_at",
)


# --- Mails --------------------------------------------------------------------------------------
def delete_mails(keys):
    """Deletes mails and the attachments that no other mail carries."""
    attachments = list(Attachment.objects.filter(emails__in=keys).values_list("pk", flat=True))
    outcome = delete_rows(Email, keys)
    orphans = Attachment.objects.filter(pk__in=attachments, emails=None)
    delete_rows(Attachment, list(orphans.values_list("pk", flat=True)))
    return outcome


WITH_THE_MAIL = _("Kept as long as the mail.")
keep(
    "post_office.email",
    owner="coordinator",
    title=_("Mails"),
    purpose=_("Send mails, and see that they arrived."),
    basis=PUBLIC_DUTY,
    personal="from_email to cc bcc subject message html_message headers context message_id",
    other="id status recipient_delivery_status priority created last_updated scheduled_time"
    " expires_at number_of_retries template backend_alias",
    rules=Rule(After.COUNT, 90 * DAY, "created", _("after the mail was written")),
    find=mentioning("to cc bcc headers subject message html_message context"),
    on_erasure=After.DELETE,
    about="queued_mail__",
    created="created",
    delete=delete_mails,
)
keep(
    "post_office.log",
    owner="coordinator",
    title=_("Failed deliveries"),
    purpose=_("See why a mail did not arrive."),
    basis=PUBLIC_DUTY,
    personal="message",
    other="id email date status exception_type",
    no_period_because=WITH_THE_MAIL,
)
keep(
    "post_office.attachment",
    owner="coordinator",
    title=_("Attachments"),
    purpose=_("Send mails, and see that they arrived."),
    basis=PUBLIC_DUTY,
    personal="file name",
    other="id mimetype headers",
    no_period_because=WITH_THE_MAIL,
)
keep(
    "offenbach_wir.queuedmail",
    owner="coordinator",
    title=_("Number of mails"),
    purpose=_("Count mails, and send none twice."),
    basis=PUBLIC_DUTY,
    personal="cause subject_type subject_id",
    other="id template language area email created_at settled_at",
    rules=delete(YEAR, "created_at", _("after the mail was written")),
    about="",
)
nothing_personal("offenbach_wir.mailtext", "id template language subject introduction updated_at")
nothing_personal(
    "post_office.emailtemplate",
    "id name description created last_updated subject content html_content language",
    "default_template",
)
