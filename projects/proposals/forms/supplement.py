"""The two sides of a supplement: asking for it, and handing it in."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.proposals import submission, supplements
from projects.proposals.questions import SectionKey

from .sections import LAST_DAY, AnswerField
from .steps import StepForm, own

# Whoever moves these must be able to make the plan fit again.
MOVE_THE_PLAN = {SectionKey.LINE, SectionKey.TIME}


@own("request_supplement")
class RequestForm(StepForm):
    message = AnswerField(
        label=_("What is needed?"),
        help_text=_("Goes to the organisation as it stands here, by e-mail and on its page."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )
    due_on = forms.DateField(
        label=_("Until when?"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"}),
    )
    sections = forms.MultipleChoiceField(
        label=_("Which parts may be changed?"),
        help_text=_("All others stay as they were handed in."),
        choices=SectionKey,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, **kwargs):
        last_day = timezone.localdate() + datetime.timedelta(days=supplements.USUAL_DAYS)
        kwargs["initial"] = {"due_on": last_day} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def clean_due_on(self):
        due_on = self.cleaned_data["due_on"]
        if due_on <= timezone.localdate():
            raise ValidationError(_("Please give a day that lies ahead."))
        if due_on > LAST_DAY:
            raise ValidationError(_("Please give a day before the year 2100."))
        return due_on

    def clean_sections(self):
        sections = [SectionKey(key) for key in self.cleaned_data["sections"]]
        if MOVE_THE_PLAN & set(sections) and SectionKey.COSTS not in sections:
            raise ValidationError(
                _(
                    "Another line or other days change the plan, too: please open “Costs and "
                    "financing” as well."
                )
            )
        return sections

    @property
    def detail(self):
        return {
            "sections": [str(key) for key in self.cleaned_data["sections"]],
            "due_on": self.cleaned_data["due_on"].isoformat(),
        }

    def work(self, proposal, now):
        supplements.ask(
            proposal,
            message=self.cleaned_data["message"],
            due_on=self.cleaned_data["due_on"],
            sections=[str(key) for key in self.cleaned_data["sections"]],
            user=self.user,
        )


@own("hand_in_supplement")
class HandInForm(StepForm):
    def work(self, proposal, now):
        return submission.next_version(proposal, user=self.user, now=now)
