"""Handing a case over: what goes out is looked at before, and can be proved afterwards."""

import hashlib
import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from offenbach_wir.models import Event
from projects.proposals import case, handing_over, submission
from projects.proposals.case import State
from projects.proposals.forms.handover import HandOverForm
from projects.proposals.models import Handover, Proposal
from tests.case_factories import HANDED_IN_AT, bring_to, make_case, make_handover, staff
from tests.factories import make_enclosure

from .test_office import case_of, stepped_in


@pytest.fixture
def reviewed(db):
    return make_case(State.REVIEWED)


def sent(proposal, **changes):
    return {
        "seen": proposal.step_number,
        "recipient": "Regierungspräsidium Darmstadt\nLuisenplatz 2\n64283 Darmstadt",
        "handed_over_on": timezone.localdate().isoformat(),
        "note": "Im Portal der Behörde hochgeladen",
        **changes,
    }


def hand_over(client, proposal, **changes):
    return client.post(case_of(proposal, "schritt/hand_over/"), sent(proposal, **changes))


def content(answer):
    return b"".join(answer)


def test_what_goes_out_is_looked_at_before(coordinator, reviewed):
    page = coordinator.get(case_of(reviewed, "uebergabe/"))
    assert f"{reviewed.reference}.pdf" in page.text
    archive = zipfile.ZipFile(
        io.BytesIO(content(coordinator.get(case_of(reviewed, "uebergabe/vorschau.zip"))))
    )
    assert archive.testzip() is None
    letter = coordinator.get(case_of(reviewed, "uebergabe/anschreiben-vorschau.pdf"))
    assert content(letter).startswith(b"%PDF")
    assert not Handover.objects.exists()


def test_step_keeps_letter_statement_and_checksum(coordinator, reviewed):
    page = hand_over(coordinator, reviewed)
    assert page.status_code == 302
    handover = Handover.objects.get(proposal=reviewed)
    assert handover.version == reviewed.versions.first()
    assert handover.statement == reviewed.statement.text
    with handover.letter.open() as letter:
        assert letter.read().startswith(b"%PDF")
    assert len(handover.checksum) == 64
    assert Proposal.objects.get(pk=reviewed.pk).state == State.HANDED_OVER


def test_same_file_with_the_same_checksum_comes_out_again(coordinator, reviewed):
    hand_over(coordinator, reviewed)
    handover = Handover.objects.get(proposal=reviewed)
    reviewed.statement.text = "Später geändert."
    reviewed.statement.save()
    answer = coordinator.get(case_of(reviewed, "uebergabe/uebergeben.zip"))
    assert hashlib.sha256(content(answer)).hexdigest() == handover.checksum
    event = Event.objects.about(reviewed).filter(kind=Event.Kind.EXPORTED).first()
    assert event.detail["checksum"] == handover.checksum


def test_recipient_is_filled_in_and_remembered(coordinator, reviewed, settings):
    assert handing_over.recipient_by_default() == settings.GRANTING_AUTHORITY
    hand_over(coordinator, reviewed, recipient="Anderes Amt")
    assert handing_over.recipient_by_default() == "Anderes Amt"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("recipient", " "),
        ("recipient", "x" * 201),
        ("handed_over_on", "2099-01-01"),
        ("handed_over_on", "gestern"),
    ],
)
def test_odd_hand_over_is_refused(coordinator, reviewed, name, value):
    page = hand_over(coordinator, reviewed, **{name: value})
    assert (page.status_code, list(page.context["form"].errors)) == (422, [name])
    assert not Handover.objects.exists()


def test_file_that_cannot_be_passed_on_holds_the_hand_over_up(coordinator, db):
    proposal = make_case(State.DRAFT)
    row = make_enclosure(proposal, "Zeitplan.png")
    submission.hand_in(proposal, user=proposal.applicant.owner, now=HANDED_IN_AT)
    proposal = bring_to(State.REVIEWED, Proposal.objects.get(pk=proposal.pk))
    type(row).objects.filter(pk=row.pk).update(scan="failed")
    page = hand_over(coordinator, proposal)
    assert (page.status_code, "Zeitplan.png" in page.text) == (422, True)


def test_statement_changed_between_making_the_file_and_the_step_is_noticed(reviewed):
    step = case.STEPS["hand_over"]
    form = HandOverForm(sent(reviewed), proposal=reviewed, step=step, user=staff())
    assert form.is_valid()
    type(reviewed.statement).objects.update(text="Doch nicht.")
    with pytest.raises(ValidationError):
        form.work(Proposal.objects.get(pk=reviewed.pk), timezone.now())
    assert not Handover.objects.exists()


def test_case_of_the_city_is_not_handed_over(coordinator, db):
    proposal = make_case(State.REVIEWED, city=True)
    page = hand_over(coordinator, proposal)
    assert (page.status_code, Handover.objects.exists()) == (422, False)


def test_nothing_was_sent_where_no_letter_is_kept(coordinator, db):
    proposal = make_case(State.REVIEWED)
    make_handover(proposal)
    for page in ("uebergabe/uebergeben.zip", "uebergabe/anschreiben.pdf"):
        assert coordinator.get(case_of(proposal, page)).status_code == 404


def test_assessor_looks_at_nothing_that_goes_out(reviewed):
    client = stepped_in("assessor")
    for page in ("uebergabe/", "uebergabe/vorschau.zip", "uebergabe/anschreiben-vorschau.pdf"):
        assert client.get(case_of(reviewed, page)).status_code == 403
    assert hand_over(client, reviewed).status_code == 403
