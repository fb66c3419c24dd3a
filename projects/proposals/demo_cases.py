"""Cases of the demo in every state, with a history that ends before today (load_demo).

The lines of a history are in demo_history.py. What is there already stays as visitors left it.
"""

import datetime

from django.contrib.auth.models import Group
from django.utils import timezone

from offenbach_wir.models import User
from projects.models import District

# The two histories are imported for the actions that they add.
from . import demo, demo_clock, demo_grant_history, demo_office_history  # noqa: F401
from .demo_history import COORDINATION, Entry
from .models import CaseLabel, CityFund, Proposal, Substitution

# How long somebody wrote before the first entry of a history.
DAYS_OF_WRITING = 12
FIRST_HOUR, MINUTES_APART, SATURDAY = 9, 7, 5


def load_rules(data, today):
    """Labels, the city's funds and a colleague who is away; returns how many rows are new."""
    new = 0
    for name in data["labels"]:
        new += CaseLabel.objects.get_or_create(name=name)[1]
    for row in data["fund"]:
        if not CityFund.objects.filter(name=row["name"]).exists():
            district = District.objects.get(slug=row.pop("district"))
            CityFund.objects.create(year=today.year, district=district, **row)
            new += 1
    for row in data["colleague"]:
        new += _colleague(row, today)
    return new


def _colleague(row, today):
    """Somebody who looks after cases too, and is away; the coordinator stands in."""
    if User.objects.filter(email=row["email"]).exists():
        return 0
    absent = User.objects.create_user(row["email"], name=row["name"], is_staff=True)
    absent.groups.set([Group.objects.get(name="coordinator")])
    first, last = (today + datetime.timedelta(days=days) for days in row["away"])
    substitute = User.objects.get(email=COORDINATION)
    Substitution.objects.create(absent=absent, substitute=substitute, starts_on=first, ends_on=last)
    return 2


def load_cases(rows, folder, today):
    """Each case with its history; one whose form is known already is left alone.

    The oldest is handed in first, so that references rise with the days.
    """
    new = 0
    for row in sorted(rows, key=lambda row: -row["history"][0]["ago"]):
        key = f"demo:{row['form']}"
        if not Proposal.objects.filter(started_by_form=key).exists():
            _load_case(row, key, folder, today)
            new += 1
    return new


def _load_case(row, key, folder, today):
    history = row["history"]
    begun = _moment(today, history[0]["ago"] + DAYS_OF_WRITING, 0)
    with demo_clock.at(begun):
        proposal, _user = demo.begin(_with_answers(row), key, folder, today)
    for number, entry in enumerate(history):
        proposal = Proposal.objects.select_related("applicant__owner").get(pk=proposal.pk)
        moment = _moment_of(entry, proposal, today, number)
        with demo_clock.at(moment):
            Entry(proposal, entry, moment, f"{key}:{number}").do()


def _with_answers(row):
    """An answer in German is written as plain words, others with their German version."""
    answers = {
        question: {"text": answer} if isinstance(answer, str) else answer
        for question, answer in row["answers"].items()
    }
    return row | {"answers": answers}


def _moment_of(entry, proposal, today, number):
    """The calendar begins and ends a grant period to the day; all else is given in days ago."""
    if entry["do"] == "begin_project":
        return _at(proposal.starts_on, number)
    if entry["do"] == "end_project":
        return _at(proposal.ends_on + datetime.timedelta(days=1), number)
    return _moment(today, entry["ago"], number)


def _moment(today, ago, number):
    """So many days before today; who writes and works on a weekend did so on the Friday before."""
    day = today - datetime.timedelta(days=ago)
    return _at(day - datetime.timedelta(days=max(0, day.weekday() - SATURDAY + 1)), number)


def _at(day, number):
    """Later entries are later on the same day, too."""
    hours, minutes = divmod(number * MINUTES_APART, 60)
    time = datetime.time(FIRST_HOUR + hours, minutes)
    return timezone.make_aware(datetime.datetime.combine(day, time))
