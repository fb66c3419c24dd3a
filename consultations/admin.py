"""Advice in the back office."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from programs.content_admin import ContentAdmin, picture_preview

from .models import Coordinator, HelpPlace


@admin.register(Coordinator)
class CoordinatorAdmin(ContentAdmin):
    list_display = ["name", "is_public", "position", "translation_states"]
    readonly_fields = ["preview"]
    fieldsets = [
        (None, {"fields": ["name", "role", "introduction", "languages", "phone"]}),
        (_("Picture"), {"fields": ["picture", "preview"]}),
        (_("Place in the portal"), {"fields": ["is_public", "position", "user"]}),
    ]

    def before_the_public(self):
        return Coordinator.objects.public()

    @admin.display(description=_("preview"))
    def preview(self, coordinator):
        return picture_preview(coordinator.picture)


@admin.register(HelpPlace)
class HelpPlaceAdmin(ContentAdmin):
    list_display = ["__str__", "phone", "position", "translation_states"]
    fields = ["name", "phone", "description", "website", "position"]
