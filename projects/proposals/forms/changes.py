"""Telling of a change: what, why, and where money changes the new sums beside the plan."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from projects.proposals import changes, grants, reports
from projects.proposals.figures import IncomeKind
from projects.proposals.models import ActualItem

from .decisions import day_field, text_field
from .plan import IncomeForm, problems_of
from .reports import OtherCostForm, PlannedForm, formset_of, years_of_grant


class ChangeForm(forms.Form):
    shown_at = forms.CharField(widget=forms.HiddenInput, max_length=64)
    text = text_field(
        _("What changes, and why?"),
        4000,
        rows=6,
        help_text=_("In a few sentences. Tell us early: most changes can be arranged."),
    )
    changes_content = forms.BooleanField(
        label=_("What we do, or for whom, is different"), required=False
    )
    changes_time = forms.BooleanField(label=_("We need another end"), required=False)
    new_ends_on = day_field(_("New end of the project"), required=False)
    changes_money = forms.BooleanField(label=_("Costs or income are different"), required=False)

    def __init__(self, *args, grant, **kwargs):
        super().__init__(*args, **kwargs)
        self.grant = grant

    def clean(self):
        cleaned = super().clean()
        kinds = ("changes_content", "changes_time", "changes_money")
        if not any(cleaned.get(name) for name in kinds):
            self.add_error("changes_content", _("Please tick what kind of change it is."))
        if "new_ends_on" in self.errors:
            return cleaned
        new_end = cleaned.get("new_ends_on")
        if cleaned.get("changes_time") and not new_end:
            self.add_error("new_ends_on", _("Please give the new end."))
        elif new_end and new_end < self.grant.starts_on:
            self.add_error("new_ends_on", _("The end is before the start."))
        return cleaned


class ChangeForms:
    """The notice with the plan beside it. The grant itself is not typed: it follows."""

    def __init__(self, proposal, data=None, *, shown_at=""):
        self.proposal, self.data = proposal, data
        self.grant, self.plan = grants.grant_of(proposal), reports.plan_of(proposal)
        self.main = ChangeForm(data, grant=self.grant, initial={"shown_at": shown_at})
        self.planned = {}
        for side, lines in self.plan.lines.items():
            typed = [line for line in lines if line.kind != IncomeKind.STATE_FUNDS]
            self.planned[side] = PlannedForm(
                data,
                side=side,
                lines=typed,
                initial={reports.key_of(side, line): line.planned for line in typed},
            )
        years = sorted(years_of_grant(self.grant))
        self.others = {
            side: formset_of(form, 2)(data, prefix=f"other-{side}", form_kwargs={"years": years})
            for side, form in {"costs": OtherCostForm, "incomes": IncomeForm}.items()
        }

    @property
    def says_money(self):
        return bool(self.main["changes_money"].value())

    def is_valid(self):
        parts = [self.main]
        if self.says_money:
            parts += [*self.planned.values(), *self.others.values()]
        refused = [part for part in parts if not part.is_valid()]
        if not refused and self.says_money and not self._is_changed():
            self.main.add_error(
                "changes_money", ValidationError(_("All sums are as planned. What is different?"))
            )
            return False
        if not refused and self.says_money and self.effect().new.is_too_large:
            self.main.add_error("changes_money", ValidationError(_("The sums are too large.")))
            return False
        return not refused

    def _is_changed(self):
        typed = [form.cleaned_data.get(key) for form in self.planned.values() for key in form.lines]
        old = [line.planned for form in self.planned.values() for line in form.lines.values()]
        return typed != old or any(formset.rows() for formset in self.others.values())

    def rows(self):
        """The whole changed plan as versions keep theirs; call it where the parts are valid."""
        items = [item for form in self.planned.values() for item in form.items()]
        for side, formset in self.others.items():
            items += [
                ActualItem(
                    side=reports.SIDES[side],
                    kind=row["kind"],
                    description=row["description"],
                    year=row["year"],
                    actual=row["amount"],
                )
                for row in formset.rows()
            ]
        items += [
            ActualItem(
                side="income",
                kind=line.kind,
                description=line.label,
                year=line.year,
                actual=line.planned,
            )
            for line in self.plan.lines["incomes"]
            if line.kind == IncomeKind.STATE_FUNDS
        ]
        return changes.with_the_grant(self.proposal, changes.data_of(items))

    def effect(self):
        """What it does to the grant, of what is typed and can be read; None without a change of
        money.
        """
        if not self.says_money:
            return None
        for part in (*self.planned.values(), *self.others.values()):
            part.is_valid()
        return changes.effect_of(self.proposal, self.rows())

    def fields(self):
        said = self.main.cleaned_data
        rows = self.rows() if said["changes_money"] else None
        found = {
            name: said[name]
            for name in ("text", "changes_content", "changes_time", "changes_money")
        }
        found["new_ends_on"] = said["new_ends_on"] if said["changes_time"] else None
        if rows is not None:
            found |= {"rows": rows, "new_total_costs": self._sum(rows)}
        return found

    def _sum(self, rows):
        return changes.effect_of(self.proposal, rows).new.costs

    @property
    def problems(self):
        found = problems_of(self.main, "")
        if self.says_money:
            for form in self.planned.values():
                found += problems_of(form, "")
            for formset in self.others.values():
                found += [("", error, "") for error in formset.non_form_errors()]
                for number, form in enumerate(formset.forms, start=1):
                    found += problems_of(form, _("row %(n)s") % {"n": number})
        return found


class AnswerForm(forms.Form):
    answer = text_field(
        _("Your answer"), 4000, help_text=_("Goes to the organisation as it stands here.")
    )
