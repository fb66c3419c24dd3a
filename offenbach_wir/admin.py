"""The frame's own records in the back office; records of packages are taken out of it."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult
from post_office.models import Attachment, Email, EmailTemplate, Log

from .models import BarrierReport, User

PACKAGES = (EmailAddress, Authenticator, UserSession)
for model in (Group, DBTaskResult, Attachment, Email, EmailTemplate, Log, *PACKAGES):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(BarrierReport)
class BarrierReportAdmin(admin.ModelAdmin):
    list_display = ["reference", "state", "due_on", "created_at", "wish"]
    list_filter = ["state"]
    search_fields = ["reference", "description"]
    readonly_fields = [
        *("reference", "created_at", "wish", "page_address", "description", "name", "contact"),
        *("language", "due_on"),
    ]
    fieldsets = [
        (_("What came in"), {"fields": readonly_fields}),
        (_("Our answer"), {"fields": ["state", "answer"]}),
    ]

    def has_add_permission(self, request):
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["email", "name", "is_staff", "is_active", "date_joined"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["email", "name"]
    readonly_fields = ["email", "date_joined", "groups"]
    fields = ["email", "name", "language", "is_active", "groups", "date_joined"]
