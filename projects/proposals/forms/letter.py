"""The letter of a decision as an upload, for every form that stores one."""

from django import forms
from django.conf import settings
from django.core.files.storage import storages
from django.utils.translation import gettext_lazy as _

from projects.proposals import decisions


class LetterMixin(forms.Form):
    """Checked and scanned with the form, before the transaction of the step; kept inside it."""

    letter = forms.FileField(
        label=_("Letter of the decision"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf"}),
    )

    # The name in the storage, once it is kept.
    kept = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["letter"].help_text = _(
            "A PDF of at most %(size)s MB. The organisation can read it as soon as the decision "
            "counts."
        ) % {"size": settings.ENCLOSURE_MOST_BYTES // (1024 * 1024)}

    def clean_letter(self):
        upload = self.cleaned_data["letter"]
        return decisions.checked_letter(upload) if upload else None

    def letter_fields(self):
        """Keeps the file; what the decision stores about it. ValidationError on a full disk."""
        fields = decisions.keep_letter(self.cleaned_data["letter"])
        self.kept = fields.get("letter", "")
        return fields

    def undo(self):
        """The step failed: the database forgets by itself, the storage does not."""
        if self.kept:
            storages["private"].delete(self.kept)
            self.kept = ""
