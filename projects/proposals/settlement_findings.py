"""What a change, a financial statement or a request for payment lacks, in words.

Each message names the item, the rule and the way out; the way is for the club, the city reads what
is left to it. Pure values, as in findings.py: no database, no clock, no request.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from offenbach_wir.money import MOST

from . import budget
from .figures import ZERO, FinancingType, IncomeKind, largest
from .findings import Plan, bring, by_severity, cost_name, income_name, per_cent, rule_of
from .sentences import ask, error, hint, say, warning


def _equal_sides():
    return say(_("Costs and income must be equal to the cent."))


# --- Changes ---------------------------------------------------------------------------------
def of_change(effect, new):
    """Messages about a change: errors first, then warnings, then hints. `new` are its rows."""
    found = [*_sums_too_large(effect.old, effect.new), *_not_computable(effect)]
    if effect.share is not None:
        found += [
            *_grant_in_the_plan(effect, new),
            *_income_of_the_plan(effect, new),
            *_shrinks(effect, effect.new.eligible),
            *_to_repay(effect),
            *_does_not_grow(effect),
        ]
    return by_severity(found)


def _sums_too_large(*sides):
    highest = max(max(side.costs, side.income, side.in_kind) for side in sides)
    if any(side.is_too_large for side in sides):
        yield error(
            "sum_too_large",
            say(_("The sum is too large: %(amount)s."), amount=highest),
            say(_("A plan holds at most %(amount)s."), amount=MOST),
            ask(_("Please check the largest rows for a digit too many.")),
            amount=highest,
        )


def _not_computable(account):
    if account.share is None:
        yield hint(
            "grant_unknown",
            say(_("What this does to the grant cannot be computed here.")),
            say(_("The rate, the sum or the units of the funding line are not known.")),
            ask(
                _("Please ask the WIR coordination, who enters the new sum of the grant."),
                office=say(_("Please enter the new sum of the grant.")),
            ),
        )


def _state_rows(incomes):
    return [row for row in incomes if row.kind == IncomeKind.STATE_FUNDS]


def _set_grant_to(rows, target):
    """The way out where the rows of the grant do not add up to it."""
    if not rows:
        add = _("Please add a row “%(kind)s” of %(target)s.")
        return ask(add, kind=IncomeKind.STATE_FUNDS.label, target=target)
    if len(rows) > 1:
        together = _("Please set the rows “%(kind)s” to %(target)s together.")
        return ask(together, kind=IncomeKind.STATE_FUNDS.label, target=target)
    return ask(_("Please set “%(row)s” to %(target)s."), row=income_name(rows[0]), target=target)


def _grant_in_the_plan(effect, new):
    if effect.new.grant != effect.share:
        rows = _state_rows(new.incomes)
        differs = _("The changed plan counts on a grant of %(amount)s, but it is %(share)s then.")
        yield error(
            "grant_differs",
            say(differs, amount=effect.new.grant, share=effect.share),
            say(_("After the decision a grant may shrink, but never grows.")),
            _set_grant_to(rows, effect.share),
            row=largest(rows),
            amount=effect.new.grant,
        )


def _income_of_the_plan(effect, new):
    missing, terms = effect.missing, effect.terms
    counts_on = say(_("This counts the grant as %(share)s."), share=effect.share)
    if missing > 0:
        plan = Plan(budget.check(*new, terms), new.costs, new.incomes, terms)
        yield error(
            "income_missing",
            say(_("The changed plan lacks income of %(amount)s."), amount=missing),
            counts_on,
            _equal_sides(),
            bring(plan, missing),
            row=plan.row_to_raise,
            amount=missing,
        )
    elif missing < 0:
        rows = [row for row in new.incomes if row.kind != IncomeKind.STATE_FUNDS]
        over = _("The changed plan has %(amount)s more income than costs.")
        yield error(
            "income_over",
            say(over, amount=-missing),
            counts_on,
            _equal_sides(),
            ask(_("Please lower the other income, or add the missing costs.")),
            row=largest(rows),
            amount=-missing,
        )


def _shrinks(account, eligible):
    if account.difference:
        falls = _("The grant falls by %(amount)s, from %(granted)s to %(share)s.")
        amount = -account.difference
        yield warning(
            "grant_shrinks",
            say(falls, amount=amount, granted=account.granted, share=account.share),
            rule_of(account.terms, eligible),
            say(_("After the decision a grant may shrink, but never grows.")),
            ask(_("Please count on %(share)s from now on."), share=account.share),
            amount=amount,
        )


def _to_repay(account):
    if account.to_repay:
        paid = _("%(paid)s was paid out, but the grant is %(share)s then.")
        yield warning(
            "to_repay",
            say(_("%(amount)s is to be paid back."), amount=account.to_repay),
            say(paid, paid=account.paid, share=account.share),
            ask(_("Please keep the money ready until a letter names the day and the account.")),
            amount=account.to_repay,
        )


def _does_not_grow(effect):
    old, new = effect.old, effect.new
    asks_more = new.costs - new.other > old.costs - old.other or new.eligible > old.eligible
    if asks_more and not effect.difference:
        yield hint(
            "grant_does_not_grow",
            say(_("The grant stays at %(amount)s."), amount=effect.granted),
            say(_("It never grows after the decision, whatever the costs are.")),
            ask(_("Please pay what costs more from own funds or other money.")),
            amount=effect.granted,
        )


# --- The financial statement -----------------------------------------------------------------
def of_statement(statement, actual):
    """Messages about a statement: errors first. `actual` are the rows of what really was."""
    found = [
        *_sums_too_large(statement.planned, statement.actual),
        *_not_computable(statement),
        *_income_stated(statement, actual),
        *_grant_received(statement, actual),
        *_items_over_their_plan(statement),
        *_total_over_the_plan(statement),
        *_units_over_the_approved(statement),
    ]
    if statement.share is not None:
        found += [*_shrinks(statement, statement.actual.eligible), *_to_repay(statement)]
    return by_severity(found)


def _income_stated(statement, actual):
    amount = abs(statement.balance)
    if statement.balance < 0:
        yield error(
            "income_missing",
            say(_("Income is missing: %(amount)s."), amount=amount),
            _equal_sides(),
            _who_paid(statement, actual),
            row=largest(row for row in actual.incomes if row.kind == IncomeKind.OWN_FUNDS),
            amount=amount,
        )
    elif statement.balance > 0:
        yield warning(
            "income_over",
            say(_("Income with the grant is %(amount)s higher than the costs."), amount=amount),
            say(_("A grant pays for costs and leaves no gain, so it may be lowered.")),
            ask(_("Please check the rows of income, and whether costs are missing.")),
            row=largest(row for row in actual.incomes if row.kind != IncomeKind.STATE_FUNDS),
            amount=amount,
        )


def _who_paid(statement, actual):
    """More own funds would only lower a shortfall: there, costs that do not count have to go."""
    terms = statement.terms
    is_shortfall = terms is not None and terms.financing_type == FinancingType.SHORTFALL
    if is_shortfall and not all(terms.counts(row) for row in actual.costs):
        return ask(_("Please leave out the costs that the line does not pay."))
    return ask(_("Please enter the own funds or other income that paid the rest."))


def _grant_received(statement, actual):
    stated = statement.actual.grant
    if stated != statement.paid:
        rows = _state_rows(actual.incomes)
        differs = _("The statement counts %(amount)s of the grant, but %(paid)s was paid out.")
        yield warning(
            "grant_received_differs",
            say(differs, amount=stated, paid=statement.paid),
            say(_("Only what was paid out counts as income.")),
            _set_grant_to(rows, statement.paid),
            row=largest(rows),
            amount=stated,
        )


def _items_over_their_plan(statement):
    lines = [line for line in statement.costs if line.exceeds(statement.tolerance)]
    for line in sorted(lines, key=lambda line: (line.year, line.kind, line.label, line.key)):
        yield _item_over_its_plan(line, statement) if line.planned else _unplanned(line)


def _give_the_reason():
    return ask(
        _("Please give the reason in the report; the WIR coordination decides about it."),
        office=say(_("Please decide whether the reason in the report holds.")),
    )


def _item_over_its_plan(line, statement):
    over = _(
        "Costs “%(row)s” (%(year)s) are %(amount)s higher than planned: %(actual)s instead of "
        "%(planned)s, that is %(percent)s of the plan."
    )
    rule = _(
        "An item may usually cost up to %(percent)s more if others save the same; the total is "
        "binding."
    )
    return hint(
        "item_exceeds",
        say(
            over,
            row=cost_name(line),
            year=str(line.year),
            amount=line.difference,
            actual=line.actual,
            planned=line.planned,
            percent=per_cent(line.percent),
        ),
        say(rule, percent=per_cent(statement.tolerance)),
        _give_the_reason(),
        row=line,
        amount=line.difference,
    )


def _unplanned(line):
    unplanned = _("Costs “%(row)s” (%(year)s), %(amount)s, are not in the plan.")
    return hint(
        "item_not_planned",
        say(unplanned, row=cost_name(line), year=str(line.year), amount=line.actual),
        say(_("Usually only what was planned counts.")),
        _give_the_reason(),
        row=line,
        amount=line.actual,
    )


def _total_over_the_plan(statement):
    amount = statement.total_costs.difference
    if amount > 0:
        save = _("Other items saved %(saved)s, but what costs more comes to %(exceeded)s.")
        yield hint(
            "total_exceeded",
            say(_("All costs together are %(amount)s higher than planned."), amount=amount),
            say(save, saved=statement.saved, exceeded=statement.exceeded),
            say(_("The total is binding: the grant does not grow.")),
            ask(_("Please pay what costs more from own funds or other money.")),
            amount=amount,
        )


def _units_over_the_approved(statement):
    for units in statement.units:
        if units.is_over:
            yield hint(
                "units_exceed",
                say(
                    _("“%(name)s”: %(actual)s units in fact, %(approved)s are approved."),
                    name=units.approved.name,
                    actual=units.actual.in_numbers,
                    approved=units.approved.in_numbers,
                ),
                say(_("What is above the approved number is not paid.")),
            )


# --- Requests for payment --------------------------------------------------------------------
def of_request(granted, paid, requested_open, amount, left, months):
    """Messages about a request for `amount`; `left` is the most that may be asked for."""
    found = []
    if not amount:
        found.append(
            error(
                "amount_missing",
                ask(_("Please enter the sum that you ask for.")),
                say(_("There is %(left)s left of the grant."), left=left),
                amount=ZERO,
            )
        )
    elif amount > left:
        found.append(_too_much(granted, paid, requested_open, amount, left))
    soon = ngettext_lazy(
        "Usually only what is spent within %(months)s month is paid out.",
        "Usually only what is spent within %(months)s months is paid out.",
        "months",
    )
    later = ask(_("Please ask later for what you need later."))
    found.append(hint("spent_soon", say(soon, months=months), later))
    return found


def _too_much(granted, paid, requested_open, amount, left):
    of_grant = _(
        "Of the grant of %(granted)s, %(paid)s is paid out and %(open)s is asked for already."
    )
    if left:
        way = ask(_("Please ask for %(left)s at most."), left=left)
    elif requested_open:
        way = ask(
            _("Nothing is left to ask for while your other request is open."),
            office=say(_("Another request is open.")),
        )
    else:
        way = ask(_("Nothing is left to ask for: please pay the rest from own funds."))
    return error(
        "request_too_high",
        say(_("%(amount)s too much is asked for."), amount=amount - left),
        say(of_grant, granted=granted, paid=paid, open=requested_open),
        way,
        amount=amount - left,
    )
