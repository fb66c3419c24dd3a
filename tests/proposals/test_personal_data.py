"""What proposals hold about people: exported to them, forgotten when they ask, gone in time."""

import datetime
import json

import pytest
import time_machine
from django.core.files.storage import storages
from django.utils import timezone

from offenbach_wir import erasure, retention
from offenbach_wir.models import User
from projects.proposals import messaging, stored_pdf, submission
from projects.proposals.models import Enclosure, Membership, Proposal, Version
from tests.factories import (
    make_account,
    make_enclosure,
    make_member,
    make_proposal,
    make_whole_proposal,
)

from .conftest import Writer, page_of, signed_in


@pytest.fixture(autouse=True)
def receipts_here(settings, tmp_path):
    settings.ERASURES_DIR = tmp_path / "erasures"


@pytest.fixture
def grace(applicant):
    """A member who wrote, uploaded, asked, and is the contact."""
    return make_member(applicant, user=make_account("grace@example.org", name="Grace Beispiel"))


@pytest.fixture
def whole(applicant, grace):
    proposal = make_whole_proposal(
        applicant, contact_name="Grace Beispiel", contact_email="grace@example.org"
    )
    Writer(signed_in(grace), page_of(proposal, "idee/")).save(title="Gemeinsam singen")
    make_enclosure(proposal, uploaded_by=grace)
    messaging.write(proposal, "Frage von Grace", user=grace, form_key="a")
    return proposal


def everything_about(person):
    return json.dumps(erasure.export_of(person), default=str, ensure_ascii=False)


def test_member_gets_a_copy_of_what_is_kept(whole, grace):
    version = submission.hand_in(whole, user=grace)
    export = everything_about(grace)
    assert "Frage von Grace" in export
    assert "Gemeinsam singen" in export
    assert version.checksum in export


def test_copy_holds_nothing_of_other_organisations(whole, grace):
    make_whole_proposal(title="Fremdes Vorhaben")
    assert "Fremdes Vorhaben" not in everything_about(grace)


def test_copy_holds_no_key_of_an_address(whole, grace):
    assert whole.key not in everything_about(grace)


def test_erased_member_is_named_nowhere_and_the_work_stays(whole, grace):
    erasure.erase(grace)
    whole.refresh_from_db()
    assert not User.objects.filter(pk=grace.pk).exists()
    assert not Membership.objects.filter(user=grace.pk).exists()
    assert (whole.title, whole.contact_name, whole.contact_email) == ("Gemeinsam singen", "", "")
    assert whole.messages.get().author is None
    assert Enclosure.objects.get(proposal=whole).uploaded_by is None
    assert whole.sections.get(key="idee").saved_by is None


def test_page_of_a_proposal_says_former_members_without_a_name(client, whole, grace):
    erasure.erase(grace)
    page = client.get(page_of(whole))
    assert page.status_code == 200
    assert "Grace" not in page.text.replace("Frage von Grace", "")


def test_erasing_the_contact_leaves_the_version_and_forgets_the_pdf(whole, grace):
    version = submission.hand_in(whole, user=grace)
    assert stored_pdf.make(version)
    name = version.pdf.name
    erasure.erase(grace)
    found = Version.objects.get(pk=version.pk)
    assert (found.content, found.checksum) == (version.content, version.checksum)
    assert (found.contact, found.submitted_by, found.pdf.name) == ({}, None, "")
    assert not storages["private"].exists(name)


def test_receipt_and_pdf_are_made_without_the_erased_contact(client, whole, grace):
    submission.hand_in(whole, user=grace)
    erasure.erase(grace)
    page = client.get(page_of(whole, "quittung/"))
    assert page.status_code == 200
    assert "grace@example.org" not in page.text
    assert b"".join(client.get(page_of(whole, "quittung/antrag.pdf"))).startswith(b"%PDF")


# --- In time ------------------------------------------------------------------------------------
def days_ago(days):
    return timezone.now() - datetime.timedelta(days=days)


def idle_since(proposal, days):
    Proposal.objects.filter(pk=proposal.pk).update(updated_at=days_ago(days))
    return proposal


def is_there(proposal):
    return Proposal.objects.filter(pk=proposal.pk).exists()


@pytest.mark.parametrize(("days", "stays"), [(360, True), (370, False)])
def test_draft_that_nobody_touches_for_a_year_goes(applicant, days, stays):
    draft = idle_since(make_proposal(applicant), days)
    retention.run()
    assert is_there(draft) is stays


def test_files_of_an_idle_draft_go_with_it(applicant, django_capture_on_commit_callbacks):
    draft = make_proposal(applicant)
    row = make_enclosure(draft)
    idle_since(draft, 400)
    with django_capture_on_commit_callbacks(execute=True):
        retention.run()
    assert not is_there(draft)
    assert not storages["private"].exists(row.file.name)


def test_writing_keeps_a_draft(client, applicant):
    draft = idle_since(make_proposal(applicant), 400)
    Writer(client, page_of(draft, "idee/")).save(title="Noch da")
    retention.run()
    assert is_there(draft)


def test_proposal_handed_in_stays_however_old(applicant):
    whole = make_whole_proposal(applicant)
    submission.hand_in(whole, user=applicant.owner)
    idle_since(whole, 4000)
    retention.run()
    assert is_there(whole)


@pytest.mark.parametrize(("days", "stays"), [(1000, True), (1200, False)])
def test_withdrawn_proposal_goes_as_a_whole_after_three_years(
    applicant, days, stays, django_capture_on_commit_callbacks
):
    with time_machine.travel(days_ago(days), tick=False):
        whole = make_whole_proposal(applicant)
        version = submission.hand_in(whole, user=applicant.owner)
        stored_pdf.make(version)
        submission.withdraw(whole, user=applicant.owner)
    with django_capture_on_commit_callbacks(execute=True):
        retention.run()
    assert is_there(whole) is stays
    assert Version.objects.filter(pk=version.pk).exists() is stays
    assert storages["private"].exists(version.pdf.name) is stays


@pytest.mark.parametrize(("days", "stays"), [(20, True), (40, False)])
def test_file_removed_from_a_draft_goes_after_a_month(applicant, days, stays):
    draft = make_proposal(applicant)
    row = make_enclosure(draft, removed_at=days_ago(days))
    retention.run()
    assert Enclosure.objects.filter(pk=row.pk).exists() is stays
