"""Saving the budget plan: each block of rows as a whole, under the same promise as saving.py."""

from django.db import transaction

from . import whole as wholes
from .forms.plan import BLOCKS, UNITS, sum_of_rows, sum_of_units
from .models import PlannedUnits
from .questions import SectionKey
from .saving import Conflict, lock


@transaction.atomic
def save_plan(plan, *, user):
    """Writes the valid blocks of bound PlanForms that were changed. Returns [Conflict].

    A block with a refused row stays as it is. Where somebody else changed a block meanwhile nothing
    at all is written. Raises ClosedError.
    """
    proposal, before = lock(plan.whole.proposal, SectionKey.COSTS, user)
    now = wholes.read(proposal)
    stored = {"costs": now.costs, "incomes": now.incomes, "in_kind": now.in_kind}
    changed, conflicts = {}, []
    for name, (_form, model, columns) in BLOCKS.items():
        if not plan.blocks[name].is_valid():
            continue
        there = _sum(stored[name], columns)
        rows = plan.typed_rows(name)
        seen = plan.seen_sums().get(name)
        if _sum(rows, columns) in (seen, there):
            continue
        if seen != there:
            conflicts.append(Conflict(name, rows, stored[name], before.saved_by, before.saved_at))
        changed[name] = (model, rows)
    units_changed = all(form.is_valid() for form in plan.units) and _units_changed(plan, now)
    if units_changed and plan.seen_sums().get(UNITS) != _sum_of_units(plan, now):
        conflicts.append(Conflict(UNITS, None, None, before.saved_by, before.saved_at))
    if conflicts:
        transaction.set_rollback(True)
        return conflicts
    for model, rows in changed.values():
        _replace(model, proposal, rows)
    if units_changed:
        _write_units(proposal, plan)
    return []


def _units_changed(plan, now):
    typed = sum_of_units(plan.typed_units())
    return typed not in (plan.seen_sums().get(UNITS), _sum_of_units(plan, now))


def _sum_of_units(plan, now):
    asked = {form.rate.pk: now.units.get(form.rate.pk) for form in plan.units}
    return sum_of_units(
        {rate: {"units": row.units, "people": row.people} for rate, row in asked.items() if row}
    )


def _sum(rows, columns):
    return sum_of_rows(
        [{column: getattr(row, column) for column in (*columns, "year")} for row in rows]
    )


def _replace(model, proposal, rows):
    model.objects.filter(proposal=proposal).delete()
    for position, row in enumerate(rows):
        row.proposal, row.position = proposal, position
    model.objects.bulk_create(rows)


def _write_units(proposal, plan):
    typed = plan.typed_units()
    asked = [form.rate.pk for form in plan.units]
    PlannedUnits.objects.filter(proposal=proposal, rate__in=asked).exclude(rate__in=typed).delete()
    for rate, values in typed.items():
        PlannedUnits.objects.update_or_create(proposal=proposal, rate_id=rate, defaults=values)
