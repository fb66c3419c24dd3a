"""From draft to the public, off the portal, into the bin and back: the buttons of the form."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from offenbach_wir import events
from offenbach_wir.models import Event
from offenbach_wir.publishing import Publishable, may_publish, moves_for

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


class PublicationMixin:
    """For admins of translated content; does nothing where content has no states."""

    form = ContentForm

    @property
    def has_states(self):
        return issubclass(self.model, Publishable)

    def get_list_filter(self, request):
        filters = super().get_list_filter(request)
        return [StateFilter, *filters] if self.has_states else filters

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
        """What lies in the bin is read only; what is public is changed by those who may publish."""
        if obj is not None and self.has_states:
            if obj.state == State.DELETED:
                return False
            if obj.state == State.PUBLISHED and not may_publish(request.user, obj):
                return False
        return super().has_change_permission(request, obj)

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
            "is_binned": present.state == State.DELETED,
            "can_save": can_change,
            "steps": steps if can_change else [],
            "bin_url": self._address("delete", obj) if self._may_bin(request, obj) else "",
            "restore_url": self._address("restore", obj) if self._may_restore(request, obj) else "",
        }

    def _address(self, name, obj):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=[obj.pk])

    def save_model(self, request, obj, form, change):
        asked = request.POST.get("_state")
        if self.has_states and asked is not None:
            obj.enter(State(asked), by=request.user)
        super().save_model(request, obj, form, change)
        if self.has_states and asked == State.PUBLISHED:
            events.record(Event.Kind.PUBLISHED, request=request, subject=obj)
            messages.info(request, published_sentence(obj))

    # --- The bin --------------------------------------------------------------------------------

    def get_urls(self):
        if not self.has_states:
            return super().get_urls()
        name = f"{self.opts.app_label}_{self.opts.model_name}_restore"
        view = self.admin_site.admin_view(self.restore_view)
        return [
            path("<int:pk>/aus-dem-papierkorb/", view, name=name),
            *super().get_urls(),
        ]

    def get_actions(self, request):
        actions = super().get_actions(request)
        if self.has_states:
            actions.pop("delete_selected", None)
        return actions

    def _may_bin(self, request, obj):
        return (
            obj is not None
            and obj.state != State.DELETED
            and (obj.state != State.PUBLISHED or may_publish(request.user, obj))
            and self.has_delete_permission(request, obj)
        )

    def _may_restore(self, request, obj):
        return (
            obj is not None
            and obj.state == State.DELETED
            and super().has_change_permission(request, obj)
        )

    def delete_view(self, request, object_id, extra_context=None):
        """Content with states goes to the bin; everything else is deleted as everywhere."""
        if not self.has_states:
            return super().delete_view(request, object_id, extra_context)
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self._may_bin(request, obj):
            raise PermissionDenied
        if request.method != "POST":
            context = {
                **self.admin_site.each_context(request),
                "title": _("Move to the bin?"),
                "object": obj,
                "opts": self.opts,
                "is_public": obj.is_published,
            }
            return TemplateResponse(request, "admin/content/bin.html", context)
        self.delete_model(request, obj)
        messages.success(
            request, _("“%s” lies in the bin. You can restore it there for 30 days.") % obj
        )
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def delete_model(self, request, obj):
        if not self.has_states:
            events.record(Event.Kind.DELETED, request=request, subject=obj)
            return super().delete_model(request, obj)
        self._change_state(request, obj, State.DELETED, Event.Kind.BINNED)

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            self.delete_model(request, obj)

    def restore_view(self, request, pk):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        obj = self.get_object(request, str(pk))
        if obj is None:
            raise Http404
        if not self._may_restore(request, obj):
            raise PermissionDenied
        self._change_state(request, obj, State.DRAFT, Event.Kind.RESTORED)
        messages.success(request, _("“%s” is a draft again.") % obj)
        return redirect(self._address("change", obj))

    @transaction.atomic
    def _change_state(self, request, obj, state, kind):
        obj.enter(state, by=request.user)
        obj.save(update_fields=["state", "review_asked_by", "deleted_at", "updated_at"])
        events.record(kind, request=request, subject=obj)
