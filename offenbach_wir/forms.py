"""What all forms of the public share: the crispy helper, and a quiet trap for machines."""

import time
from decimal import Decimal

from crispy_forms.helper import FormHelper
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from . import money

# Nobody reads and fills in a form faster; a form left open for a day is still welcome.
FASTEST_SECONDS = 2
SALT = "form-shown-at"


def helper(submit, *, method="post", css_class=""):
    """The crispy helper of a form: our own pack draws the button from `submit`."""
    made = FormHelper()
    made.form_method = method
    made.form_class = css_class
    made.submit_label = submit
    made.disable_csrf = method == "get"
    return made


class TrapMixin(forms.Form):
    """A field people do not see and a signed moment of showing; no riddles.

    Whoever is caught gets a message and keeps what was typed, so that a quick person can simply
    send again.
    """

    website = forms.CharField(
        required=False,
        label=_("Please leave this field empty"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    shown_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("shown_at", signing.dumps(int(time.time()), salt=SALT))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("website"):
            raise ValidationError(
                _("Please leave the hidden field empty and send the form again."), code="trap"
            )
        if self._seconds_since_shown() < FASTEST_SECONDS:
            raise ValidationError(
                _("That was very fast. Please check your entries and send the form again."),
                code="too_fast",
            )
        return cleaned

    def _seconds_since_shown(self):
        try:
            return time.time() - signing.loads(self.data.get("shown_at", ""), salt=SALT)
        except signing.BadSignature:
            return 0


class EuroField(forms.CharField):
    """A sum of money as people type it; the value is a Decimal with two places, or None."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value):
        text = super().to_python(value)
        return money.parse_euros(text) if text else None

    def prepare_value(self, value):
        return money.format_euros(value).removesuffix(" €") if isinstance(value, Decimal) else value

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True
