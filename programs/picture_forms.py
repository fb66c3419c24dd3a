"""What a picture must say of itself, wherever it comes from: chosen on a computer, or from a file
that lies in the portal already. How its bytes are cleaned is in offenbach_wir.images alone.
"""

from django.utils.translation import gettext_lazy as _
from parler.forms import TranslatableModelForm

from offenbach_wir.translated import GERMAN

from .models import Picture


class DescribedMixin:
    """Words for those who cannot see it, or the statement that there is nothing to say."""

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("is_decorative") and not cleaned.get("alt"):
            self.add_error(
                "alt", _("Please describe the picture, or tick that it is decorative only.")
            )
        return cleaned


class FoundPictureForm(DescribedMixin, TranslatableModelForm):
    """Everything but the file, in German; the file is given to the instance."""

    class Meta:
        model = Picture
        fields = ["title", "alt", "is_decorative", "author", "rights", "consent"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, _current_language=GERMAN, **kwargs)
        # Either it or the tick; the form says so when both are missing.
        self.fields["alt"].may_wait = True
