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
        # The frame's probes stand first in the health report.
        from . import deploy_checks, error_reports, probes  # noqa: F401 (register probes)

        deploy_checks.register()
        error_reports.start()
        # Each app says what waits for staff, what it keeps of people, what runs by itself, which
        # mails it sends, and what it needs to work.
        autodiscover_modules("panels", "personal_data", "scheduled", "mails", "probes")
