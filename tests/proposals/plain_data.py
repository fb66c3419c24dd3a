"""A proposal as the plain values of snapshot.py, for tests that need no database."""

import copy

from projects.proposals import questions

NAMES = {
    "de": {"de": "Deutsch"},
    "ar": {"de": "Arabisch"},
    "tr": {"de": "Türkisch"},
    "am": {"de": "Amharisch"},
}
CONTACT = {
    "contact_name": "Amira Beispiel",
    "contact_email": "amira@example.org",
    "contact_phone": "069 90009-123",
}
_APPLICANT = {
    "name": "Verein Musterbaum e. V.",
    "kind": {"de": "Migrantenorganisation"},
    "legal_form": "registered_association",
    "is_charitable": True,
    "register_number": "VR 12345",
    "street": "Musterstraße 1",
    "postcode": "63065",
    "city": "Offenbach am Main",
    "website": "https://musterbaum.example.org",
}
_COLUMNS = {
    "title": "Ein Garten für alle",
    "funding_line": {"slug": "pilot", "name": {"de": "Modellprojekte"}},
    "target_groups": [{"slug": "families", "name": {"de": "Familien"}}],
    "participants": 40,
    "districts": [{"slug": "nordend", "name": {"de": "Nordend"}}],
    "place": "Hof der Schule",
    "languages": [],
    "starts_on": "2027-03-01",
    "ends_on": "2028-02-28",
    "wants_early_start": False,
}


def cost(**changes):
    row = {
        "kind": "fees",
        "description": "Leitung der Treffen",
        "quantity": "12.50",
        "unit": "Stunden",
        "unit_amount": "45.00",
        "amount": "562.50",
        "year": 2027,
    }
    return row | changes


def income(**changes):
    row = {"kind": "own_funds", "description": "Kasse", "amount": "562.50", "year": 2027}
    return row | changes


def in_kind(**changes):
    row = {"description": "Gießen", "hours": "40.00", "rate": "15.00", "amount": "600.00"}
    return row | {"year": 2027} | changes


def plan(costs=None, incomes=None, in_kind=()):
    return {
        "costs": [cost()] if costs is None else costs,
        "incomes": [income()] if incomes is None else incomes,
        "in_kind": list(in_kind),
        "result": {
            "costs": "562.50",
            "income": "562.50",
            "difference": "0.00",
            "in_kind": "600.00" if in_kind else "0.00",
            "own_funds": "562.50",
            "third_party_funds": "0.00",
            "requested_share": "0.00",
            "eligible": None,
            "allowed_share": None,
            "share_percent": None,
        },
        "terms": None,
    }


def data(code="de", *, text="Ein Text.", german="", reference="WIR-2027-0001", **changes):
    """Every question with a text answered alike; `changes` replace whole parts."""
    values = {
        "format": "wir-proposal/1",
        "reference": reference,
        "version": 1 if reference else 0,
        "submitted_at": "2026-11-25T13:05:09+00:00" if reference else None,
        "language": {"code": code, "name": NAMES[code]},
        "applicant": _APPLICANT,
        "columns": _COLUMNS,
        "answers": {
            question.key: {"text": text, "german": german}
            for question in questions.QUESTIONS
            if question.is_text
        },
        "plan": plan(),
        "enclosures": [],
        "declarations": ["true"],
    }
    return copy.deepcopy(values | changes)
