"""What all forms of the public share: the crispy helper, and a quiet trap for machines."""

import datetime
import hashlib
import secrets
import time
from decimal import Decimal

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import money
from .models import Hits
from .search import LONGEST_QUERY

SALT = "form-shown-at"


def helper(submit, *, method="post", css_class=""):
    """The crispy helper of a form: our own pack draws the button from `submit`."""
    made = FormHelper()
    made.form_method = method
    made.form_class = css_class
    made.submit_label = submit
    made.disable_csrf = method == "get"
    return made


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("What are you looking for?"),
        required=True,
        max_length=LONGEST_QUERY,
        widget=forms.TextInput(attrs={"type": "search", "dir": "auto", "autocomplete": "off"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Search"), method="get", css_class="form-in-a-line")


class OnceMixin(forms.Form):
    """A signed moment of showing: sending the same shown form twice is noticed."""

    shown_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        now = signing.dumps([int(time.time()), secrets.token_hex(8)], salt=SALT)
        self.initial.setdefault("shown_at", now)
        self._shown_at = self._moment_shown()
        if self.is_bound and self._shown_at is None:
            # Without a moment that can be read the page would come back with the same one for ever.
            self.data = self.data.copy()
            self.data["shown_at"] = now

    def _moment_shown(self):
        try:
            moment, _nonce = signing.loads(self.data.get("shown_at", ""), salt=SALT)
        except (signing.BadSignature, TypeError, ValueError):
            return None
        return moment

    def is_first_sending(self):
        """True once for each form that was shown: sending twice has the effect of sending once.

        Who goes back and sends other words sends something new. Call it inside the transaction of
        the effect, after the form was found valid.
        """
        ends_at = timezone.now() + datetime.timedelta(days=2)
        _row, created = Hits.objects.get_or_create(
            key=self.sending_key(), window=0, defaults={"ends_at": ends_at}
        )
        return created

    def sending_key(self):
        """The same for the same words sent by the same shown form; tells nobody what was sent."""
        sent = repr(sorted((name, str(value)) for name, value in self.cleaned_data.items()))
        return hashlib.sha256(sent.encode()).hexdigest()


class TrapField(forms.CharField):
    """Looks like any other field to a machine; people do not see it (wir/uni_form.html)."""

    is_trap = True


class TrapMixin(OnceMixin):
    """A field people do not see and a time nobody is quicker than; no riddles.

    Whoever is caught gets a message and keeps what was typed, so that a quick person can simply
    send again.
    """

    website = TrapField(
        required=False,
        label=_("Please leave this field empty"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("website"):
            raise ValidationError(
                _("Please leave the hidden field empty and send the form again."), code="trap"
            )
        if self._seconds_since_shown() < settings.FASTEST_FORM_SECONDS:
            raise ValidationError(
                _("That was very fast. Please check your entries and send the form again."),
                code="too_fast",
            )
        return cleaned

    def _seconds_since_shown(self):
        return 0 if self._shown_at is None else time.time() - self._shown_at


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


class SumField(EuroField):
    """A sum of money above nothing."""

    def clean(self, value):
        amount = super().clean(value)
        if amount is not None and not amount:
            raise ValidationError(_("Please give a sum above 0."))
        return amount
