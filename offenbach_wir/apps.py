from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class PortalAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "offenbach_wir.admin_site.PortalAdminSite"


class FrameConfig(AppConfig):
    name = "offenbach_wir"
    default = True
    verbose_name = _("Portal")

    def ready(self):
        from . import deploy_checks

        deploy_checks.register()
        # Each app says what waits for staff, what it keeps of people, what runs by itself, and
        # which mails it sends.
        autodiscover_modules("panels", "personal_data", "scheduled", "mails")
