"""What the public may see: the state of a piece of content, its dates, and who may change both."""

from django.conf import settings
from django.contrib.auth import get_permission_codename
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import roles
from .bin import Binnable, BinnableQuerySet


class PublishableQuerySet(BinnableQuerySet):
    def published(self, at=None):
        """Rows the public sees at that moment (now unless given)."""
        at = at or timezone.now()
        return self.filter(
            Q(published_from=None) | Q(published_from__lte=at),
            Q(published_until=None) | Q(published_until__gt=at),
            state=Publishable.State.PUBLISHED,
        )

    def waiting(self):
        """Rows somebody has begun and nobody has published yet."""
        return self.filter(state__in=[Publishable.State.DRAFT, Publishable.State.REVIEW])


class Publishable(Binnable):
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
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_bin_has_its_day",
                condition=Q(state="deleted", deleted_at__isnull=False)
                | (~Q(state="deleted") & Q(deleted_at=None)),
                violation_error_message=_("The state and the day in the bin do not fit."),
            ),
        ]

    @property
    def is_published(self):
        now = timezone.now()
        return (
            self.state == self.State.PUBLISHED
            and (self.published_from is None or self.published_from <= now)
            and (self.published_until is None or self.published_until > now)
        )

    @property
    def waits_for_its_day(self):
        """Published by a person, but its day has not come."""
        return (
            self.state == self.State.PUBLISHED
            and self.published_from is not None
            and self.published_from > timezone.now()
        )

    def enter(self, state, *, by):
        """Sets the state and what goes with it; the caller has asked `moves_for` and saves."""
        self.state = state
        if state == self.State.REVIEW:
            self.review_asked_by = by
        elif state == self.State.DRAFT:
            self.review_asked_by = None
        self.deleted_at = timezone.now() if state == self.State.DELETED else None

    def move_to(self, state, *, by):
        """Enters the state and saves just that."""
        self.enter(state, by=by)
        self.save(update_fields=["state", "review_asked_by", "deleted_at", "updated_at"])

    def move_to_bin(self, *, by):
        self.move_to(self.State.DELETED, by=by)

    def take_out_of_bin(self, *, by):
        """It comes back as a draft."""
        self.move_to(self.State.DRAFT, by=by)


State = Publishable.State
# The bin is reached and left by ways of their own.
MOVES = {
    State.DRAFT: (State.REVIEW, State.PUBLISHED),
    State.REVIEW: (State.PUBLISHED, State.DRAFT),
    State.PUBLISHED: (State.DRAFT, State.ARCHIVED),
    State.ARCHIVED: (State.PUBLISHED, State.DRAFT),
    State.DELETED: (),
}


def may_publish(user, obj):
    """Whether this person may put it before the public, change it there and take it off.

    With FOUR_EYES on, it must have been sent for review, by somebody else.
    """
    codename = get_permission_codename("change", obj._meta)
    if not user.has_perm(f"{obj._meta.app_label}.{codename}") or not _publishes(user):
        return False
    if not settings.FOUR_EYES or obj.state == State.PUBLISHED:
        return True
    return obj.state == State.REVIEW and obj.review_asked_by_id != user.pk


def _publishes(user):
    """Read once a request, because lists ask for each row."""
    if not hasattr(user, "_publishes"):
        user._publishes = user.is_superuser or any(r.publishes for r in roles.roles_of(user))
    return user._publishes


def moves_for(user, obj):
    """The states this person may bring it to from its present one, the next step first."""
    moves = MOVES[obj.state]
    return moves if may_publish(user, obj) else tuple(m for m in moves if _is_quiet(m, obj))


def _is_quiet(state, obj):
    """Whether nothing changes for the public."""
    return obj.state != State.PUBLISHED and state in (State.DRAFT, State.REVIEW)
