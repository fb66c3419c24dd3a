from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class FrameConfig(AppConfig):
    name = "offenbach_wir"
    verbose_name = _("Portal")

    def ready(self):
        # Each app says what waits for staff, what it keeps of people, and what runs by itself.
        autodiscover_modules("panels", "personal_data", "scheduled")
