"""Forms of the decision: recorded from the authority's letter, or prepared and confirmed here."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offenbach_wir.forms import EuroField
from offenbach_wir.money import format_to_the_cent
from projects.proposals import decisions, grants
from projects.proposals.models import CityFund, Decision

from .letter import LetterMixin
from .sections import END_BEFORE_START, FIRST_DAY, LAST_DAY, AnswerField
from .steps import ReasonForm, StepForm, own

APPROVAL, REJECTION = Decision.Kind.APPROVAL, Decision.Kind.REJECTION


def day_field(label, **options):
    return forms.DateField(
        label=label,
        validators=[
            MinValueValidator(FIRST_DAY, _("Please give a day after the year 2013.")),
            MaxValueValidator(LAST_DAY, _("Please give a day before the year 2100.")),
        ],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"}),
        **options,
    )


def text_field(label, most, *, rows=4, **options):
    return AnswerField(
        label=label,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
        **options,
    )


class DayMixin(forms.Form):
    decided_on = day_field(_("Day of the decision"))
    file_reference = AnswerField(
        label=_("File reference of the authority"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )

    def clean_decided_on(self):
        decided_on = self.cleaned_data["decided_on"]
        if decided_on > timezone.localdate():
            raise ValidationError(_("This day has not come yet."))
        return decided_on


class GrantMixin(forms.Form):
    """What a grant says. Who uses it asks `check_grant` in its clean()."""

    amount = EuroField(label=_("Grant in euros"), help_text=_("For instance: 10.000,00"))
    starts_on = day_field(_("Grant period: from"))
    ends_on = day_field(_("Grant period: until"))
    conditions = text_field(
        _("Conditions of the grant"),
        6000,
        rows=6,
        required=False,
        help_text=_("In plain words: the organisation reads them and gets them by e-mail."),
    )
    naming_duty = AnswerField(
        label=_("How funders are to be named"),
        required=False,
        max_length=500,
        help_text=_("Logo and wording that the decision asks for."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    interim_due_on = day_field(_("Interim report until"), required=False)
    proof_due_on = day_field(_("Proof of use until"), required=False)

    GRANT = (
        *("amount", "starts_on", "ends_on", "conditions", "naming_duty"),
        *("interim_due_on", "proof_due_on"),
    )

    def explain(self, proposal):
        """Says at the fields what is known of the case."""
        limits = decisions.limits_of(proposal)
        said = [f"{self.fields['amount'].help_text}."]
        if limits.requested is not None:
            said.append(str(_("Asked for:")) + f" {format_to_the_cent(limits.requested)}.")
        if limits.allowed is not None:
            said.append(
                str(_("At most, by the rates of the day it was handed in:"))
                + f" {format_to_the_cent(limits.allowed)}."
            )
        self.fields["amount"].help_text = " ".join(said)
        self.fields["proof_due_on"].help_text = _(
            "Leave empty for %(months)s months after the end of the grant period."
        ) % {"months": decisions.proof_months(proposal)}

    def check_grant(self, proposal):
        values = self.cleaned_data
        if values.get("amount") is not None and values["amount"] <= 0:
            self.add_error("amount", _("Please give a sum above 0."))
        starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", END_BEFORE_START)
            return
        if ends_on and not values.get("proof_due_on") and "proof_due_on" not in self.errors:
            values["proof_due_on"] = decisions.proof_due_on(proposal, ends_on)
        interim, proof = values.get("interim_due_on"), values.get("proof_due_on")
        if starts_on and interim and interim < starts_on:
            self.add_error("interim_due_on", _("This day lies before the grant period."))
        if ends_on and proof and proof < ends_on:
            self.add_error("proof_due_on", _("This day lies before the end of the grant period."))

    def grant_fields(self):
        return {name: self.cleaned_data[name] for name in self.GRANT}


def asked_period(proposal):
    return {"starts_on": proposal.starts_on, "ends_on": proposal.ends_on}


@own("record_approval")
class RecordApprovalForm(LetterMixin, GrantMixin, DayMixin, StepForm):
    """The state decides on its own money: more than expected is warned of, not refused."""

    is_right = forms.BooleanField(
        label=_("I have compared it: the sum stands like this in the letter."), required=False
    )
    field_order = [*DayMixin.base_fields, *GrantMixin.base_fields, "letter", "is_right"]

    def __init__(self, *args, proposal, **kwargs):
        initial = asked_period(proposal) | {"decided_on": timezone.localdate()}
        kwargs["initial"] = initial | kwargs.get("initial", {})
        super().__init__(*args, proposal=proposal, **kwargs)
        self.explain(proposal)
        if "is_right" not in self.data:
            # Asked only once there is something to compare.
            self.fields["is_right"].widget = forms.HiddenInput()

    def clean(self):
        cleaned = super().clean()
        self.check_grant(self.proposal)
        amount = cleaned.get("amount")
        against = decisions.limits_of(self.proposal).exceeded_by(amount) if amount else []
        if against and not cleaned.get("is_right"):
            self.fields["is_right"].widget = forms.CheckboxInput()
            for sentence in against:
                self.add_error("amount", sentence)
            self.add_error("is_right", _("Please compare the sum with the letter, then tick here."))
        return cleaned

    def work(self, proposal, now):
        return decisions.prepare(
            proposal,
            user=self.user,
            kind=APPROVAL,
            decided_on=self.cleaned_data["decided_on"],
            file_reference=self.cleaned_data["file_reference"],
            **self.grant_fields(),
            **self.letter_fields(),
        )


class RejectionMixin(forms.Form):
    reasons = text_field(
        _("Reasons of the rejection"),
        4000,
        help_text=_("In plain words: the organisation reads them and gets them by e-mail."),
    )
    ways_on = text_field(
        _("Ways on"),
        4000,
        rows=6,
        required=False,
        help_text=_("What the organisation can do now. Please change what does not fit."),
    )


@own("record_rejection")
class RecordRejectionForm(LetterMixin, RejectionMixin, DayMixin, StepForm):
    field_order = [*DayMixin.base_fields, *RejectionMixin.base_fields, "letter"]

    def __init__(self, *args, proposal, **kwargs):
        initial = {
            "decided_on": timezone.localdate(),
            "ways_on": decisions.suggested_ways_on(proposal),
        }
        kwargs["initial"] = initial | kwargs.get("initial", {})
        super().__init__(*args, proposal=proposal, **kwargs)

    def work(self, proposal, now):
        said = self.cleaned_data
        return decisions.prepare(
            proposal,
            user=self.user,
            kind=REJECTION,
            **{name: said[name] for name in ("decided_on", "file_reference", "reasons", "ways_on")},
            **self.letter_fields(),
        )


class FundField(forms.ModelChoiceField):
    def label_from_instance(self, fund):
        area = fund.district.name if fund.district else _("the whole town")
        most = fund.most_per_project
        said = _("%(fund)s, %(area)s: %(left)s left") % {
            "fund": fund,
            "area": area,
            "left": format_to_the_cent(fund.left),
        }
        if most is not None:
            said += _(", at most %(most)s for a project") % {"most": format_to_the_cent(most)}
        return said


@own("prepare_decision")
class PrepareDecisionForm(LetterMixin, RejectionMixin, GrantMixin, StepForm):
    """The city's own decision. It counts once somebody else has confirmed it."""

    kind = forms.ChoiceField(
        label=_("What is decided?"), choices=Decision.Kind, widget=forms.RadioSelect
    )
    decided_on = DayMixin.base_fields["decided_on"]
    fund = FundField(
        label=_("From which fund of the city?"), queryset=CityFund.objects.none(), required=False
    )
    field_order = [
        *("kind", "decided_on", "fund"),
        *GrantMixin.base_fields,
        *RejectionMixin.base_fields,
        "letter",
    ]
    clean_decided_on = DayMixin.clean_decided_on
    ONLY_FOR = {
        APPROVAL: ("fund", "amount", "starts_on", "ends_on"),
        REJECTION: ("reasons",),
    }

    def __init__(self, *args, proposal, **kwargs):
        today = timezone.localdate()
        initial = asked_period(proposal) | {
            "kind": APPROVAL,
            "decided_on": today,
            "ways_on": decisions.suggested_ways_on(proposal),
        }
        kwargs["initial"] = initial | kwargs.get("initial", {})
        super().__init__(*args, proposal=proposal, **kwargs)
        self.explain(proposal)
        funds = decisions.funds_for(proposal, today)
        self.fields["fund"].queryset = funds
        if not funds:
            self.fields["fund"].help_text = _("No fund of these years and this area has money.")
        for kind, names in self.ONLY_FOR.items():
            for name in names:
                # Needed or not, as the kind says; so neither is called optional.
                field = self.fields[name]
                field.required, field.may_wait = False, True
                only = (
                    _("Only for an approval.") if kind == APPROVAL else _("Only for a rejection.")
                )
                field.help_text = f"{only} {field.help_text}".strip()

    def clean(self):
        cleaned = super().clean()
        kind = cleaned.get("kind")
        for name in self.ONLY_FOR.get(kind, ()):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        if kind == APPROVAL:
            self.check_grant(self.proposal)
            self._check_amount(cleaned.get("amount"), cleaned.get("fund"))
        return cleaned

    def _check_amount(self, amount, fund):
        if not amount:
            return
        for sentence in decisions.limits_of(self.proposal).exceeded_by(amount):
            self.add_error("amount", sentence)
        for sentence in decisions.against_fund(fund, amount) if fund else ():
            self.add_error("amount", sentence)

    def work(self, proposal, now):
        said = self.cleaned_data
        if said["kind"] == APPROVAL:
            fields = self.grant_fields() | {"fund": said["fund"]}
        else:
            fields = {"reasons": said["reasons"], "ways_on": said["ways_on"]}
        return decisions.prepare(
            proposal,
            user=self.user,
            kind=said["kind"],
            decided_on=said["decided_on"],
            **fields,
            **self.letter_fields(),
        )


class DecisionShown:
    """Whoever confirms a decision or sends it back sees the whole of it."""

    shows = "proposals/office/decision_to_confirm.html"

    @property
    def decision(self):
        return grants.decision_of(self.proposal)

    @property
    def fund_after(self):
        """What the fund would have left, in euros; None where no fund pays, or paid already."""
        decision = self.decision
        if decision is None or decision.fund is None or decision.is_in_force:
            return None
        return decision.fund.left - decision.amount


@own("confirm_approval")
@own("confirm_rejection")
class ConfirmForm(DecisionShown, StepForm):
    """Asks nothing."""


@own("send_back_decision")
class SendBackForm(DecisionShown, ReasonForm):
    """Asks why."""
