"""The published schema describes exactly what is handed in."""

import copy
import json

import jsonschema
import pytest

from programs.models import FundingRate
from projects.models import SpokenLanguage
from projects.proposals import published_schema, questions, snapshot, submission, whole
from projects.proposals.models import Answer, Applicant, InKindItem, PlannedUnits
from tests.factories import (
    make_account,
    make_applicant,
    make_cost,
    make_enclosure,
    make_half_line,
    make_proposal,
    make_whole_proposal,
)

ADDRESS = "/daten/wir-proposal-1.schema.json"


@pytest.fixture(scope="module")
def schema():
    return jsonschema.Draft202012Validator(json.loads(published_schema.content()))


@pytest.fixture
def applicant(db):
    return make_applicant(make_account("ada@example.org"))


def handed_in(proposal):
    return submission.hand_in(proposal, user=proposal.applicant.owner).data


def faults(schema, data):
    return [f"{error.json_path}: {error.message}" for error in schema.iter_errors(data)]


def test_schema_is_one(schema):
    jsonschema.Draft202012Validator.check_schema(schema.schema)


def test_schema_lists_every_question_with_a_text(schema):
    listed = set(schema.schema["properties"]["answers"]["properties"])
    assert listed == {question.key for question in questions.QUESTIONS if question.is_text}


def test_every_field_says_what_it_is(schema):
    silent = []

    def look(node, path):
        for name, value in node.get("properties", {}).items():
            if not value.get("description"):
                silent.append(f"{path}.{name}")
        for name, value in node.items():
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, dict) and name not in ("then", "else", "if"):
                    look(child, f"{path}.{name}")

    look(schema.schema, "")
    assert not silent


def test_whole_proposal_fits(schema, applicant):
    assert not faults(schema, handed_in(make_whole_proposal(applicant)))


def test_proposal_with_enclosures_fits(schema, applicant):
    proposal = make_whole_proposal(applicant)
    make_enclosure(proposal)
    make_enclosure(proposal, "بيان.png")
    data = handed_in(proposal)
    assert len(data["enclosures"]) == 2
    assert not faults(schema, data)


@pytest.mark.parametrize("code", ["tr", "ar"])
def test_proposal_in_another_language_with_german_fits(schema, applicant, code):
    proposal = make_whole_proposal(applicant, language=SpokenLanguage.objects.get(code=code))
    proposal.languages.add(*SpokenLanguage.objects.all())
    Answer.objects.filter(proposal=proposal).update(german="Auf Deutsch")
    data = handed_in(proposal)
    assert data["language"]["code"] == code
    assert not faults(schema, data)


def test_line_paid_by_units_fits(schema, applicant):
    line = make_half_line("Lotsen")
    terms = line.terms.get()
    terms.rates.all().delete()
    rate = FundingRate.objects.create(
        terms=terms, kind=FundingRate.Kind.PER_UNIT, amount="12.50", max_units=36
    )
    rate.create_translation("de", name="Schulung", unit="Unterrichtseinheit")
    proposal = make_whole_proposal(applicant, funding_line=line)
    PlannedUnits.objects.create(proposal=proposal, rate=rate, units=36, people=12)
    data = handed_in(proposal)
    [written] = data["plan"]["terms"]["rates"]
    assert (written["max_units"], written["units"], written["people"]) == (36, "36.00", 12)
    assert not faults(schema, data)


def test_first_versions_without_planned_units_fit(schema, applicant):
    data = handed_in(make_whole_proposal(applicant))
    for rate in data["plan"]["terms"]["rates"]:
        for name in ("name", "units", "people"):
            del rate[name]
    assert not faults(schema, data)


def test_volunteer_work_and_odd_quantities_fit(schema, applicant):
    proposal = make_whole_proposal(applicant)
    proposal.costitems.update(quantity="0.33", unit_amount="3030.30", unit="Stück")
    InKindItem.objects.create(proposal=proposal, hours="12.5", rate="15", year=2098)
    make_cost(proposal, "Rest", "0.00")
    data = handed_in(proposal)
    assert data["plan"]["in_kind"][0]["amount"] == "187.50"
    assert not faults(schema, data)


def test_group_without_register_number_and_confirmed_figures_fits(schema, applicant):
    applicant.legal_form, applicant.register_number = Applicant.LegalForm.UNREGISTERED_GROUP, ""
    applicant.save()
    line = make_half_line("Ohne Zahlen", figures_confirmed=False, financing_type="")
    assert not faults(schema, handed_in(make_whole_proposal(applicant, funding_line=line)))


def test_empty_draft_fits(schema, applicant):
    assert not faults(schema, snapshot.of(whole.read(make_proposal(applicant))))


@pytest.mark.parametrize(
    ("damage", "where"),
    [
        (lambda data: data.pop("plan"), "$"),
        (lambda data: data.update(contact={"name": "Ada"}), "$"),
        (lambda data: data.update(format="wir-proposal/2"), "$.format"),
        (lambda data: data.update(reference=None), "$.reference"),
        (lambda data: data["plan"]["costs"][0].update(amount=1000.0), "$.plan.costs[0].amount"),
        (lambda data: data["plan"]["costs"][0].update(kind="gold"), "$.plan.costs[0].kind"),
        (lambda data: data["answers"].update(mood={"text": "", "german": ""}), "$.answers"),
        (lambda data: data["columns"].update(starts_on="1.3.2098"), "$.columns.starts_on"),
        (lambda data: data["declarations"].append("true"), "$.declarations"),
    ],
)
def test_damaged_content_does_not_fit(schema, applicant, damage, where):
    data = copy.deepcopy(handed_in(make_whole_proposal(applicant)))
    damage(data)
    assert [error.json_path for error in schema.iter_errors(data)] == [where]


# --- Where it is published -----------------------------------------------------------------------
def test_anybody_can_read_the_schema(client, db):
    answer = client.get(ADDRESS)
    assert answer.json()["$id"].endswith(snapshot.FORMAT)
    assert answer["Content-Type"] == "application/schema+json"
    assert "public" in answer["Cache-Control"]
    assert not answer.cookies


def test_page_before_the_log_in_leads_to_the_schema(client, db):
    assert f'href="{ADDRESS}"' in client.get("/de/antraege/").text
