from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FrameConfig(AppConfig):
    name = "offenbach_wir"
    verbose_name = _("Portal")
