"""What proposals need of the machine, for the health report."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offenbach_wir.health import failing, ok, probe

from . import typesetting


@probe("fonts", title=gettext_lazy("Fonts for PDF files"))
def fonts(now):
    try:
        typesetting.look_for_fonts()
    except typesetting.FontsMissingError:
        names = ", ".join(typesetting.missing_families())
        return failing(
            _("These fonts are missing: %(names)s.") % {"names": names},
            _("Install fonts-noto-core and fonts-dejavu-core, or set PDF_FONTS."),
        )
    return ok(_("All fonts are there."))
