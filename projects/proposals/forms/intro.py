"""The planned start, asked for before the log-in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from offenbach_wir.forms import helper
from programs.forms import StartForm


class DeadlineForm(StartForm):
    """Keeps the line that was chosen before."""

    line = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Show deadlines"), method="get")

    @classmethod
    def asked_by(cls, request):
        """Bound where a start was typed, so that a page without one shows no errors."""
        if request.GET.get("start"):
            return cls(request.GET)
        return cls(initial={"line": request.GET.get("line", "")})

    @property
    def start(self):
        return self.cleaned_data.get("start") if self.is_valid() else None
