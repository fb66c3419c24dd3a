"""The audit trail: who did what, when. Ids and codes only: no names, no secrets, no texts."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnlyError(Exception):
    """Somebody tried to change or remove what was recorded."""


class EventQuerySet(models.QuerySet):
    def about(self, obj):
        return self.filter(subject_type=obj._meta.label_lower, subject_id=obj.pk)

    def update(self, **kwargs):
        raise AppendOnlyError

    def delete(self):
        raise AppendOnlyError

    def delete_older_than(self, moment, kinds):
        """For the retention job alone. Returns the number of events deleted."""
        old = self.filter(at__lt=moment, kind__in=kinds)
        return models.QuerySet.delete(old)[0]


class Event(models.Model):
    class Kind(models.TextChoices):
        LOG_IN = "log_in", _("Signed in")
        LOG_IN_FAILED = "log_in_failed", _("Failed to sign in")
        LOG_OUT = "log_out", _("Signed out")
        DENIED = "denied", _("Access refused")
        LIMITED = "limited", _("Stopped by a limit")
        FACTOR_ADDED = "factor_added", _("Second factor added")
        FACTOR_REMOVED = "factor_removed", _("Second factor removed")
        FACTOR_RESET = "factor_reset", _("Second factor reset by an administrator")
        ADDRESS_CHANGED = "address_changed", _("E-mail address changed")
        SESSIONS_ENDED = "sessions_ended", _("Sessions ended")
        INVITED = "invited", _("Colleague invited")
        INVITATION_TAKEN_BACK = "invitation_taken_back", _("Invitation taken back")
        JOINED = "joined", _("Invitation accepted")
        ROLES_CHANGED = "roles_changed", _("Roles changed")
        DEACTIVATED = "deactivated", _("Account deactivated")
        ACTIVATED = "activated", _("Account activated")
        PUBLISHED = "published", _("Published")
        BINNED = "binned", _("Moved to the bin")
        RESTORED = "restored", _("Restored")
        DELETED = "deleted", _("Deleted")
        EXPORTED = "exported", _("Exported")
        ERASED = "erased", _("Personal data erased")
        RETENTION = "retention", _("Retention rule applied")
        HELD = "held", _("Legal hold set")
        HOLD_LIFTED = "hold_lifted", _("Legal hold lifted")
        MAIL_SENT_AGAIN = "mail_sent_again", _("Mail sent again")
        MAIL_SETTLED = "mail_settled", _("Undeliverable mail dealt with")
        DECISION = "decision", _("Decision")
        REGISTERED = "registered", _("Organisation registered")
        JOINED_PROFILES = "joined_profiles", _("Organisation joined to a public profile")
        MEMBER_INVITED = "member_invited", _("Member invited")
        MEMBER_JOINED = "member_joined", _("Member joined")
        MEMBER_ROLE_CHANGED = "member_role_changed", _("Role of a member changed")
        MEMBER_REMOVED = "member_removed", _("Member left or removed")
        OWNERSHIP_HANDED_OVER = "ownership_handed_over", _("Ownership handed over")
        PROPOSAL_STARTED = "proposal_started", _("Proposal started")
        PROPOSAL_SUBMITTED = "proposal_submitted", _("Proposal handed in")
        PROPOSAL_WITHDRAWN = "proposal_withdrawn", _("Proposal withdrawn")
        FILE_ADDED = "file_added", _("File added")
        FILE_REMOVED = "file_removed", _("File removed")
        MESSAGE_SENT = "message_sent", _("Message sent")
        SHARED = "shared", _("Draft shared for a talk")
        CASE_STEP = "case_step", _("Step of a case")
        CASE_CHANGED = "case_changed", _("Case changed")

    at = models.DateTimeField(_("time"), auto_now_add=True, db_index=True)
    kind = models.CharField(_("what"), max_length=24, choices=Kind)
    # Without a constraint on purpose: the trail outlives the account, an id says who it was.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("who"),
    )
    # A keyed hash, so that one address can be followed without being known.
    sender = models.CharField(_("from (hashed)"), max_length=16, blank=True)
    subject_type = models.CharField(_("record"), max_length=60, blank=True)
    subject_id = models.BigIntegerField(_("number"), null=True)
    detail = models.JSONField(_("detail"), default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("event")
        verbose_name_plural = _("audit trail")
        indexes = [
            models.Index("subject_type", "subject_id", "at", name="event_by_subject"),
            models.Index("kind", "at", name="event_by_kind"),
            models.Index("actor", "at", name="event_by_actor"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise AppendOnlyError
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnlyError
