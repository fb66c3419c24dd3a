"""Forms of the public side of projects."""

from django import forms
from django.utils.translation import gettext_lazy as _

from offenbach_wir.forms import TrapMixin, helper


class MessageForm(TrapMixin):
    """A message to an organisation whose address stays unknown to the writer."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("As you would like to be addressed."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("The organisation answers you there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    message = forms.CharField(
        label=_("Your message"),
        max_length=4000,
        help_text=_("Please write nothing about health, religion or residence status."),
        widget=forms.Textarea(attrs={"rows": 7, "dir": "auto"}),
    )

    field_order = ["name", "email", "message", "website", "shown_at"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Send message"))

    def as_sent(self):
        return {name: self.cleaned_data[name] for name in ("name", "email", "message")}
