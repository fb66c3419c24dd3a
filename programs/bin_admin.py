"""Deleting in the back office: into the bin, and out of it again within 30 days."""

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from offenbach_wir import events, uses
from offenbach_wir.bin import Binnable
from offenbach_wir.models import Event


class BinFilter(admin.SimpleListFilter):
    """What lies in the bin, only where it is asked for."""

    title = _("Bin")
    parameter_name = "bin"

    def lookups(self, request, model_admin):
        return [("yes", _("In the bin"))]

    def queryset(self, request, queryset):
        return queryset.in_the_bin() if self.value() == "yes" else queryset.outside_the_bin()


class RecordedDeletionMixin:
    """For what has no bin: each deletion for good stands in the audit trail."""

    def delete_model(self, request, obj):
        events.record(Event.Kind.DELETED, request=request, subject=obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            events.record(Event.Kind.DELETED, request=request, subject=obj)
        super().delete_queryset(request, queryset)


class BinMixin(RecordedDeletionMixin):
    """For admins of translated content; does nothing where content has no bin."""

    bin_filter = BinFilter

    @property
    def has_bin(self):
        return issubclass(self.model, Binnable)

    def get_list_filter(self, request):
        filters = super().get_list_filter(request)
        return [self.bin_filter, *filters] if self.has_bin else filters

    def has_change_permission(self, request, obj=None):
        """What lies in the bin is read only."""
        if getattr(obj, "is_binned", False):
            return False
        return super().has_change_permission(request, obj)

    def may_bin(self, request, obj):
        return not obj.is_binned and self.has_delete_permission(request, obj)

    def may_restore(self, request, obj):
        return obj.is_binned and super().has_change_permission(request, obj)

    def leaves_the_portal(self, obj):
        """Whether the public sees it now."""
        return self.before_the_public().filter(pk=obj.pk).exists()

    def restored_sentence(self, obj):
        return _("“%s” is back as it was.") % obj

    def after_the_bin(self, records):
        """What else changes when these went into the bin or came back; nothing unless said."""

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if self.has_bin:
            can_bin = obj is not None and self.may_bin(request, obj)
            can_restore = obj is not None and self.may_restore(request, obj)
            context.setdefault("steps", [])
            context |= {
                "has_bin": True,
                "is_binned": obj is not None and obj.is_binned,
                "can_save": obj is None or self.has_change_permission(request, obj),
                "bin_url": self._address("delete", obj) if can_bin else "",
                "restore_url": self._address("restore", obj) if can_restore else "",
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _address(self, name, obj):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=[obj.pk])

    def get_urls(self):
        if not self.has_bin:
            return super().get_urls()
        name = f"{self.opts.app_label}_{self.opts.model_name}_restore"
        view = self.admin_site.admin_view(self.restore_view)
        return [
            path("<int:pk>/aus-dem-papierkorb/", view, name=name),
            *super().get_urls(),
        ]

    def get_actions(self, request):
        actions = super().get_actions(request)
        if self.has_bin:
            actions.pop("delete_selected", None)
        return actions

    def delete_view(self, request, object_id, extra_context=None):
        """Into the bin after a question; what is used stays, and the page says where it is used."""
        if not self.has_bin:
            return super().delete_view(request, object_id, extra_context)
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.may_bin(request, obj):
            raise PermissionDenied
        is_used = bool(uses.used_keys(self.model, [obj.pk]))
        if is_used or request.method != "POST":
            return self._bin_page(request, obj, is_used)
        self.delete_model(request, obj)
        if IS_POPUP_VAR in request.POST:
            return self.response_delete(request, str(obj), obj.pk)
        messages.success(
            request, _("“%s” lies in the bin. You can restore it there for 30 days.") % obj
        )
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def _bin_page(self, request, obj, is_used):
        context = {
            **self.admin_site.each_context(request),
            "title": _("This is still used") if is_used else _("Move to the bin?"),
            "object": obj,
            "opts": self.opts,
            "is_public": not is_used and self.leaves_the_portal(obj),
            "is_used": is_used,
            "places": uses.places_of(obj, self.admin_site) if is_used else [],
            "is_popup": IS_POPUP_VAR in request.GET,
        }
        status = 403 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/content/bin.html", context, status=status)

    @transaction.atomic
    def delete_model(self, request, obj):
        if not self.has_bin:
            return super().delete_model(request, obj)
        obj.move_to_bin(by=request.user)
        events.record(Event.Kind.BINNED, request=request, subject=obj)
        self.after_the_bin([obj])

    def delete_queryset(self, request, queryset):
        if not self.has_bin:
            return super().delete_queryset(request, queryset)
        for obj in queryset:
            self.delete_model(request, obj)

    def restore_view(self, request, pk):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        obj = self.get_object(request, str(pk))
        if obj is None:
            raise Http404
        if not self.may_restore(request, obj):
            raise PermissionDenied
        with transaction.atomic():
            obj.take_out_of_bin(by=request.user)
            events.record(Event.Kind.RESTORED, request=request, subject=obj)
            self.after_the_bin([obj])
        messages.success(request, self.restored_sentence(obj))
        return redirect(self._address("change", obj))
