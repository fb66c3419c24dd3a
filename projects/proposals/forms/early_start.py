"""The permission to begin before the decision."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offenbach_wir.forms import helper
from projects.proposals import early_start

from .decisions import day_field
from .sections import AnswerField


class EarlyStartForm(forms.Form):
    permitted_from = day_field(_("May begin on"))
    permitted_on = day_field(_("Day of the permission"))
    file_reference = AnswerField(
        label=_("File reference of the authority"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )

    def __init__(self, *args, proposal, **kwargs):
        before = early_start.of(proposal)
        kwargs["initial"] = {
            "permitted_from": before.permitted_from if before else proposal.starts_on,
            "permitted_on": before.permitted_on if before else timezone.localdate(),
            "file_reference": before.file_reference if before else "",
        }
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Record the permission"))

    def clean_permitted_on(self):
        permitted_on = self.cleaned_data["permitted_on"]
        if permitted_on > timezone.localdate():
            raise ValidationError(_("This day has not come yet."))
        return permitted_on
