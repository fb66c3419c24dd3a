"""The budget plan as rows to fill in: costs, income, volunteer work, and units where a line pays
for each unit. Rows that were left empty do not count; any row can be emptied to remove it.
"""

import hashlib
import json
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offenbach_wir.forms import EuroField
from projects.proposals import budget, financing
from projects.proposals.models import CostItem, IncomeItem, InKindItem
from projects.proposals.pasting import MOST_QUANTITY

from .sections import AnswerField

MOST_ROWS = 200
EMPTY_ROWS = 2


class QuantityField(EuroField):
    """A number with at most two places, typed as sums of money are; more than nothing."""

    default_validators = [MaxValueValidator(MOST_QUANTITY)]

    def to_python(self, value):
        number = super().to_python(value)
        if number == 0:
            raise ValidationError(_("Please give a number above nought."), code="nought")
        return number


class RowForm(forms.Form):
    """`telling` are the fields that make a row more than empty."""

    telling = ()

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"] = forms.TypedChoiceField(
            label=_("Year"), coerce=int, choices=[(year, str(year)) for year in years]
        )
        self.fields["position"] = forms.IntegerField(
            label=pgettext_lazy("of a row in a list", "Place"),
            required=False,
            min_value=1,
            max_value=9999,
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )
        self.fields["remove"] = forms.BooleanField(label=_("Remove this row"), required=False)

    def has_changed(self):
        """Rows that say nothing, and rows to be removed, are not looked at any further."""
        if self["remove"].value():
            return False
        return any(str(self[name].value() or "").strip() for name in self.telling)


class CostForm(RowForm):
    telling = ("description", "unit_amount")

    kind = forms.ChoiceField(label=_("Kind of costs"), choices=budget.CostKind)
    description = AnswerField(
        label=_("What for?"),
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    quantity = QuantityField(label=_("How many?"), required=False)
    unit = AnswerField(
        label=_("Unit"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    unit_amount = EuroField(label=_("Euros for each"))

    def clean_quantity(self):
        return self.cleaned_data["quantity"] or Decimal(1)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("quantity") and cleaned.get("unit_amount") is not None:
            try:
                budget.row_sum(cleaned["quantity"], cleaned["unit_amount"])
            except budget.SumTooLargeError:
                self.add_error("unit_amount", _("Number times amount is too large a sum."))
        return cleaned


class IncomeForm(RowForm):
    telling = ("description", "amount")

    kind = forms.ChoiceField(label=_("Kind of income"), choices=budget.IncomeKind)
    description = AnswerField(
        label=_("From whom?"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    amount = EuroField(label=_("Euros"))


class InKindForm(RowForm):
    telling = ("description", "hours", "rate")

    description = AnswerField(
        label=_("Who does what?"),
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    hours = QuantityField(label=_("Hours"))
    rate = EuroField(label=_("Euros an hour"))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("hours") and cleaned.get("rate") is not None:
            try:
                budget.row_sum(cleaned["hours"], cleaned["rate"])
            except budget.SumTooLargeError:
                self.add_error("rate", _("Hours times amount is too large a sum."))
        return cleaned


class RowFormSet(forms.BaseFormSet):
    """All rows are alike: stored ones may be emptied as well as new ones be filled in."""

    def initial_form_count(self):
        return 0

    def total_form_count(self):
        if self.is_bound:
            return min(self.management_form.cleaned_data["TOTAL_FORMS"], self.absolute_max)
        return len(self.initial or ()) + self.extra

    def clean(self):
        """Empty rows may be more than the most there can be; a number below nought is forged."""
        if self.management_form.cleaned_data["TOTAL_FORMS"] < 0:
            raise ValidationError(
                self.error_messages["missing_management_form"],
                params={"field_names": self.management_form.add_prefix("TOTAL_FORMS")},
            )
        if sum(form.has_changed() for form in self.forms) > MOST_ROWS:
            raise ValidationError(
                _(
                    "This part of the plan has at most %(n)s rows. Please put some of them "
                    "together."
                ),
                params={"n": MOST_ROWS},
            )

    def rows(self):
        """Cleaned rows that count, in the order of their places; "id" is where they are shown."""
        kept = [form for form in self.forms if form.has_changed() and form.is_valid()]
        by_place = sorted(enumerate(kept), key=lambda entry: (_place(entry[1], entry[0]), entry[0]))
        return [form.cleaned_data | {"id": form.prefix} for _n, form in by_place]


def _place(form, n):
    return form.cleaned_data.get("position") or n + 1


def _formset(form, extra):
    return forms.formset_factory(
        form,
        formset=RowFormSet,
        extra=extra,
        max_num=MOST_ROWS,
        absolute_max=MOST_ROWS + 50,
    )


# Block → (form, model, the columns of a row).
BLOCKS = {
    "costs": (CostForm, CostItem, ("kind", "description", "quantity", "unit", "unit_amount")),
    "incomes": (IncomeForm, IncomeItem, ("kind", "description", "amount")),
    "in_kind": (InKindForm, InKindItem, ("description", "hours", "rate")),
}


# The units as a block of its own in what somebody has seen.
UNITS = "units"


def people_field():
    return forms.IntegerField(
        label=_("For how many people?"),
        required=False,
        min_value=1,
        max_value=100_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class UnitsForm(forms.Form):
    """How many units of one rate, for how many people."""

    units = QuantityField(label=_("How many?"), required=False)
    people = people_field()

    def __init__(self, *args, rate, **kwargs):
        self.rate = rate
        super().__init__(*args, prefix=f"units-{rate.pk}", **kwargs)


class PlanForms:
    """All blocks of the plan together, bound to what was sent or showing what is stored."""

    def __init__(self, whole, years, data=None, *, extra=EMPTY_ROWS):
        self.whole, self.data = whole, data
        self.blocks, self.stored = {}, {}
        rows = {"costs": whole.costs, "incomes": whole.incomes, "in_kind": whole.in_kind}
        for name, (form, _model, columns) in BLOCKS.items():
            self.stored[name] = [
                {column: getattr(row, column) for column in (*columns, "year")}
                for row in rows[name]
            ]
            taken = {row["year"] for row in self.stored[name]} | set(years)
            self.blocks[name] = _formset(form, extra)(
                data,
                prefix=name,
                initial=self.stored[name],
                form_kwargs={"years": sorted(taken)},
            )
        rates = whole.terms.rates.all() if whole.terms and whole.terms.figures_confirmed else ()
        self.units = [
            UnitsForm(data, rate=rate, initial=_units_of(whole.units.get(rate.pk)))
            for rate in financing.per_unit(rates)
        ]

    @property
    def costs(self):
        return self.blocks["costs"]

    @property
    def incomes(self):
        return self.blocks["incomes"]

    @property
    def in_kind(self):
        return self.blocks["in_kind"]

    def is_valid(self):
        return all(
            [*(b.is_valid() for b in self.blocks.values()), *(u.is_valid() for u in self.units)]
        )

    @property
    def problems(self):
        """[(label, sentence, id of the field)] of everything that was refused."""
        found = []
        for formset in self.blocks.values():
            found += [("", error, "") for error in formset.non_form_errors()]
            for number, form in enumerate(formset.forms, start=1):
                found += problems_of(form, _("row %(n)s") % {"n": number})
        for form in self.units:
            found += problems_of(form, form.rate.text.name)
        return found

    def typed_rows(self, name):
        """Rows as model instances that were not stored, from what is valid.

        `row_key` is where the row stands on the page, so that a message about it leads there.
        """
        _form, model, columns = BLOCKS[name]
        rows = []
        for typed in self.blocks[name].rows():
            row = model(year=typed["year"], **{column: typed[column] for column in columns})
            row.row_key = typed["id"]
            rows.append(row)
        return rows

    def typed_units(self):
        """{rate key: values} of the units that were filled in."""
        return {
            form.rate.pk: {
                "units": form.cleaned_data["units"],
                "people": form.cleaned_data["people"] or 1,
            }
            for form in self.units
            if form.is_valid() and form.cleaned_data["units"]
        }

    # --- What the person had before the eyes, one sum a block ---
    def seen(self):
        asked = {form.rate.pk: form.initial for form in self.units if form.initial}
        sums = {name: sum_of_rows(rows) for name, rows in self.stored.items()}
        return json.dumps(sums | {UNITS: sum_of_units(asked)})

    def seen_after(self):
        """After saving: valid blocks as they are typed, refused ones as they were shown before.

        A block that somebody else changed stays unknown to this page, and is not written over.
        """
        return json.dumps(self.seen_sums() | self.typed_sums())

    def typed_sums(self):
        """{block: sum} of the blocks in which nothing was refused."""
        sums = {}
        for name, block in self.blocks.items():
            if block.is_valid():
                columns = (*BLOCKS[name][2], "year")
                rows = [{column: row[column] for column in columns} for row in block.rows()]
                sums[name] = sum_of_rows(rows)
        if all(form.is_valid() for form in self.units):
            sums[UNITS] = sum_of_units(self.typed_units())
        return sums

    def seen_sums(self):
        try:
            sums = json.loads(self.data.get("seen") or "{}")
        except ValueError:
            return {}
        return sums if isinstance(sums, dict) else {}


def _units_of(planned):
    return {"units": planned.units, "people": planned.people} if planned else None


def problems_of(form, place):
    return [
        (
            f"{form.fields[name].label} ({place})" if name in form.fields else "",
            error,
            f"id_{form.add_prefix(name)}",
        )
        for name, errors in form.errors.items()
        for error in errors
    ]


def sum_of_rows(rows):
    """A short sum of rows as stored or as typed: [{column: value}]."""
    plain = [[f"{name}={_plain(row[name])}" for name in sorted(row)] for row in rows]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:16]


def sum_of_units(units):
    """The same of planned units: {rate key: {"units": …, "people": …}}."""
    return sum_of_rows([{"rate": key, **units[key]} for key in sorted(units)])


def _plain(value):
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)
