"""The short questionnaire "Which line fits?", and the planned start, which others ask for too."""

import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offenbach_wir.forms import helper
from offenbach_wir.translated import labels

from .models import ApplicantKind, MeasureKind


class StartForm(forms.Form):
    """The planned start of a project; it may be open."""

    start = forms.DateField(
        label=_("When would you like to start?"),
        required=False,
        input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "We then work out the last day to apply. Leave it open if you do not know yet."
        ),
        error_messages={"invalid": _("Please write the day like this: 31.03.2027")},
    )

    def clean_start(self):
        start = self.cleaned_data["start"]
        today = timezone.localdate()
        if start and not today - datetime.timedelta(days=366) <= start <= today.replace(
            year=today.year + 10, day=min(today.day, 28)
        ):
            raise forms.ValidationError(
                _("Please choose a day between last year and ten years from now.")
            )
        return start


class WhichLineForm(StartForm):
    field_order = ("organisation", "measure", "start")

    organisation = forms.ChoiceField(label=_("Who would like to apply?"), widget=forms.RadioSelect)
    measure = forms.ChoiceField(label=_("What do you have in mind?"), widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [
            (slug, name)
            for _pk, slug, name, _lang in labels(ApplicantKind.objects.outside_the_bin())
        ]
        self.fields["measure"].choices = [
            (slug, name) for _pk, slug, name, _lang in labels(MeasureKind.objects.outside_the_bin())
        ]
        self.helper = helper(_("Show fitting lines"), method="get")
