"""Days by which something is due after a grant decision.

Pure values only: no database, no clock, no request. The periods are those of the grant decision and
come in as numbers of months; the defaults are usual ones, no law. A period of months ends on the
day of the same number; a month without that day ends it on its last one (§ 188 (3) BGB). A day
that falls on a weekend or a holiday stays: the portal names the safe, earlier day.
"""

import calendar
import datetime

ACCEPTANCE_MONTHS = 1


def months_after(day, months):
    """The same day of the month so many calendar months later: 30 November + 3 is 28 February.

    ValueError for a negative number of months, and beyond the year 9999.
    """
    if months < 0:
        raise ValueError("A period is not negative")
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > datetime.MAXYEAR:
        raise ValueError("No calendar reaches that far")
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))


def proof_due_on(ends_on, months):
    """The last day for the proof of use of a project that ends on that day.

    The simple proof of the programme is due after 3 months, that of other grants often after 6
    (ANBest-P); the decision says which.
    """
    return months_after(ends_on, months)


def acceptance_due_on(decided_on, months=ACCEPTANCE_MONTHS):
    """The last day to accept a decision and to name the bank account: usually within one month."""
    return months_after(decided_on, months)
