"""What the page of a step asks. A step with a page of its own has a form here that says what it
stores; all others ask nothing, or for a reason.
"""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.proposals.case import Form

from .sections import AnswerField


class StepForm(forms.Form):
    """`work` stores what belongs to the step, inside its transaction; `detail` goes into its event
    (ids and codes only).
    """

    # A template that the page shows above the form, where there is something to look at.
    shows = ""
    # The step number of the page: a page that is older than the case is noticed.
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, proposal, step, user, **kwargs):
        kwargs.setdefault("initial", {}).setdefault("seen", proposal.step_number)
        super().__init__(*args, **kwargs)
        self.proposal, self.step, self.user = proposal, step, user

    @property
    def reason(self):
        return self.cleaned_data.get("reason", "")

    @property
    def detail(self):
        return {}

    def work(self, proposal, now):
        """Stores what belongs to the step; `proposal` is locked and as it is now. What is returned
        goes into the event, too.
        """

    def undo(self):
        """Takes back what the database does not by itself, once the step has failed."""


class ReasonForm(StepForm):
    reason_text = AnswerField(
        label=_("Reason"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )

    @property
    def reason(self):
        return self.cleaned_data.get("reason_text", "")


# Steps with a page of their own: key of case.STEPS → form.
OWN = {}


def own(key):
    """Registers the form of a step with a page of its own."""

    def register(form_class):
        OWN[key] = form_class
        return form_class

    return register


def form_class_of(step):
    if step.form is Form.OWN or step.key in OWN:
        return OWN[step.key]
    return ReasonForm if step.form is Form.REASON else StepForm
