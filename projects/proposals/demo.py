"""The demo's organisations with their people, papers and proposals in every state (load_demo).

Proposals take the same steps as real ones: what is handed in here went through submission.hand_in
and could not be incomplete. What is there already stays as visitors of the demo left it.
"""

import calendar
import datetime
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.core.files import File
from django.utils import timezone

from offenbach_wir.content_files import load_row, related_row
from offenbach_wir.models import User
from programs.models import EnclosureKind, FundingLine, FundingRate, FundingTerms
from projects.models import District, Organisation, SpokenLanguage, TargetGroup

from . import copying, files, financing, messaging, questions, submission
from .models import (
    Answer,
    Applicant,
    CostItem,
    Enclosure,
    IncomeItem,
    InKindItem,
    Membership,
    Paper,
    PlannedUnits,
    Proposal,
    Section,
)
from .models.applicants import Role

# A day by which drafts remind nobody yet; before that a day the city has set moves on.
FEWEST_DAYS_LEFT = 20
LISTS = {"target_groups": TargetGroup, "districts": District, "languages": SpokenLanguage}
PLAN = {"cost": CostItem, "income": IncomeItem, "in_kind": InKindItem}
DECIMALS = ("quantity", "unit_amount", "amount", "hours", "rate", "units")


def load_lines(rows, today):
    """Example lines with confirmed figures; returns how many rows are new."""
    new = 0
    for row in rows:
        terms_row = row.pop("terms")
        rate_row = terms_row.pop("rate")
        in_days = terms_row.pop("city_deadline_in_days", None)
        line, is_new = load_row(FundingLine, row, find={"slug": row["slug"]})
        line.refresh_index()
        new += is_new
        find = {"line": line, "valid_from": terms_row["valid_from"]}
        terms, is_new = load_row(FundingTerms, terms_row, find=find, line=line)
        new += is_new
        _rate, is_new = load_row(FundingRate, rate_row, find={"terms": terms}, terms=terms)
        new += is_new
        if in_days:
            _keep_ahead(terms, today, in_days)
    return new


def _keep_ahead(terms, today, in_days):
    soon = today + datetime.timedelta(days=FEWEST_DAYS_LEFT)
    if terms.city_deadline is None or terms.city_deadline < soon:
        terms.city_deadline = today + datetime.timedelta(days=in_days)
        terms.save(update_fields=["city_deadline"])


def load_applicants(rows, folder, today):
    """Organisations with members and papers, where none of that profile writes yet."""
    new = 0
    for row in rows:
        people = [(_account(member), member["role"]) for member in row.pop("member")]
        papers = row.pop("paper", [])
        profile = Organisation.objects.get(slug=row["organisation"])
        owner = next(user for user, role in people if role == Role.OWNER)
        applicant, is_new = load_row(
            Applicant, row, find={"organisation": profile}, organisation=profile, owner=owner
        )
        new += is_new
        if not is_new:
            continue
        for user, role in people:
            if role != Role.OWNER:
                Membership.objects.create(applicant=applicant, user=user, role=role)
        for paper in papers:
            in_days = paper.get("expires_in_days")
            expires_on = None if in_days is None else today + datetime.timedelta(days=in_days)
            _keep(Paper, paper, folder, owner, applicant=applicant, expires_on=expires_on)
    return new


def _account(member):
    """Somebody who signs in by code, as everybody of an organisation does."""
    user = User.objects.filter(email=member["email"]).first()
    if user is None:
        user = User.objects.create_user(
            member["email"], name=member["name"], language=member["language"]
        )
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return user


def _keep(model, row, folder, user, **fields):
    kind = related_row(EnclosureKind, row["kind"])
    with (folder / row["file"]).open("rb") as stream:
        files.take_in(model, File(stream, name=row["name"]), kind=kind, user=user, **fields)


def load_proposals(rows, folder, today):
    """Each proposal as far as its row says; one whose form is known already is left alone."""
    new = 0
    for row in rows:
        key = f"demo:{row['form']}"
        if not Proposal.objects.filter(started_by_form=key).exists():
            _load_proposal(row, key, folder, today)
            new += 1
    return new


def _load_proposal(row, key, folder, today):
    user = User.objects.get(email=row["by"])
    if earlier := row.get("earlier"):
        before = Proposal.objects.get(started_by_form=f"demo:{earlier}")
        copying.start_from(before, user=user, form_key=key, title=row["title"], today=today)
        return
    proposal, user = begin(row, key, folder, today)
    if row["outcome"] != "draft":
        submission.hand_in(proposal, user=user)
    proposal.refresh_from_db()
    for number, message in enumerate(row.get("message", [])):
        _say(proposal, message, f"{key}:{number}")
    if row["outcome"] == "withdrawn":
        submission.withdraw(proposal, user=user)


def begin(row, key, folder, today):
    """A draft with all that its row says, and who has written it."""
    user = User.objects.get(email=row["by"])
    proposal = submission.start(
        applicant=Applicant.objects.get(organisation__slug=row["applicant"]),
        language=related_row(SpokenLanguage, row["language"]),
        user=user,
        form_key=key,
        title=row["title"],
        line=related_row(FundingLine, row["funding_line"]) if "funding_line" in row else None,
    )
    _write(proposal, row, today)
    for file in row.get("enclosure", []):
        _keep(Enclosure, file, folder, user, proposal=proposal)
    _mark_as_written(proposal, user)
    return proposal, user


def _write(proposal, row, today):
    for name in ("place", "participants", "declared"):
        if name in row:
            setattr(proposal, name, row[name])
    if "starts_on" in row:
        first = today + datetime.timedelta(days=row["starts_on"]["after_days"])
        proposal.starts_on = next_day(first, row["starts_on"])
        proposal.ends_on = next_day(proposal.starts_on, row["ends_on"])
    elif "period" in row:
        proposal.starts_on, proposal.ends_on = whole_months(today, *row["period"])
    proposal.save()
    for name, model in LISTS.items():
        getattr(proposal, name).set([related_row(model, value) for value in row.get(name, [])])
    Answer.objects.bulk_create(
        Answer(proposal=proposal, question=question, **_stripped(answer))
        for question, answer in row.get("answers", {}).items()
    )
    first_year = (proposal.starts_on or today).year
    for name, model in PLAN.items():
        model.objects.bulk_create(
            model(proposal=proposal, position=position, **_plan_values(item, first_year))
            for position, item in enumerate(row.get(name, []))
        )
    rates = financing.per_unit(proposal.terms_on(today).rates.all()) if row.get("units") else []
    PlannedUnits.objects.bulk_create(
        PlannedUnits(proposal=proposal, rate=rate, **_plan_numbers(item))
        for rate, item in zip(rates, row.get("units", []), strict=True)
    )


def _stripped(answer):
    return {name: text.strip() for name, text in answer.items()}


def _plan_values(item, first_year):
    return _plan_numbers(item) | {"year": first_year + item.get("year", 0)}


def _plan_numbers(item):
    return item | {name: Decimal(item[name]) for name in DECIMALS if name in item}


def next_day(first, day_of_year):
    """The first such day of the year that is not before `first`."""
    day = datetime.date(first.year, day_of_year["month"], day_of_year["day"])
    return day if day >= first else day.replace(year=first.year + 1)


def whole_months(today, first, last):
    """From the first day of the month that lies so many days from today to the last of another."""
    starts, ends = (today + datetime.timedelta(days=days) for days in (first, last))
    return starts.replace(day=1), ends.replace(day=calendar.monthrange(ends.year, ends.month)[1])


def _mark_as_written(proposal, user):
    """Sections with anything in them count as begun, as if they had been saved one by one."""
    answered = proposal.answers.values_list("question", flat=True)
    begun = {questions.BY_KEY[key].section for key in answered}
    signs = {
        questions.SectionKey.LINE: proposal.funding_line_id,
        questions.SectionKey.TIME: proposal.starts_on,
        questions.SectionKey.COSTS: proposal.costitems.exists(),
        questions.SectionKey.ENCLOSURES: proposal.enclosures.exists(),
        questions.SectionKey.DECLARATIONS: proposal.declared,
    }
    begun |= {section for section, is_there in signs.items() if is_there}
    Section.objects.filter(proposal=proposal, key__in=begun).update(
        saved_at=timezone.now(), saved_by=user
    )


def _say(proposal, message, key):
    is_from_office = message.get("from_office", False)
    email = "koordination@example.org" if is_from_office else message["by"]
    messaging.write(
        proposal,
        message["text"],
        user=User.objects.get(email=email),
        form_key=key,
        is_from_office=is_from_office,
    )
