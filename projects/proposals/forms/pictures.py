"""A picture of a proposal on its way to the public project."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from offenbach_wir import images
from programs.picture_forms import FoundPictureForm


class TakePictureForm(FoundPictureForm):
    """One of several on a page: what stands in it counts only where it is chosen."""

    use_required_attribute = False
    field_order = ["take"]

    take = forms.BooleanField(label=_("Take this picture over"), required=False)

    def __init__(self, *args, enclosure, **kwargs):
        super().__init__(*args, prefix=enclosure.key, **kwargs)
        self.enclosure = enclosure
        self.initial["title"] = enclosure.name.rpartition(".")[0][: self.fields["title"].max_length]

    @property
    def is_chosen(self):
        take = self.fields["take"]
        name = self.add_prefix("take")
        return bool(take.widget.value_from_datadict(self.data, self.files, name))

    def full_clean(self):
        if self.is_bound and not self.is_chosen:
            self._errors, self.cleaned_data = ErrorDict(), {}
            return
        super().full_clean()

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            self._take_the_file()
        return cleaned

    def _take_the_file(self):
        """The copy is cleaned as an upload is: upright, without place and time, not too large."""
        try:
            with self.enclosure.file.open("rb") as stored:
                self.instance.file = images.cleaned(File(stored, name=self.enclosure.name))
        except ValidationError as error:
            self.add_error("take", error)
        except OSError:
            self.add_error("take", _("The file cannot be read just now. Please try again later."))
