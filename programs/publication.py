"""From draft to the public and off the portal: the buttons of the form."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from offenbach_wir import events
from offenbach_wir.models import Event
from offenbach_wir.publishing import Publishable, may_publish, moves_for

from .bin_admin import BinFilter, BinMixin
from .translating import TranslatingForm

State = Publishable.State
# What the button says that brings something to this state, from there.
BUTTONS = {
    (State.DRAFT, State.REVIEW): _("Send for review"),
    (State.DRAFT, State.PUBLISHED): _("Publish"),
    (State.REVIEW, State.PUBLISHED): _("Publish"),
    (State.REVIEW, State.DRAFT): _("Back to draft"),
    (State.PUBLISHED, State.DRAFT): _("Take off the portal"),
    (State.PUBLISHED, State.ARCHIVED): _("Archive"),
    (State.ARCHIVED, State.PUBLISHED): _("Publish again"),
    (State.ARCHIVED, State.DRAFT): _("Back to draft"),
}
PUBLISH_LATER = _("Publish on the date above")
REFUSED = _(
    "You cannot publish this yourself: somebody else has to check it first. "
    "Please use “Send for review”. What you typed is still here."
)


def published_sentence(obj):
    if obj.waits_for_its_day:
        day = date_format(timezone.localtime(obj.published_from), "SHORT_DATETIME_FORMAT")
        return gettext("It will be on the portal from %s on.") % day
    return gettext("It is on the portal now.")


class StateFilter(admin.SimpleListFilter):
    """Where content stands; the bin only where it is asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            (State.DRAFT, State.DRAFT.label),
            (State.REVIEW, State.REVIEW.label),
            ("waiting", _("Draft or for review")),
            (State.PUBLISHED, State.PUBLISHED.label),
            ("planned", _("Published, its day is still to come")),
            (State.ARCHIVED, State.ARCHIVED.label),
            (State.DELETED, _("Bin")),
        ]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset.outside_the_bin()
        if self.value() == "waiting":
            return queryset.waiting()
        if self.value() == "planned":
            return queryset.filter(state=State.PUBLISHED, published_from__gt=timezone.now())
        return queryset.filter(state=self.value())


class ContentForm(TranslatingForm):
    """Says at the top of the form why the asked step is refused; what was typed stays."""

    refusal = ""

    def clean(self):
        cleaned = super().clean()
        if self.refusal:
            raise ValidationError(self.refusal, code="refused")
        return cleaned


class PublicationMixin(BinMixin):
    """For admins of translated content; does nothing where content has no states."""

    form = ContentForm

    @property
    def has_states(self):
        return issubclass(self.model, Publishable)

    @property
    def bin_filter(self):
        return StateFilter if self.has_states else BinFilter

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "state_in_words"] if self.has_states else fields

    @admin.display(description=_("state"))
    def state_in_words(self, obj):
        if obj.pk is None:
            return gettext("New: not saved yet.")
        if obj.state == State.PUBLISHED:
            return published_sentence(obj)
        return obj.get_state_display()

    def has_change_permission(self, request, obj=None):
        """What is public is changed by those who may publish."""
        return self._may_touch(request, obj) and super().has_change_permission(request, obj)

    def may_bin(self, request, obj):
        return self._may_touch(request, obj) and super().may_bin(request, obj)

    def _may_touch(self, request, obj):
        is_public = getattr(obj, "state", "") == State.PUBLISHED
        return not is_public or may_publish(request.user, obj)

    def leaves_the_portal(self, obj):
        return obj.is_published if self.has_states else super().leaves_the_portal(obj)

    def restored_sentence(self, obj):
        return (
            _("“%s” is a draft again.") % obj if self.has_states else super().restored_sentence(obj)
        )

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        asked = request.POST.get("_state")
        if self.has_states and asked is not None:
            present = obj or self.model()
            if asked not in moves_for(request.user, present):
                can_be = asked in (State.PUBLISHED, State.ARCHIVED)
                form.refusal = REFUSED if can_be else _("This step is not possible here.")
        return form

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if self.has_states:
            context |= self._buttons(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _buttons(self, request, obj):
        present = obj or self.model()
        is_later = present.published_from and present.published_from > timezone.now()
        can_change = obj is None or self.has_change_permission(request, obj)
        steps = [
            (
                state,
                PUBLISH_LATER
                if state == State.PUBLISHED and is_later
                else BUTTONS[present.state, state],
            )
            for state in moves_for(request.user, present)
        ]
        return {
            "has_states": True,
            "is_draft": present.state == State.DRAFT,
            "is_public": present.state == State.PUBLISHED,
            "steps": steps if can_change else [],
        }

    def save_model(self, request, obj, form, change):
        asked = request.POST.get("_state")
        if self.has_states and asked is not None:
            obj.enter(State(asked), by=request.user)
        super().save_model(request, obj, form, change)
        if self.has_states and asked == State.PUBLISHED:
            events.record(Event.Kind.PUBLISHED, request=request, subject=obj)
            messages.info(request, published_sentence(obj))
