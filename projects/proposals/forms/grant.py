"""What the organisation says about its grant: acceptance with bank data, and requests for money."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import exceptions as stdnum_exceptions
from stdnum import iban

from offenbach_wir.contact_fields import NameField
from offenbach_wir.forms import SumField
from projects.proposals.models import Acceptance

from .sections import AnswerField
from .steps import StepForm, own


class IbanField(forms.CharField):
    """As people type it, with or without spaces; the value is compact."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"})

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return text
        try:
            return iban.validate(text)
        except stdnum_exceptions.ValidationError as error:
            raise ValidationError(
                _("This is not a valid IBAN. Please compare it with your bank card, for instance.")
            ) from error


@own("accept_grant")
class AcceptForm(StepForm):
    account_holder = NameField(
        label=_("Account holder"),
        help_text=_("The organisation, as the bank knows it."),
    )
    iban = IbanField(
        label=_("IBAN"), max_length=50, help_text=_("For instance: DE89 3704 0044 0532 0130 00")
    )
    accepts = forms.BooleanField(
        label=_("We accept the grant with its conditions."),
        error_messages={"required": _("Please tick that you accept the grant.")},
    )

    def work(self, proposal, now):
        Acceptance.objects.update_or_create(
            proposal=proposal,
            defaults={
                "account_holder": self.cleaned_data["account_holder"],
                "iban": self.cleaned_data["iban"],
                "accepted_by": self.user,
            },
        )


class MoneyForm(forms.Form):
    """A request for money."""

    shown_at = forms.CharField(widget=forms.HiddenInput)
    amount = SumField(label=_("How much do you need (EUR)?"))
    purpose = AnswerField(
        label=_("What is it spent on?"),
        help_text=_("Usually only what you spend within the next two months is paid out."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
