"""What the public may see: the state of a piece of content and its dates."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PublishableQuerySet(models.QuerySet):
    def published(self, at=None):
        """Rows the public sees at that moment (now unless given)."""
        at = at or timezone.now()
        return self.filter(
            Q(published_from=None) | Q(published_from__lte=at),
            Q(published_until=None) | Q(published_until__gt=at),
            state=Publishable.State.PUBLISHED,
        )


class Publishable(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEW = "review", _("For review")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")
        DELETED = "deleted", _("In the bin")

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    published_from = models.DateTimeField(
        _("publish on"),
        null=True,
        blank=True,
        help_text=_("Leave empty to publish at once. Offenbach time."),
    )
    published_until = models.DateTimeField(
        _("take off on"), null=True, blank=True, help_text=_("Leave empty for no end.")
    )
    review_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("review asked for by"),
    )
    # When it went into the bin; it leaves the bin for good 30 days later.
    deleted_at = models.DateTimeField(_("in the bin since"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_ends_after_start",
                condition=Q(published_from=None)
                | Q(published_until=None)
                | Q(published_until__gt=F("published_from")),
                violation_error_message=_("The end of publication is before its start."),
            )
        ]

    @property
    def is_published(self):
        now = timezone.now()
        return (
            self.state == self.State.PUBLISHED
            and (self.published_from is None or self.published_from <= now)
            and (self.published_until is None or self.published_until > now)
        )
