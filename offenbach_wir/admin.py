"""The frame's own records in the back office; records of packages are taken out of it."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult
from post_office.models import Attachment, Email, EmailTemplate, Log

from .models import BarrierReport
from .templatetags.portal import language_name

PACKAGES = (EmailAddress, Authenticator, UserSession)
for model in (Group, DBTaskResult, Attachment, Email, EmailTemplate, Log, *PACKAGES):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class OpenFilter(admin.SimpleListFilter):
    title = _("still to be answered")
    parameter_name = "open"

    def lookups(self, request, model_admin):
        return [("1", _("Yes"))]

    def queryset(self, request, queryset):
        return queryset.open() if self.value() else queryset


@admin.register(BarrierReport)
class BarrierReportAdmin(admin.ModelAdmin):
    list_display = ["reference", "state", "due_on", "created_at", "wish"]
    list_filter = [OpenFilter, "state"]
    search_fields = ["reference", "description"]
    readonly_fields = [
        *("reference", "created_at", "wish", "page_address", "description", "name", "contact"),
        *("language_name", "due_on"),
    ]
    fieldsets = [
        (_("What came in"), {"fields": readonly_fields}),
        (
            _("Our answer"),
            {
                "fields": ["state", "answer"],
                "description": _(
                    "Please answer the person by mail or phone, and note here what was done. The "
                    "portal sends nothing by itself."
                ),
            },
        ),
    ]

    @admin.display(description=_("language"))
    def language_name(self, report):
        return language_name(report.language)

    def has_add_permission(self, request):
        return False


from . import link_admin, mails_admin, records_admin, team_admin  # noqa: E402, F401
