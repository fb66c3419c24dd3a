"""Choosing files and saying what they are."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from offenbach_wir.enclosure_files import ACCEPT, KINDS
from offenbach_wir.forms import helper
from programs.models import EnclosureKind

MOST_AT_ONCE = 10


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """One or several uploads; the value is a list."""

    widget = SeveralFilesInput

    def clean(self, data, initial=None):
        uploads = [
            upload for upload in (data if isinstance(data, list | tuple) else [data]) if upload
        ]
        if not uploads:
            raise forms.ValidationError(_("Please choose a file."), code="required")
        if len(uploads) > MOST_AT_ONCE:
            raise forms.ValidationError(
                _("Please choose at most %(n)s files at once."), params={"n": MOST_AT_ONCE}
            )
        return uploads


class KindField(forms.ModelChoiceField):
    def label_from_instance(self, kind):
        return kind.text.name


class UploadForm(forms.Form):
    kind = KindField(
        label=_("What is it?"), queryset=EnclosureKind.objects.none(), empty_label=None
    )
    files = SeveralFilesField(label=_("Choose files"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = EnclosureKind.objects.outside_the_bin().with_texts()
        self.fields["files"].widget.attrs["accept"] = ACCEPT
        self.fields["files"].help_text = _(
            "%(kinds)s; at most %(size)s MB each. Several at once are possible."
        ) % {"kinds": KINDS, "size": settings.ENCLOSURE_MOST_BYTES // (1024 * 1024)}
        self.helper = helper(_("Upload"))
