"""Nothing that was typed is lost to a session that ended meanwhile."""

import pytest

from tests.factories import make_proposal

WORDS = "Wir laden zum Erzählen ein."


@pytest.fixture
def draft(db):
    return make_proposal()


def page_of(draft, part="idee"):
    return f"/de/antraege/{draft.key}/{part}/"


def typed(**fields):
    return {"seen": "{}", "title": "Erzählcafé", "summary": WORDS, **fields}


def test_typed_text_stands_in_the_form_again_after_signing_in(client, draft):
    response = client.post(page_of(draft), typed())
    assert response.url.startswith("/de/konto/anmelden/")
    client.force_login(draft.applicant.owner)
    page = client.get(page_of(draft)).text
    assert WORDS in page
    assert "noch nicht gespeichert" in page
    assert not draft.answers.exists()


def test_typed_text_is_shown_again_once(client, draft):
    client.post(page_of(draft), typed())
    client.force_login(draft.applicant.owner)
    client.get(page_of(draft))
    assert WORDS not in client.get(page_of(draft)).text


def test_typed_text_is_shown_to_nobody_else(client, draft):
    client.post(page_of(draft), typed())
    stranger = make_proposal().applicant.owner
    client.force_login(stranger)
    assert client.get(page_of(draft)).status_code == 404


def test_typed_plan_stands_in_the_form_again(client, draft):
    rows = {
        **{f"{name}-TOTAL_FORMS": "1" for name in ("costs", "incomes", "in_kind")},
        **{f"{name}-INITIAL_FORMS": "0" for name in ("costs", "incomes", "in_kind")},
        "costs-0-description": "Honorar Moderation",
        "seen": "{}",
    }
    client.post(page_of(draft, "kosten"), rows)
    client.force_login(draft.applicant.owner)
    assert "Honorar Moderation" in client.get(page_of(draft, "kosten")).text


def test_typed_message_stands_in_the_form_again(client, draft):
    overview = f"/de/antraege/{draft.key}/"
    client.post(
        f"{overview}nachrichten/",
        {"text": "Dürfen wir früher beginnen?"},
        headers={"referer": f"http://testserver{overview}"},
    )
    client.force_login(draft.applicant.owner)
    assert "Dürfen wir früher beginnen?" in client.get(overview).text


def test_page_that_saves_by_itself_is_told(client, draft):
    response = client.post(page_of(draft), typed(), headers={"X-Saves-Itself": "yes"})
    assert response.status_code == 401
    assert response.json()["signed_out"] is True


def test_too_long_a_text_is_not_put_aside(client, draft):
    client.post(page_of(draft), typed(summary="x" * 500_000))
    client.force_login(draft.applicant.owner)
    assert "xxxxx" not in client.get(page_of(draft)).text
