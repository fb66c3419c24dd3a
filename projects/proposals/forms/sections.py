"""One section of a proposal as a form, made from the table of questions.

Everything may be left out: a draft saves what there is. Beside each answer the form remembers what
stood there when it was shown (`seen`), so that only what somebody changed is written, and two
people in one section lose nothing (saving.py).
"""

import datetime
import hashlib
import json

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offenbach_wir.contact_fields import MailField, NameField, PhoneField, plain
from programs.models import FundingLine, FundingTerms
from projects.models import District, SpokenLanguage, TargetGroup
from projects.proposals import questions
from projects.proposals.questions import Kind, SectionKey

GERMAN_SUFFIX = "_german"
MOST_PARTICIPANTS = 1_000_000
END_BEFORE_START = _("The end is before the start.")
FIRST_DAY, LAST_DAY = datetime.date(2014, 1, 1), datetime.date(2099, 12, 31)


class AnswerField(forms.CharField):
    """A text as people write it, without controls that would turn or hide their neighbours."""

    def to_python(self, value):
        text = plain(super().to_python(value) or "")
        return text.replace("\r\n", "\n").replace("\r", "\n")


class RowField(forms.ModelMultipleChoiceField):
    """Some of a list of translated rows, as ticks."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, row):
        return row.name if isinstance(row, District) else row.text.name


class LineField(forms.ModelChoiceField):
    widget = forms.RadioSelect

    def label_from_instance(self, line):
        return line.text.title


def _long(question, proposal):
    rows = 3 if question.most <= 600 else 5 if question.most <= 2000 else 8
    return AnswerField(
        max_length=question.most,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto", "lang": proposal.language.code}),
    )


def _choice(question, proposal):
    """Lines that take proposals today, and the one already chosen, whatever became of it."""
    open_today = FundingTerms.objects.open_for_proposals(timezone.localdate()).values("line")
    lines = FundingLine.objects.filter(pk__in=[*open_today.values_list("line", flat=True)])
    if proposal.funding_line_id:
        lines |= FundingLine.objects.filter(pk=proposal.funding_line_id)
    return LineField(lines.with_texts(), empty_label=None)


def _choices(question, proposal):
    rows = {
        "target_groups": TargetGroup.objects.outside_the_bin().with_texts(),
        "districts": District.objects.all(),
        "languages": SpokenLanguage.objects.outside_the_bin().with_texts(),
    }
    return RowField(rows[question.key])


def _date(question, proposal):
    return forms.DateField(
        validators=[
            MinValueValidator(FIRST_DAY, _("Please give a day after the year 2013.")),
            MaxValueValidator(LAST_DAY, _("Please give a day before the year 2100.")),
        ],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"}),
    )


MAKERS = {
    Kind.SHORT: lambda question, proposal: (
        NameField(max_length=question.most)
        if question.section == SectionKey.DECLARATIONS
        else AnswerField(
            max_length=question.most,
            widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
        )
    ),
    Kind.LONG: _long,
    Kind.DATE: _date,
    Kind.NUMBER: lambda question, proposal: forms.IntegerField(
        min_value=1,
        max_value=MOST_PARTICIPANTS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    ),
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.YES: lambda question, proposal: forms.BooleanField(),
    Kind.MAIL: lambda question, proposal: MailField(),
    Kind.PHONE: lambda question, proposal: PhoneField(max_length=40),
}


class SectionForm(forms.Form):
    """The questions of one section. `stored` are the values as they are now: {field: value}."""

    def __init__(self, data=None, *, proposal, section, stored):
        self.proposal, self.section, self.stored = proposal, section, stored
        super().__init__(data, initial=stored, auto_id="id_%s")
        for question in questions.in_section(section):
            self.fields[question.key] = self._field(question)
            if question.is_text and not proposal.is_in_german:
                self.fields[question.key + GERMAN_SUFFIX] = self._german(question)
        if section == SectionKey.DECLARATIONS:
            self.fields["declared"] = forms.MultipleChoiceField(
                label=_("We declare"),
                choices=questions.Declaration,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        for name, field in self.fields.items():
            question = questions.BY_KEY.get(name)
            # A draft may leave out everything; only what handing in does not ask for is "optional".
            field.required = False
            field.may_wait = name == "declared" or bool(question and question.is_required)

    def _field(self, question):
        field = MAKERS[question.kind](question, self.proposal)
        field.label, field.help_text = question.label, question.help
        return field

    def _german(self, question):
        field = _long(question, self.proposal)
        field.widget.attrs |= {"lang": "de", "dir": "ltr"}
        field.label = _("The same in German")
        field.help_text = _("If you can: it makes reading quicker. The original counts.")
        return field

    def clean(self):
        cleaned = super().clean()
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", ValidationError(END_BEFORE_START))
        return cleaned

    def refuse_days(self):
        """For days that are right alone and do not fit to what is stored."""
        for name in ("starts_on", "ends_on"):
            if name not in self.errors:
                self.add_error(name, ValidationError(END_BEFORE_START))

    @property
    def seen_sums(self):
        """{field: sum} of what the person had before the eyes; empty where it cannot be read."""
        if not self.is_bound:
            return {name: sum_of(self.stored.get(name)) for name in self.fields}
        try:
            sums = json.loads(self.data.get("seen") or "{}")
        except ValueError:
            return {}
        return sums if isinstance(sums, dict) else {}

    def seen_after(self, *, saved=(), shown=()):
        """What the page carries next: `saved` fields as typed, `shown` ones as they are stored."""
        sums = self.seen_sums
        sums |= {name: sum_of(self.cleaned_data[name]) for name in saved}
        sums |= {name: sum_of(value) for name, value in dict(shown).items()}
        return json.dumps({name: sums[name] for name in self.fields if name in sums})

    def take_theirs(self):
        """Leaves out the fields in which the person chose the other version."""
        for name in list(self.cleaned_data):
            if self.data.get(f"take:{name}") == "theirs":
                del self.cleaned_data[name]
                self._show_stored(name)

    def _show_stored(self, name):
        """If the page comes back because of something else, the chosen version stands in it."""
        value = self.fields[name].prepare_value(self.stored[name])
        self.data = self.data.copy()
        if isinstance(value, list):
            self.data.setlist(name, [str(entry) for entry in value])
        elif value in (None, False):
            self.data.pop(name, None)
        else:
            self.data[name] = "on" if value is True else str(value)


def plain_value(value):
    """One canonical text for a value, stored or typed."""
    if value in (None, "", False):
        return ""
    if value is True:
        return "yes"
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if hasattr(value, "pk"):
        return str(value.pk)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "__iter__"):
        return ",".join(sorted(str(getattr(entry, "pk", entry)) for entry in value))
    return str(value)


def sum_of(value):
    return hashlib.sha256(plain_value(value).encode()).hexdigest()[:16]
