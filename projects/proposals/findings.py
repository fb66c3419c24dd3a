"""What a budget plan lacks, in words: each names the item, the rule and the way out.

Pure values, as the figures are: no database, no clock, no request.
"""

from django.utils.translation import gettext_lazy as _

from offenbach_wir.money import MOST

from .figures import ZERO, CostKind, FinancingType, IncomeKind, largest, total
from .sentences import Severity, ask, error, hint, say, warning


def find(result, costs, income, terms):
    """The messages about a plan: errors first, then warnings, then hints."""
    plan = Plan(result, costs, income, terms)
    found = [
        *_unknown_kinds(plan),
        *_sums(plan),
        *_balance(plan),
        *_share(plan),
        *_costs_that_do_not_count(plan),
        *_no_share(plan),
        *_explanations(plan),
        *_years(plan),
    ]
    return by_severity(found)


def by_severity(messages):
    severities = list(Severity)
    return tuple(sorted(messages, key=lambda message: severities.index(message.severity)))


class Plan:
    """A plan with the rows that messages point at: of several always the largest."""

    def __init__(self, result, costs, income, terms):
        self.result, self.costs, self.income, self.terms = result, costs, income, terms
        self.is_known = result.allowed_share is not None
        self.state_rows = [row for row in income if row.kind == IncomeKind.STATE_FUNDS]
        self.state_row = largest(self.state_rows)
        self.own_row = largest(row for row in income if row.kind == IncomeKind.OWN_FUNDS)
        self.not_counted = [c for c in costs if not terms.counts(c)] if self.is_known else []
        # More own funds would only lower the share: such a plan balances by taking costs out.
        self.must_shed = bool(self.not_counted and terms.financing_type == FinancingType.SHORTFALL)

    @property
    def row_to_raise(self):
        """Where money is missing that the state does not pay."""
        return largest(self.not_counted) if self.must_shed else self.own_row


def cost_name(row):
    return _name(row, CostKind)


def income_name(row):
    return _name(row, IncomeKind)


def _name(row, kinds):
    if row.label:
        return row.label
    return kinds(row.kind).label if row.kind in kinds.values else _("without a name")


def per_cent(value):
    """ "50 %", "33,33 %": the German way in every language, as money is."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",") + " %"


def _unknown_kinds(plan):
    choose = ask(_("Please choose a kind from the list."))
    for row in plan.costs:
        if row.kind not in CostKind.values:
            what = _("Costs “%(row)s”, %(amount)s: the kind of cost is not known.")
            yield error(
                "unknown_cost_kind",
                say(what, row=cost_name(row), amount=row.amount),
                say(_("Only costs of a listed kind count for the share.")),
                choose,
                row=row,
                amount=row.amount,
            )
    for row in plan.income:
        if row.kind not in IncomeKind.values:
            what = _("Income “%(row)s”, %(amount)s: the kind of income is not known.")
            yield error(
                "unknown_income_kind",
                say(what, row=income_name(row), amount=row.amount),
                say(_("Until then it is taken for the money of third parties.")),
                choose,
                row=row,
                amount=row.amount,
            )


def _sums(plan):
    result = plan.result
    if not result.total_costs:
        yield error(
            "no_costs",
            say(_("The plan has no costs yet.")),
            ask(_("Please add a row for each thing that costs money.")),
            amount=ZERO,
        )
    highest = max(result.total_costs, result.total_income, result.in_kind)
    if highest > MOST:
        yield error(
            "sum_too_large",
            say(_("The sum is too large: %(amount)s."), amount=highest),
            say(_("A plan holds at most %(amount)s."), amount=MOST),
            ask(_("Please check the largest rows for a digit too many.")),
            row=largest([*plan.costs, *plan.income]),
            amount=highest,
        )


def _balance(plan):
    if plan.result.missing_income:
        yield _income_missing(plan)
    elif plan.result.surplus and plan.result.total_costs:
        yield _income_over(plan)


def _income_missing(plan):
    result = plan.result
    missing = result.missing_income
    room = max(ZERO, result.allowed_share - result.requested_share) if plan.is_known else ZERO
    from_state = min(room, missing)
    ways = []
    if from_state:
        ways.append(_ask_the_state_for(plan, from_state))
    if missing > from_state:
        if plan.is_known:
            ways.append(_state_pays_at_most(plan))
        # With too much requested the own share lacks more than the balance does.
        ways.append(bring(plan, result.missing_own_share if plan.is_known else missing))
    return error(
        "income_missing",
        say(_("Income is missing: %(amount)s."), amount=missing),
        say(_("Costs and income must be equal to the cent.")),
        *ways,
        row=(from_state and plan.state_row) or plan.row_to_raise,
        amount=missing,
    )


def _ask_the_state_for(plan, amount):
    row = plan.state_row
    if row is None:
        return ask(
            _("The line may pay %(amount)s: please add a row “%(kind)s”."),
            amount=amount,
            kind=IncomeKind.STATE_FUNDS.label,
        )
    return ask(
        _("The line may pay %(amount)s more: please raise “%(row)s” to %(target)s."),
        amount=amount,
        row=income_name(row),
        target=row.amount + amount,
    )


def _state_pays_at_most(plan):
    return say(
        _("The line pays at most %(allowed)s here; own funds and others pay the rest."),
        allowed=plan.result.allowed_share,
    )


def bring(plan, amount):
    """The way out where money is missing that the state does not pay."""
    if plan.must_shed:
        return ask(
            _("Please take the costs that do not count out of the plan: %(amount)s."),
            amount=total(plan.not_counted),
        )
    if plan.own_row is None:
        return ask(
            _("Please add own funds or other income of %(amount)s, or lower the costs."),
            amount=amount,
        )
    return ask(
        _("Please raise “%(row)s” to %(target)s, add other income, or lower the costs."),
        row=income_name(plan.own_row),
        target=plan.own_row.amount + amount,
    )


def _income_over(plan):
    surplus = plan.result.surplus
    if plan.result.requested_share >= surplus:
        row, way = plan.state_row, _lower_the_request(plan)
    else:
        row = largest(plan.income)
        lower = _("Please lower the income, first of all “%(row)s”, or add the missing costs.")
        way = ask(lower, row=income_name(row))
    return error(
        "income_over",
        say(_("Income is higher than the costs by %(amount)s."), amount=surplus),
        say(_("Costs and income must be equal to the cent.")),
        way,
        row=row,
        amount=surplus,
    )


def _lower_the_request(plan):
    target = plan.result.right_request
    if len(plan.state_rows) > 1:
        return ask(
            _("Please lower the rows “%(kind)s” to %(target)s together."),
            kind=IncomeKind.STATE_FUNDS.label,
            target=target,
        )
    row = income_name(plan.state_row)
    return ask(_("Please lower “%(row)s” to %(target)s."), row=row, target=target)


def _share(plan):
    result = plan.result
    if result.too_much_requested:
        much = _("%(amount)s too much is requested.")
        yield error(
            "share_too_high",
            say(much, amount=result.too_much_requested),
            rule_of(plan.terms, plan.result.eligible_costs),
            *_limit(plan),
            _lower_the_request(plan),
            row=plan.state_row,
            amount=result.too_much_requested,
        )
    missing = result.missing_own_share
    # Where income is missing by the same sum, that message has said all of this already.
    if missing and missing != result.missing_income:
        yield error(
            "own_share_missing",
            say(_("Own share is missing: %(amount)s."), amount=missing),
            _state_pays_at_most(plan),
            bring(plan, missing),
            row=plan.row_to_raise,
            amount=missing,
        )


def rule_of(terms, eligible):
    """How the line comes to its share of these eligible costs."""
    match terms.financing_type:
        case FinancingType.PRO_RATA:
            return say(
                _("“%(line)s” pays %(percent)s of the eligible costs of %(eligible)s."),
                line=terms.line,
                percent=per_cent(terms.percent),
                eligible=eligible,
            )
        case FinancingType.SHORTFALL:
            gap = _("“%(line)s” pays what other money leaves open of the eligible %(eligible)s.")
            return say(gap, line=terms.line, eligible=eligible)
        case FinancingType.FIXED_AMOUNT:
            fixed = _("“%(line)s” pays a fixed sum of %(sum)s, but never more than the costs.")
            return say(fixed, line=terms.line, sum=terms.sums)
        case FinancingType.FULL:
            full = _("“%(line)s” pays the eligible costs of %(eligible)s.")
            return say(full, line=terms.line, eligible=eligible)


def _limit(plan):
    if plan.result.is_capped:
        yield say(_("No more than %(cap)s is paid."), cap=plan.result.cap)


def _costs_that_do_not_count(plan):
    rules = {
        CostKind.OVERHEAD_FLAT_RATE: (
            "overhead_not_eligible",
            _("“%(line)s” pays no flat rate for overhead."),
        ),
        CostKind.CAPITAL_COSTS: ("capital_not_eligible", _("“%(line)s” pays no investments.")),
    }
    way = _("Please take it out of the plan, or pay it from other money.")
    if plan.must_shed:
        way = _("Please take it out of the plan.")
    for row in plan.not_counted:
        if row.kind in rules and row.amount:
            code, rule = rules[row.kind]
            what = _("Costs “%(row)s”, %(amount)s, do not count for the share.")
            yield warning(
                code,
                say(what, row=cost_name(row), amount=row.amount),
                say(rule, line=plan.terms.line),
                ask(way),
                row=row,
                amount=row.amount,
            )


def _no_share(plan):
    """Why there is no share."""
    terms = plan.terms
    if plan.is_known:
        return
    all_the_same = say(_("Costs and income are checked all the same."))
    if terms is None:
        why = say(_("Please choose a funding line, then its share is computed here."))
        yield hint("no_line", why, all_the_same)
        return
    if not terms.is_confirmed:
        code = "figures_unconfirmed"
        why = _("No share can be computed: the figures of “%(line)s” are not confirmed yet.")
        values = {}
    elif terms.missing_units is not None:
        code, rate = "units_missing", terms.missing_units
        why = _(
            "No share can be computed: “%(line)s” pays %(amount)s for each unit (%(name)s), "
            "and their number is missing."
        )
        values = {"amount": rate.amount, "name": rate.name}
    else:
        code = "rate_unknown"
        why = _("No share can be computed: the rate of “%(line)s” is not known.")
        values = {}
    way = ask(_("Please ask the WIR coordination."))
    yield hint(code, say(why, line=terms.line, **values), way, all_the_same)


def _explanations(plan):
    result, terms = plan.result, plan.terms
    if result.is_capped and not result.too_much_requested:
        yield hint(
            "capped",
            rule_of(plan.terms, plan.result.eligible_costs),
            *_limit(plan),
            amount=result.cap,
        )
    if result.total_costs and not result.requested_share:
        add = _("If it should, please add a row of income “%(kind)s”.")
        yield hint(
            "nothing_requested",
            say(_("The plan asks for no grant.")),
            ask(add, kind=IncomeKind.STATE_FUNDS.label),
            amount=ZERO,
        )
    if result.in_kind and plan.is_known:
        code, rule = "in_kind_apart", _("“%(line)s” does not count it as eligible costs.")
        if terms.in_kind_counts:
            code = "in_kind_counts"
            rule = _("“%(line)s” counts it as eligible costs, but pays only costs in money.")
        apart = _("Unpaid work of %(amount)s stands on both sides, apart from the money.")
        yield hint(
            code,
            say(apart, amount=result.in_kind),
            say(rule, line=terms.line),
            amount=result.in_kind,
        )


def _years(plan):
    years = [year for year in plan.result.years if year.costs or year.income]
    if len(years) < 2:
        return
    for year in years:
        if year.difference:
            what = _("%(year)s has %(amount)s more income than costs.")
            if year.difference < 0:
                what = _("%(year)s has %(amount)s less income than costs.")
            difference = abs(year.difference)
            yield hint(
                "year_not_balanced",
                say(what, year=str(year.year), amount=difference),
                ask(_("Please check the years of the rows. Only the totals must be equal.")),
                amount=difference,
            )
