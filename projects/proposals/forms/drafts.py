"""Starting a draft, and writing a message."""

from django import forms
from django.utils.translation import gettext_lazy as _

from offenbach_wir.forms import TrapMixin, helper
from projects.models import SpokenLanguage
from projects.proposals.models import Applicant, Proposal
from projects.proposals.questions import LONGEST_TITLE

from .sections import AnswerField


class ApplicantChoice(forms.ModelChoiceField):
    widget = forms.RadioSelect


class LanguageChoice(forms.ModelChoiceField):
    def label_from_instance(self, language):
        return language.text.name


class EarlierChoice(forms.ModelChoiceField):
    def label_from_instance(self, proposal):
        return f"{proposal} ({proposal.reference})" if proposal.reference else str(proposal)


class NewProposalForm(TrapMixin):
    """`drafts` are those the person has begun and not handed in; another one wants a tick."""

    applicant = ApplicantChoice(
        label=_("For which organisation?"), queryset=Applicant.objects.none(), empty_label=None
    )
    title = AnswerField(
        label=_("What is your project called?"),
        required=False,
        max_length=LONGEST_TITLE,
        help_text=_("You can change it at any time."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    language = LanguageChoice(
        label=_("In which language do you write?"),
        queryset=SpokenLanguage.objects.none(),
        empty_label=None,
        help_text=_("Any of these is fine. You can put a German version beside each answer."),
    )
    earlier = EarlierChoice(
        label=_("Begin with an earlier proposal?"),
        queryset=Proposal.objects.none(),
        required=False,
        empty_label=_("No, with empty pages"),
        help_text=_("Answers and plan come along, dates move on, papers do not."),
    )
    another = forms.BooleanField(
        label=_("Yes, I want to begin another draft beside these."), required=False
    )
    line = forms.SlugField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user, drafts, **kwargs):
        super().__init__(*args, **kwargs)
        mine = Applicant.objects.writable_by(user).select_related("organisation")
        self.fields["applicant"].queryset = mine
        self.fields["language"].queryset = SpokenLanguage.objects.outside_the_bin().with_texts()
        self.fields["earlier"].queryset = Proposal.objects.filter(applicant__in=mine)
        if not self.fields["earlier"].queryset.exists():
            del self.fields["earlier"]
        if drafts:
            self.fields["another"].required = True
            self.fields["another"].error_messages["required"] = _(
                "You have begun already. Please go on with that draft, or tick that you want "
                "another one."
            )
        else:
            del self.fields["another"]
        self.helper = helper(_("Begin"))

    def clean(self):
        cleaned = super().clean()
        earlier, applicant = cleaned.get("earlier"), cleaned.get("applicant")
        if earlier and applicant and earlier.applicant_id != applicant.pk:
            self.add_error("earlier", _("This proposal belongs to another organisation."))
        return cleaned


class MessageForm(TrapMixin):
    text = AnswerField(
        label=_("Your message"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_("Please write nothing about health, religion or residence status."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(_("Send the message"))
