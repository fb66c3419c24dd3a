"""Fields for how a person is reached, as people write it; used by every form that asks for it."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from . import outbox

SHORTEST_PHONE = 5
# Controls that turn or hide what follows them; nobody's name needs them.
_HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_PHONE = re.compile(r"\+?[\d\s()/.-]+")


def plain(text):
    """The text without controls that would turn or disguise its neighbours."""
    return _HIDDEN.sub("", text)


class PhoneField(forms.CharField):
    """A number as people write it; digits of any script become 0 to 9."""

    widget = forms.TextInput(
        attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel", "dir": "ltr"}
    )

    def to_python(self, value):
        text = plain(super().to_python(value) or "")
        text = "".join(
            str(digit) if (digit := unicodedata.digit(c, None)) is not None else c for c in text
        ).strip()
        if text and (not _PHONE.fullmatch(text) or sum(c.isdigit() for c in text) < SHORTEST_PHONE):
            raise ValidationError(
                _("Please write the number with digits only, for instance 069 90009-123."),
                code="invalid",
            )
        return text


class MailField(forms.EmailField):
    widget = forms.EmailInput(
        attrs={"autocomplete": "email", "inputmode": "email", "dir": "ltr", "spellcheck": "false"}
    )

    def clean(self, value):
        address = super().clean(value)
        if address:
            try:
                outbox.validate_recipient(address)
            except ValidationError as error:
                raise ValidationError(
                    _("Please write one address only."), code="invalid"
                ) from error
        return address


class NameField(forms.CharField):
    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", 120)
        super().__init__(
            widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}), **kwargs
        )

    def to_python(self, value):
        return " ".join(plain(super().to_python(value) or "").split())
