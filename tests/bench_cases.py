"""What the queue of cases costs with 20,000 of them, on PostgreSQL.

    DATABASE_URL=postgres://… python tests/bench_cases.py

Fills the database it is given (a scratch one: rows stay in it), then opens every question of the
queue, its filters and searches and the start page as the roles that work with it, and prints
queries and the 95th percentile of the answer time. Ends with an error where a page takes longer
than 500 ms, or the list more queries for many cases than for few.
"""

import datetime
import logging
import os
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
ROWS = int(os.environ.get("BENCH_ROWS", "20000"))
CLUBS, BATCH = 1000, 2000
WORDS = ("Nachbarn", "Sprache", "Garten", "Fest", "Bühne", "Werkstatt", "Lesen", "Straße")


def main():
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from tests import bench_data

    logging.getLogger("portal.access").setLevel(logging.WARNING)
    # The finder of N+1 queries itself costs time.
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if not m.startswith("zeal.")]
    call_command("set_up", verbosity=0)
    fill()
    bench_data.tidy()
    sys.exit(1 if measure_all() else 0)


def fill():
    from projects.proposals.models import Proposal

    if Proposal.objects.count() >= ROWS:
        return
    given = Given.read()
    for start in range(0, ROWS, BATCH):
        made = Proposal.objects.bulk_create(
            [case_of(n, given) for n in range(start, start + BATCH)]
        )
        beside(made, given)


@dataclass
class Given:
    """What cases are made of; `chance` makes always the same ones."""

    clubs: list
    people: list
    labels: list
    lines: list
    german: Any
    chance: random.Random

    @classmethod
    def read(cls):
        from programs.models import FundingLine
        from projects.models import SpokenLanguage

        german = SpokenLanguage.objects.get(code="de")
        lines = list(FundingLine.objects.all())
        return cls(organisations(), colleagues(), case_labels(), lines, german, random.Random(6))


def case_of(n, given):
    """Most cases are closed, as after many years; of the open ones some are late."""
    from django.utils import timezone

    from projects.proposals.case import ENDED, OPEN, State
    from projects.proposals.models import Proposal

    chance, today = given.chance, timezone.localdate()
    is_open = chance.random() < 0.15
    state = chance.choice(OPEN if is_open else ENDED)
    handed_in = timezone.now() - datetime.timedelta(days=chance.randrange(60 if is_open else 3650))
    return Proposal(
        reference=f"WIR-{handed_in.year}-B{n:05}",
        state=state,
        applicant=chance.choice(given.clubs),
        language=given.german,
        title=f"{chance.choice(WORDS)} und {chance.choice(WORDS)} {n}",
        funding_line=chance.choice(given.lines),
        submitted_at=handed_in,
        withdrawn_at=handed_in if state == State.WITHDRAWN else None,
        assignee=chance.choice([*given.people, None]),
        due_on=today + datetime.timedelta(days=chance.randrange(-20, 90)) if is_open else None,
        locked_because="Prüfung" if chance.random() < 0.01 else "",
    )


def organisations():
    from programs.models import ApplicantKind
    from projects.models import Organisation
    from projects.proposals.models import Applicant

    kind, owner = ApplicantKind.objects.first(), _owner()
    made = Organisation.objects.bulk_create(
        [
            Organisation(name=f"Verein Bürgel {n}", slug=f"bench-{n}", kind="association")
            for n in range(CLUBS)
        ]
    )
    return Applicant.objects.bulk_create(
        [
            Applicant(
                organisation=organisation,
                owner=owner,
                kind=kind,
                legal_form=Applicant.LegalForm.REGISTERED_ASSOCIATION,
                register_number="VR 1",
                street="Musterstraße 1",
                postcode="63065",
                city="Offenbach am Main",
            )
            for organisation in made
        ]
    )


def _owner():
    from offenbach_wir.models import User

    return User.objects.get_or_create(email="bench-club@example.org")[0]


def colleagues():
    from django.contrib.auth.models import Group

    from offenbach_wir.models import User

    group, people = Group.objects.get(name="coordinator"), []
    for n in range(8):
        email = f"bench-office-{n}@example.org"
        user, _made = User.objects.get_or_create(email=email, defaults={"is_staff": True})
        user.groups.add(group)
        people.append(user)
    # One of them has left.
    User.objects.filter(pk=people[0].pk).update(is_active=False)
    return [*people, User.objects.get(email="koordination@example.org")]


def case_labels():
    from projects.proposals.models import CaseLabel

    return [CaseLabel.objects.get_or_create(name=f"Kennzeichen {n}")[0] for n in range(12)]


def beside(cases, given):
    """Labels, followers, duties and letters of these cases."""
    from projects.proposals.models import Duty, Message, Proposal

    chance, labels, people = given.chance, given.labels, given.people
    on, follow = Proposal.labels.through, Proposal.followers.through
    on.objects.bulk_create(
        [on(proposal=row, caselabel=chance.choice(labels)) for row in cases if row.pk % 3 == 0]
    )
    follow.objects.bulk_create(
        [follow(proposal=row, user=people[-1]) for row in cases if row.pk % 20 == 0]
    )
    Duty.objects.bulk_create(
        [
            Duty(proposal=row, kind="other", who=chance.choice(Duty.Who.values), due_on=row.due_on)
            for row in cases
            if row.due_on
        ]
    )
    Message.objects.bulk_create(
        [
            Message(
                proposal=row,
                is_from_office=chance.random() < 0.9,
                text="Text",
                sent_by_form=f"bench-{row.pk}-{n}",
            )
            for row in cases
            for n in range(2)
        ]
    )


def pages():
    """(role, path) of everything that is measured; every question by who works with it."""
    from projects.proposals.office.what_waits import QUESTIONS

    for show in QUESTIONS:
        yield "coordinator", f"?show={show}"
    yield from (("approver", ""), ("approver", "?show=confirm"), ("assessor", ""))
    for query in (
        *("q=wir-2026-b0", "q=lesen", "q=b%C3%BCrgel+garten", "q=xyzzy", "q=e", "state=closed"),
        *("line=integrationslotsen", "label=3", "assignee=me", "assignee=none", "year=2024"),
        *("sort=newest", "sort=oldest", "sort=organisation", "page=200"),
        "q=stra%C3%9Fe&state=closed&label=3&assignee=me&year=2024&sort=organisation",
    ):
        yield "coordinator", f"?show=all&{query}"


def measure_all():
    from tests import bench_office

    bench_office.ROWS = ROWS
    print(f"{ROWS:,} cases, {bench_office.TIMES} requests a line")
    print(f"{'opened by':12}{'query':76}{'queries':>9}{'p95 ms':>8}{'x bare':>8}")
    failed, queries = 0, set()
    for role, path in pages():
        answer = bench_office.measure(bench_office.stepped_in(role), f"antraege/{path}")
        print(f"{role:12}{path:76}{answer.line}", flush=True)
        failed += answer.is_slow
        queries.add(answer.queries)
    for role in ("coordinator", "approver", "assessor"):
        answer = bench_office.measure(bench_office.stepped_in(role), "")
        print(f"{role:12}{'start page':76}{answer.line}", flush=True)
        failed += answer.is_slow or answer.queries > 20
    print(f"queries of the list: {min(queries)} to {max(queries)}")
    return failed


if __name__ == "__main__":
    main()
