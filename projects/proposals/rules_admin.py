"""What the office sets for its work on cases: labels, the formal check, criteria, the city's funds,
who stands in for whom.
"""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offenbach_wir import uses
from offenbach_wir.models import User
from offenbach_wir.money import format_to_the_cent
from programs.bin_admin import RecordedDeletionMixin
from programs.content_admin import PlainFieldsMixin
from programs.field_help import section

from .models import CaseLabel, ChecklistItem, CityFund, Criterion, Substitution


class RuleAdmin(RecordedDeletionMixin, PlainFieldsMixin, admin.ModelAdmin):
    """Deleted is only what no case has used; everything else is taken out of use."""

    list_per_page = 50
    show_full_result_count = False
    # The one line of a form that says how to put something away.
    put_away = section(
        _("In use"),
        "is_in_use",
        says=_(
            "What a case has used cannot be deleted. Remove the tick, and it is not offered any "
            "more; the cases keep it."
        ),
    )

    def has_delete_permission(self, request, obj=None):
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or not uses.used_keys(self.model, [obj.pk]))

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


class OfLinesAdmin(RuleAdmin):
    """Rules of one funding line, or of every line."""

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("funding_line__translations")

    @admin.display(description=_("funding line"), ordering="funding_line")
    def for_line(self, rule):
        return rule.funding_line.text.title if rule.funding_line else _("every line")


@admin.register(CaseLabel)
class CaseLabelAdmin(RuleAdmin):
    list_display = ["name", "is_in_use"]
    list_filter = ["is_in_use"]
    search_fields = ["name"]
    fieldsets = [
        section(
            _("Label"),
            "name",
            says=_("Colleagues put labels on cases to find them again. Clubs never see them."),
        ),
        RuleAdmin.put_away,
    ]


@admin.register(ChecklistItem)
class ChecklistItemAdmin(OfLinesAdmin):
    list_display = ["text", "for_line", "position", "is_in_use"]
    list_filter = ["is_in_use"]
    search_fields = ["text"]
    fieldsets = [
        section(
            _("What is checked"),
            "text",
            "funding_line",
            "position",
            says=_(
                "Every point is answered at each case before the check can be finished. Changed "
                "words change them at cases that were checked already, too: for something else, "
                "please add a point of its own."
            ),
        ),
        RuleAdmin.put_away,
    ]


@admin.register(Criterion)
class CriterionAdmin(OfLinesAdmin):
    list_display = ["name", "for_line", "most_points", "position", "is_in_use"]
    list_filter = ["is_in_use"]
    search_fields = ["name", "explanation"]
    fieldsets = [
        section(
            _("What is scored"),
            "name",
            "explanation",
            "most_points",
            "funding_line",
            "position",
            says=_(
                "Assessors give points and a reason for each criterion. Scores that are there "
                "already keep their most points."
            ),
        ),
        RuleAdmin.put_away,
    ]


class CityFundForm(forms.ModelForm):
    class Meta:
        model = CityFund
        fields = ["name", "district", "year", "amount", "most_per_project", "is_in_use"]

    def clean(self):
        values = super().clean()
        amount, most = values.get("amount"), values.get("most_per_project")
        if amount is None:
            return values
        if most is not None and most > amount:
            self.add_error("most_per_project", _("That is more than the budget."))
        # Locked until it is saved, so that nobody commits more meanwhile.
        now = CityFund.objects.select_for_update().filter(pk=self.instance.pk).first()
        if now is not None and amount < now.committed:
            committed = format_to_the_cent(now.committed)
            self.add_error(
                "amount",
                ValidationError(
                    _("%(committed)s are committed already; the budget cannot be less."),
                    params={"committed": committed},
                ),
            )
        return values


@admin.register(CityFund)
class CityFundAdmin(RuleAdmin):
    form = CityFundForm
    list_display = ["name", "year", "district", "budget", "committed_sum", "paid_sum", "left_sum"]
    list_filter = ["year", "is_in_use"]
    list_select_related = ["district"]
    search_fields = ["name"]
    readonly_fields = ["committed_sum", "paid_sum", "left_sum"]
    fieldsets = [
        section(
            _("Fund"),
            "name",
            "year",
            "district",
            says=_("The city's own money for small projects, one entry a year."),
        ),
        section(_("Money"), "amount", "most_per_project"),
        section(
            _("Where the money is"),
            "committed_sum",
            "paid_sum",
            "left_sum",
            says=_("The portal counts this from decisions and payments."),
        ),
        RuleAdmin.put_away,
    ]

    def save_model(self, request, obj, form, change):
        """Only what the form holds: what is committed may have changed since it was read."""
        if change:
            obj.save(update_fields=[*form.cleaned_data])
        else:
            super().save_model(request, obj, form, change)

    @admin.display(description=_("budget"), ordering="amount")
    def budget(self, fund):
        return format_to_the_cent(fund.amount)

    @admin.display(description=_("committed"), ordering="committed")
    def committed_sum(self, fund):
        return format_to_the_cent(fund.committed)

    @admin.display(description=_("paid"), ordering="paid")
    def paid_sum(self, fund):
        return format_to_the_cent(fund.paid)

    @admin.display(description=_("left"))
    def left_sum(self, fund):
        return format_to_the_cent(fund.left) if fund.amount is not None else "–"


class SubstitutionForm(forms.ModelForm):
    class Meta:
        model = Substitution
        fields = ["absent", "substitute", "starts_on", "ends_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        looks_after = Q(is_active=True, groups__permissions__codename="change_proposal")
        for name in ("absent", "substitute"):
            # Whoever stands in it already stays a choice.
            chosen = Q(pk=getattr(self.instance, f"{name}_id"))
            if name in self.fields:
                self.fields[name].queryset = User.objects.filter(looks_after | chosen).distinct()


@admin.register(Substitution)
class SubstitutionAdmin(RecordedDeletionMixin, PlainFieldsMixin, admin.ModelAdmin):
    form = SubstitutionForm
    list_display = ["absent", "substitute", "starts_on", "ends_on"]
    list_select_related = ["absent", "substitute"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["absent__name", "absent__email", "substitute__name", "substitute__email"]
    fieldsets = [
        section(
            _("Who and when"),
            "absent",
            "substitute",
            ("starts_on", "ends_on"),
            says=_(
                "In this time the cases of the first person also stand in the list of the second. "
                "Nothing is handed over; afterwards it ends by itself."
            ),
        ),
    ]
