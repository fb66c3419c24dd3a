"""Which backups stay: the newest of each of the last days, weeks and months that have one."""

import datetime
import re
from dataclasses import dataclass

ENDING = ".wirbackup"
NAMED = re.compile(r"wir-(\d{8}T\d{6})Z\.wirbackup")


@dataclass(frozen=True)
class Plan:
    daily: int = 7
    weekly: int = 4
    monthly: int = 12


def name_at(moment):
    """The name of a backup made at that moment (UTC)."""
    return f"wir-{moment:%Y%m%dT%H%M%S}Z{ENDING}"


def moment_of(name):
    """When the backup of that name was made; None for files that are no backups."""
    found = NAMED.fullmatch(name)
    if found is None:
        return None
    try:
        return datetime.datetime.fromisoformat(f"{found[1]}Z")
    except ValueError:
        return None


def _day(moment):
    return moment.date()


def _week(moment):
    return moment.isocalendar()[:2]


def _month(moment):
    return (moment.year, moment.month)


def kept(moments, plan):
    """Those that stay. The newest always does; days, weeks and months are counted in UTC."""
    newest_first = sorted(moments, reverse=True)
    stay = set(newest_first[:1])
    for most, span in ((plan.daily, _day), (plan.weekly, _week), (plan.monthly, _month)):
        newest_of = {}
        for moment in newest_first:
            newest_of.setdefault(span(moment), moment)
        stay |= set(list(newest_of.values())[:most])
    return stay


def outdated(names, plan):
    """Names of backups that may go; files that are no backups are never among them."""
    at = {name: moment for name in names if (moment := moment_of(name))}
    stay = kept(at.values(), plan)
    return sorted(name for name, moment in at.items() if moment not in stay)
