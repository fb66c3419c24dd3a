"""Writing a report on a grant: text, what was planned beside what really was, vouchers."""

import datetime
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offenbach_wir.forms import EuroField
from offenbach_wir.money import format_to_the_cent
from projects.proposals import budget, grants, report_saving, reports, settlement
from projects.proposals.figures import ZERO, IncomeKind
from projects.proposals.models import ActualItem, ActualUnits, Report, Voucher

from .decisions import day_field
from .plan import (
    EMPTY_ROWS,
    MOST_QUANTITY,
    MOST_ROWS,
    IncomeForm,
    RowForm,
    RowFormSet,
    people_field,
    problems_of,
)
from .sections import AnswerField
from .steps import ReasonForm, StepForm, own

MOST_VERSION = 2_000_000_000


def _short(label, most):
    return AnswerField(
        label=label,
        max_length=most,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )


class NarrativeForm(forms.Form):
    """`seen` is the number of the version that the page shows."""

    seen = forms.IntegerField(min_value=0, max_value=MOST_VERSION, widget=forms.HiddenInput)
    narrative = AnswerField(
        label=_("What was done and achieved?"),
        help_text=_(
            "In a few sentences: what took place, how many took part, what went otherwise than "
            "planned, and why."
        ),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 10, "dir": "auto"}),
    )


class OtherCostForm(IncomeForm):
    """Costs that the plan does not have."""

    telling = ("description", "amount")
    kind = forms.ChoiceField(label=_("Kind of costs"), choices=budget.CostKind)
    description = _short(_("What for?"), 200)


class OtherUnpaidForm(RowForm):
    telling = ("description", "amount")
    description = _short(_("Who did what?"), 200)
    amount = EuroField(label=_("Euros"))


class VoucherForm(RowForm):
    telling = ("paid_on", "payee", "reason", "amount")
    paid_on = day_field(_("Day of payment"))
    payee = _short(_("To whom?"), 120)
    reason = _short(_("What for?"), 200)
    amount = EuroField(label=_("Euros"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, years=(), **kwargs)
        del self.fields["year"]

    def clean_paid_on(self):
        day = self.cleaned_data["paid_on"]
        if day > timezone.localdate() + datetime.timedelta(days=1):
            raise ValidationError(_("This day has not come yet."))
        return day


def formset_of(form, extra):
    return forms.formset_factory(
        form, formset=RowFormSet, extra=extra, max_num=MOST_ROWS, absolute_max=MOST_ROWS + 50
    )


def years_of_grant(grant):
    """Bills may come in the year after the project."""
    return set(range(grant.starts_on.year, grant.ends_on.year + 2))


@dataclass(frozen=True)
class PlannedField:
    """One item of the plan, and the field for what it really came to."""

    line: settlement.Line
    words: str
    field: Any


class PlannedForm(forms.Form):
    """What the items of one side of the plan really came to: one field for each."""

    def __init__(self, *args, side, lines, **kwargs):
        self.side = side
        self.lines = {reports.key_of(side, line): line for line in lines}
        super().__init__(*args, prefix=f"planned-{side}", **kwargs)
        for key, line in self.lines.items():
            self.fields[key] = EuroField(label=reports.item_in_words(side, line), required=False)

    def rows(self):
        return [
            PlannedField(line, self.fields[key].label, self[key])
            for key, line in self.lines.items()
        ]

    def items(self):
        for key, line in self.lines.items():
            item = ActualItem(
                side=reports.SIDES[self.side],
                kind=line.kind,
                description=line.label,
                year=line.year,
                planned=line.planned,
                actual=self.cleaned_data.get(key),
            )
            item.row_key = f"id_{self.add_prefix(key)}"
            yield item


class NumberField(EuroField):
    """A number with at most two places, typed as sums of money are; none is a number, too."""

    default_validators = [MaxValueValidator(MOST_QUANTITY)]


class UnitsForm(forms.Form):
    """How many units of one rate there really were."""

    units = NumberField(label=_("How many in fact?"), required=False)
    people = people_field()

    def __init__(self, *args, place, rate, **kwargs):
        self.place, self.rate = place, rate
        super().__init__(*args, prefix=f"real-units-{place}", **kwargs)

    def clean(self):
        cleaned = super().clean()
        is_for_several = self.rate.times > 1 and cleaned.get("units")
        if is_for_several and "people" in cleaned and not cleaned["people"]:
            self.add_error("people", _("Please say for how many people."))
        return cleaned

    def typed(self):
        """The units as a row that is not stored; None where nothing was filled in."""
        units = getattr(self, "cleaned_data", {}).get("units")
        if units is None or self.errors:
            return None
        people = self.cleaned_data["people"] or 1
        return ActualUnits(place=self.place, units=units, people=people)


OTHERS = {"costs": OtherCostForm, "incomes": IncomeForm, "unpaid": OtherUnpaidForm}


class ReportForms:
    """All parts of a report, bound to what was sent or showing what is stored."""

    def __init__(self, proposal, kind, report, data=None, *, extra=EMPTY_ROWS):
        self.proposal, self.kind, self.report, self.data = proposal, kind, report, data
        self.plan = reports.plan_of(proposal)
        self.is_proof = kind == Report.Kind.PROOF
        stored = list(report.items.all()) if report else []
        self.text = NarrativeForm(
            data,
            initial={
                "seen": report.version if report else 0,
                "narrative": report.narrative if report else "",
            },
        )
        self.planned, self.others = {}, {}
        for side, lines in self.plan.lines.items():
            if not _is_asked(side, lines, stored):
                continue
            known = {reports.key_of(side, line) for line in lines}
            there = {}
            for item in stored:
                if item.side == reports.SIDES[side]:
                    there.setdefault(_key_of(side, item), []).append(item)
            self.planned[side] = PlannedForm(
                data,
                side=side,
                lines=lines,
                initial={key: rows[0].actual for key, rows in there.items() if key in known}
                if report
                else self._begun(side, lines),
            )
            others = [row for key, rows in there.items() if key not in known for row in rows]
            self.others[side] = self._others(side, others, extra)
        counted = {row.place: row for row in report.units.all()} if report else {}
        self.units = [
            UnitsForm(data, place=place, rate=rate, initial=_units_of(counted.get(place)))
            for place, rate in self.plan.rates
        ]
        self.vouchers = None
        if self.is_proof:
            self.vouchers = formset_of(VoucherForm, extra)(
                data, prefix="vouchers", initial=self._stored_vouchers()
            )

    def _begun(self, side, lines):
        """A statement begins with what the portal knows: what was paid of the grant."""
        grant = [line for line in lines if line.kind == IncomeKind.STATE_FUNDS]
        if side != "incomes" or len(grant) != 1:
            return {}
        return {reports.key_of(side, grant[0]): grants.paid(self.proposal)}

    def _others(self, side, rows, extra):
        initial = [
            {
                "kind": row.kind,
                "description": row.description,
                "amount": row.actual,
                "year": row.year,
            }
            for row in rows
        ]
        years = years_of_grant(grants.grant_of(self.proposal)) | {row.year for row in rows}
        return formset_of(OTHERS[side], extra)(
            self.data,
            prefix=f"other-{side}",
            initial=initial,
            form_kwargs={"years": sorted(years)},
        )

    def _stored_vouchers(self):
        return [
            {name: getattr(row, name) for name in VoucherForm.telling}
            for row in (self.report.vouchers.all() if self.report else ())
        ]

    # --- What was typed ---
    @property
    def parts(self):
        sets = [*self.others.values()] + ([self.vouchers] if self.is_proof else [])
        return [self.text, *self.planned.values(), *self.units], sets

    def is_valid(self):
        plain, sets = self.parts
        refused = [part for part in (*plain, *sets) if not part.is_valid()]
        return not refused

    @property
    def seen(self):
        return self.text.cleaned_data.get("seen", -1)

    @property
    def narrative(self):
        return self.text.cleaned_data.get("narrative", "")

    def items(self):
        """What is valid, as items that are not stored."""
        found = []
        for side, planned in self.planned.items():
            found += planned.items()
            for row in self.others[side].rows():
                item = ActualItem(
                    side=reports.SIDES[side],
                    kind=row.get("kind", ""),
                    description=row["description"],
                    year=row["year"],
                    actual=row["amount"],
                )
                item.row_key = row["id"]
                found.append(item)
        return found

    def units_typed(self):
        """What is valid, in the order of the rates."""
        return [row for form in self.units if (row := form.typed()) is not None]

    def vouchers_typed(self):
        rows = self.vouchers.rows() if self.is_proof else ()
        return [Voucher(**{name: row[name] for name in VoucherForm.telling}) for row in rows]

    @property
    def problems(self):
        """[(label, sentence, id of the field)] of everything that was refused."""
        plain, sets = self.parts
        found = []
        for form in plain:
            found += problems_of(form, form.rate.name if form in self.units else "")
        for formset in sets:
            found += [("", error, "") for error in formset.non_form_errors()]
            for number, form in enumerate(formset.forms, start=1):
                found += problems_of(form, _("row %(n)s") % {"n": number})
        return found

    def reading(self):
        """What follows from what is typed, or from what is stored."""
        if self.data is None:
            items = self.report.items.all() if self.report else ()
            units = self.report.units.all() if self.report else ()
            vouchers = list(self.report.vouchers.all()) if self.report else []
        else:
            self.is_valid()
            items, units = self.items(), self.units_typed()
            vouchers = self.vouchers_typed()
        statement = reports.statement_of(self.proposal, items, units, self.plan)
        return reports.Reading(self.report, statement, vouchers)


def _is_asked(side, lines, stored):
    """Unpaid work only where the plan has it, or somebody has entered it."""
    return bool(
        side != "unpaid" or lines or any(item.side == reports.SIDES[side] for item in stored)
    )


def _units_of(row):
    return {"units": row.units, "people": row.people} if row else None


def _key_of(side, item):
    return reports.key_of(side, settlement.Line(item.kind, item.description, item.year, 0, 0))


@own("hand_in_proof")
class HandInProofForm(StepForm):
    shows = "proposals/report_handing_in.html"
    confirms = forms.BooleanField(
        label=_("We confirm that the statement is right and fits to our books and vouchers."),
        error_messages={"required": _("Please tick that the statement is right.")},
    )

    @property
    def gaps(self):
        return list(reports.gaps_of(self.proposal, reports.of(self.proposal, Report.Kind.PROOF)))

    def work(self, proposal, now):
        try:
            return report_saving.hand_in_proof(proposal, user=self.user, now=now)
        except report_saving.GapsError as error:
            raise ValidationError(error.gaps) from error


@own("check_proof")
class CheckProofForm(StepForm):
    """Begins with what the rule computes; another sum needs a reason, more than was granted is
    never right.
    """

    shows = "proposals/office/report_to_check.html"
    final_grant = EuroField(label=_("What the grant comes to in the end (EUR)"))
    result_note = AnswerField(
        label=_("Result of the check"),
        help_text=_("Goes to the organisation. Needed where your sum is not the computed one."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )

    def __init__(self, *args, proposal, **kwargs):
        report = reports.of(proposal, Report.Kind.PROOF)
        self.reading = reports.reading_of(proposal, report).for_office if report else None
        self.grant = grants.grant_of(proposal)
        if self.reading:
            kwargs["initial"] = {"final_grant": self.reading.statement.final_grant} | kwargs.get(
                "initial", {}
            )
        super().__init__(*args, proposal=proposal, **kwargs)

    def clean(self):
        cleaned = super().clean()
        final = cleaned.get("final_grant")
        if final is None or self.grant is None or self.reading is None:
            return cleaned
        if final > self.grant.amount:
            self.add_error(
                "final_grant", _("That is more than was granted. A grant never grows by itself.")
            )
        elif final != self.reading.statement.final_grant and not cleaned.get("result_note"):
            self.add_error("result_note", _("Please say why the sum is not the computed one."))
        return cleaned

    def work(self, proposal, now):
        report = reports.of(proposal, Report.Kind.PROOF)
        if report is None:
            return {}
        report.final_grant = self.cleaned_data["final_grant"]
        report.result_note = self.cleaned_data["result_note"]
        report.checked_at, report.checked_by = now, self.user
        report.save()
        return {"report": report.pk, "sum": str(report.final_grant)}


@own("demand_repayment")
class DemandForm(ReasonForm):
    """Begins with the sums, because what is written here is all that the organisation gets."""

    shows = "proposals/office/owed.html"

    def __init__(self, *args, proposal, **kwargs):
        sums = {
            "paid": format_to_the_cent(grants.paid(proposal)),
            "final": format_to_the_cent(grants.final_grant(proposal)),
            "owed": format_to_the_cent(max(ZERO, grants.owed(proposal))),
        }
        words = _(
            "%(paid)s was paid to you; the grant comes to %(final)s in the end. Please pay "
            "%(owed)s back."
        )
        kwargs["initial"] = {"reason_text": words % sums} | kwargs.get("initial", {})
        super().__init__(*args, proposal=proposal, **kwargs)

    @property
    def owed(self):
        return grants.owed(self.proposal)


@own("record_repayment")
class RepaymentForm(StepForm):
    shows = "proposals/office/owed.html"
    repaid_on = day_field(_("Day on which the money came back"))

    def __init__(self, *args, **kwargs):
        kwargs["initial"] = {"repaid_on": timezone.localdate()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    @property
    def owed(self):
        return grants.owed(self.proposal)

    def clean_repaid_on(self):
        day = self.cleaned_data["repaid_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."))
        return day

    def work(self, proposal, now):
        proposal.reports.filter(kind=Report.Kind.PROOF).update(
            repaid_on=self.cleaned_data["repaid_on"]
        )
