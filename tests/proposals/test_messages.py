"""Messages to and from the coordination."""

import pytest
from post_office.models import Email

from offenbach_wir.models import Event, QueuedMail
from projects.proposals import messaging, submission
from projects.proposals.models import Message
from tests.factories import make_account, make_member, make_whole_proposal, shown_at

from .conftest import page_of, signed_in


@pytest.fixture
def whole(applicant):
    return make_whole_proposal(applicant)


def write(client, proposal, text="Dürfen wir später anfangen?", **fields):
    sent = {"text": text, "shown_at": shown_at(1)} | fields
    return client.post(page_of(proposal, "nachrichten/"), sent)


def recipients(template):
    rows = QueuedMail.objects.filter(template=template)
    return sorted((row.email.to[0], row.language) for row in rows)


def test_message_stands_in_the_case_and_in_the_timeline(client, owner, whole):
    assert write(client, whole)["Location"] == page_of(whole)
    message = Message.objects.get(proposal=whole)
    assert (message.author, message.is_from_office) == (owner, False)
    page = client.get(page_of(whole))
    assert "Dürfen wir später anfangen?" in page.text
    assert Event.objects.about(whole).filter(kind=Event.Kind.MESSAGE_SENT).count() == 1


def test_pressing_twice_sends_once(client, whole):
    moment = shown_at(1)
    for _n in range(2):
        write(client, whole, shown_at=moment)
    assert whole.messages.count() == 1
    assert len(recipients("proposal_message_to_office")) == 1


def test_office_hears_of_a_message_and_nobody_else_does(client, whole):
    make_member(whole.applicant)
    write(client, whole)
    assert len(recipients("proposal_message_to_office")) == 1
    assert recipients("proposal_message") == []


def test_answer_goes_to_owner_and_editors_in_their_languages_and_not_to_readers(owner, whole):
    make_member(whole.applicant, user=make_account("grace@example.org", language="ar"))
    make_member(whole.applicant, "reader", make_account("leser@example.org"))
    make_member(whole.applicant, user=make_account("weg@example.org", is_active=False))
    messaging.write(whole, "Ja.", user=make_account(), form_key="a", is_from_office=True)
    assert recipients("proposal_message") == [
        ("ada@example.org", "de"),
        ("grace@example.org", "ar"),
    ]


def test_mail_leads_to_the_message_and_does_not_hold_it(owner, whole):
    messaging.write(whole, "Vertrauliches", user=owner, form_key="a", is_from_office=True)
    text = Email.objects.get(queued_mail__template="proposal_message").message
    assert page_of(whole) in text
    assert "Vertrauliches" not in text


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001, "a\x00b", "\u202e"])
def test_message_that_says_nothing_or_too_much_is_refused_in_words(client, whole, text):
    page = write(client, whole, text)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["text"])
    assert not whole.messages.exists()


def test_refused_message_keeps_what_was_typed(client, whole):
    assert "y" * 4001 in write(client, whole, "y" * 4001).text


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{ 7*7 }}", "a\r\nBcc: x@y.example"]
)
def test_message_is_shown_as_text(client, whole, text):
    write(client, whole, text)
    page = client.get(page_of(whole)).text
    assert "<script>alert(1)" not in page


def test_message_after_handing_in_is_sent_too(client, whole, owner):
    submission.hand_in(whole, user=owner)
    assert write(client, whole).status_code == 302
    assert whole.messages.count() == 1


def test_message_of_a_former_member_stays_without_the_name(client, whole):
    user = make_member(whole.applicant, user=make_account("grace@example.org"))
    write(signed_in(user), whole)
    user.delete()
    page = client.get(page_of(whole)).text
    assert "Dürfen wir später anfangen?" in page
    assert "grace@example.org" not in page


def test_page_takes_as_many_queries_for_more_letters(client, whole, owner, count_queries):
    messaging.write(whole, "Frage", user=owner, form_key="first")
    few = count_queries(page_of(whole))
    for n in range(20):
        messaging.write(whole, f"Frage {n}", user=owner, form_key=f"k{n}")
    assert count_queries(page_of(whole)) == few
