"""Changing a grant that counts."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offenbach_wir.forms import helper
from offenbach_wir.money import format_to_the_cent
from projects.proposals import decisions

from .decisions import DayMixin, GrantMixin
from .letter import LetterMixin


class AmendForm(LetterMixin, GrantMixin, DayMixin):
    """Begins with what the grant says now, or with what an agreed change leads to (`suggested`).
    `seen` is its key: a page that is older is noticed.
    """

    seen = forms.CharField(widget=forms.HiddenInput)
    may_grow = forms.BooleanField(
        label=_("Yes, the grant is raised: the new decision says so."), required=False
    )
    field_order = [*DayMixin.base_fields, *GrantMixin.base_fields, "letter", "may_grow"]

    def __init__(self, *args, proposal, grant, suggested=None, **kwargs):
        kwargs["initial"] = (
            {name: getattr(grant, name) for name in self.GRANT}
            | {
                "decided_on": timezone.localdate(),
                "file_reference": grant.file_reference,
                "seen": grant.key,
            }
            | (suggested or {})
        )
        super().__init__(*args, **kwargs)
        self.proposal, self.grant = proposal, grant
        self.explain(proposal)
        if "may_grow" not in self.data:
            self.fields["may_grow"].widget = forms.HiddenInput()
        self.helper = helper(_("Record the amendment"))

    def clean(self):
        cleaned = super().clean()
        self.check_grant(self.proposal)
        amount = cleaned.get("amount")
        if amount and amount > self.grant.amount and not cleaned.get("may_grow"):
            self.fields["may_grow"].widget = forms.CheckboxInput()
            self.add_error(
                "amount",
                _("That is more than the grant of %(sum)s. Higher costs do not raise a grant.")
                % {"sum": format_to_the_cent(self.grant.amount)},
            )
            self.add_error("may_grow", _("Please tick only if a new decision raises the grant."))
        if amount and self.grant.fund is not None:
            self._check_city_money(amount)
        return cleaned

    def _check_city_money(self, amount):
        fund, before = self.grant.fund, self.grant.amount
        found = [
            *decisions.limits_of(self.proposal).exceeded_by(amount),
            *decisions.against_fund(fund, amount, committed_already=before),
        ]
        if amount > before:
            for sentence in found:
                self.add_error("amount", sentence)

    def changes(self):
        """{field: value} for the amendment; the letter is kept with it."""
        said = self.cleaned_data
        return {
            **self.grant_fields(),
            **{name: said[name] for name in ("decided_on", "file_reference")},
            **self.letter_fields(),
        }
