"""The city's answers to requests for money."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offenbach_wir.forms import SumField

from .sections import AnswerField


class PaidForm(forms.Form):
    paid_on = forms.DateField(
        label=_("Paid on"),
        initial=timezone.localdate,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"}),
    )

    def clean_paid_on(self):
        paid_on = self.cleaned_data["paid_on"]
        if paid_on > timezone.localdate():
            raise ValidationError(_("This day lies ahead. Please note what has been paid."))
        if paid_on.year < 2014:
            raise ValidationError(_("The programme began in 2014."))
        return paid_on


class NotedForm(PaidForm):
    """A payment without a request."""

    shown_at = forms.CharField(widget=forms.HiddenInput)
    amount = SumField(label=_("Sum (EUR)"))
    purpose = AnswerField(
        label=_("What for?"),
        help_text=_("The organisation reads it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    field_order = ["shown_at", "amount", "paid_on", "purpose"]


class RefusedForm(forms.Form):
    answer = AnswerField(
        label=_("Why is it refused?"),
        help_text=_("Goes to the organisation as it stands here."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
