"""How much one account may send in an hour; who sends more is told when to come back."""

import pytest

from tests.factories import make_whole_proposal, shown_at

from .conftest import page_of

INVITATION = {"email": "neu@example.org", "role": "reader", "language": "de"}


@pytest.mark.parametrize(
    ("scope", "place"),
    [
        ("upload", "anlagen/"),
        ("proposal_message", "nachrichten/"),
    ],
)
def test_what_is_too_much_for_a_proposal_is_refused_until_later(
    client, applicant, limit, scope, place
):
    proposal = make_whole_proposal(applicant)
    limit(scope, 0)
    answer = client.post(page_of(proposal, place), {"text": "Guten Tag"})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600


@pytest.mark.parametrize(
    ("scope", "place", "fields"),
    [
        ("upload", "unterlagen/", {}),
        ("member_invitation", "mitglieder/", INVITATION),
    ],
)
def test_what_is_too_much_for_an_organisation_is_refused_until_later(
    client, applicant, limit, scope, place, fields
):
    limit(scope, 0)
    path = f"/de/antraege/organisation/{applicant.key}/{place}"
    assert client.get(path).status_code == 200
    answer = client.post(path, fields | {"shown_at": shown_at(1)})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600


@pytest.mark.parametrize(
    ("language", "words"), [("de", "Minuten"), ("en", "minutes"), ("ar", "دقيقة")]
)
def test_refusal_speaks_the_language_of_the_page(client, applicant, limit, language, words):
    limit("upload", 0)
    path = f"/{language}/antraege/organisation/{applicant.key}/unterlagen/"
    answer = client.post(path, {"shown_at": shown_at(1)})
    assert f'lang="{language}"' in answer.text
    assert words in answer.text
