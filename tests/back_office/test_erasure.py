"""Export and erasure of one person: everything of theirs, nothing of others, with a receipt."""

import datetime
import json

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from post_office.models import STATUS, Email

from consultations.models import Coordinator
from offenbach_wir import erasure
from offenbach_wir.models import (
    BarrierReport,
    Erasure,
    Event,
    Invitation,
    LegalHold,
    QueuedMail,
    User,
)
from tests.factories import make_organisation, make_project, make_talk

ADA = "ada@example.org"
TOMORROW = datetime.datetime(2098, 1, 7, 9, tzinfo=datetime.UTC)


@pytest.fixture
def ada(db):
    user = User.objects.create_user(ADA, name="Ada Beispiel")
    EmailAddress.objects.create(user=user, email=ADA, verified=True, primary=True)
    return user


@pytest.fixture(autouse=True)
def receipts_here(settings, tmp_path):
    settings.ERASURES_DIR = tmp_path / "erasures"


def make_report(contact=ADA, **fields):
    return BarrierReport.objects.create(description="Text", contact=contact, **fields)


def make_mail(to="wir@example.org", **fields):
    defaults = {"from_email": "portal@example.org", "subject": "S", "status": STATUS.sent}
    return Email.objects.create(to=[to], **(defaults | fields))


def hold(row):
    return LegalHold.objects.create(
        subject_type=row._meta.label_lower, subject_id=row.pk, reason="Widerspruch"
    )


def records(who):
    """{label: rows} of an export, whatever the language of its keys."""
    *_others, parts = erasure.export_of(who).values()
    return {list(part.values())[1]: list(part.values())[-1] for part in parts}


def exists(row):
    return type(row)._base_manager.filter(pk=row.pk).exists()


# --- Who is meant -------------------------------------------------------------------------------
def test_person_is_found_by_a_confirmed_second_address(ada):
    EmailAddress.objects.create(user=ada, email="ada2@example.org", verified=True)
    assert erasure.person_of("Ada2@example.org").user_id == ada.pk


def test_unconfirmed_address_leads_to_nobodys_account(ada):
    EmailAddress.objects.create(user=ada, email="else@example.org", verified=False)
    assert erasure.person_of("else@example.org").user_id is None
    assert "else@example.org" not in erasure.person_of(ada).emails


def test_person_without_an_account_is_found_by_the_address(db):
    make_report()
    assert set(records(ADA)) == {"offenbach_wir.barrierreport"}


@pytest.mark.parametrize("other", ["nada@example.org", "ada@example.org.uk", "x.ada@example.org"])
def test_similar_address_is_somebody_else(db, other):
    make_report(contact=other)
    assert records(ADA) == {}


def test_address_beside_a_phone_number_is_found(db):
    make_report(contact="Tel. 069 123, Ada@Example.org")
    assert "offenbach_wir.barrierreport" in records(ADA)


# --- Export -------------------------------------------------------------------------------------
def test_export_can_be_written_as_json(ada):
    make_report()
    Client().force_login(ada)
    assert ADA in json.dumps(erasure.export_of(ada))


def test_export_holds_the_account_in_readable_words(ada):
    (row,) = records(ada)["offenbach_wir.user"]
    assert row["Name"] == "Ada Beispiel"


def test_export_shows_no_secrets(ada):
    client = Client()
    client.force_login(ada)
    Invitation.objects.create(
        email=ADA, name="Ada", secret_hash="geheim", expires_at=timezone.now()
    )
    text = json.dumps(erasure.export_of(ada))
    assert "geheim" not in text
    assert client.session.session_key not in text


def test_export_holds_nothing_of_others(ada):
    User.objects.create_user("bob@example.org", name="Bob")
    make_report(contact="bob@example.org")
    assert "bob" not in json.dumps(erasure.export_of(ada)).lower()


def test_export_says_why_and_how_long(ada):
    text = json.dumps(erasure.export_of(ada), ensure_ascii=False)
    for kept in ("offenbach_wir.user", "account.emailaddress"):
        assert str(erasure.retention.registry()[kept].purpose) in text


# --- Erasure ------------------------------------------------------------------------------------
def test_account_and_all_that_hangs_on_it_is_gone(ada):
    erasure.erase(ada, asked_by=ada)
    assert not exists(ada)
    assert not EmailAddress.objects.filter(email=ADA).exists()


def test_session_ends_with_the_account(ada, client):
    client.force_login(ada)
    key = client.session.session_key
    erasure.erase(ada)
    assert not Session.objects.filter(pk=key).exists()
    assert not UserSession.objects.filter(session_key=key).exists()


def test_reports_and_invitations_are_gone(ada):
    report = make_report()
    invitation = Invitation.objects.create(
        email=ADA, name="Ada", secret_hash="x", expires_at=timezone.now()
    )
    erasure.erase(ADA)
    assert (exists(report), exists(invitation)) == (False, False)


@pytest.mark.parametrize(
    "fields",
    [
        {"to": ADA},
        {"headers": {"Reply-To": ADA}},
        {"message": f"Kontakt: {ADA}"},
        {"context": {"body": f"Kontakt: <{ADA}>"}},
    ],
)
def test_mail_that_mentions_the_person_is_gone(db, fields):
    mail, other = make_mail(**fields), make_mail(to="bob@example.org")
    erasure.erase(ADA)
    assert (exists(mail), exists(other)) == (False, True)


def test_mail_about_a_record_of_the_person_is_gone(db):
    report, mail = make_report(), make_mail()
    QueuedMail.objects.create(
        cause="x",
        template="barrier_report",
        email=mail,
        subject_type="offenbach_wir.barrierreport",
        subject_id=report.pk,
    )
    erasure.erase(ADA)
    assert not exists(mail)


def test_address_of_an_organisation_is_cleared_in_earlier_versions_too(db):
    organisation = make_organisation(email=ADA)
    erasure.erase(ADA)
    organisation.refresh_from_db()
    assert organisation.email == ""
    assert not organisation.history.filter(email=ADA).exists()


def test_profile_of_a_coordinator_is_gone_with_its_earlier_versions(ada):
    coordinator = Coordinator.objects.create(name="Ada Beispiel", user=ada)
    coordinator.create_translation("de", role="Rolle", introduction="Ada berät.")
    erasure.erase(ada)
    assert not exists(coordinator)
    assert not Coordinator.history.filter(id=coordinator.pk).exists()
    assert not coordinator.translations.model.history.filter(master_id=coordinator.pk).exists()


def test_content_stays_but_forgets_who_changed_it(ada):
    project = make_project(review_asked_by=ada)
    project.history.update(history_user=ada)
    erasure.erase(ada)
    project.refresh_from_db()
    assert project.review_asked_by is None
    assert not project.history.filter(history_user_id=ada.pk).exists()
    assert not project.history.filter(review_asked_by_id=ada.pk).exists()


def test_audit_trail_stays_and_knows_a_number_only(ada):
    event = Event.objects.create(kind=Event.Kind.LOG_IN, actor_id=ada.pk)
    receipt = erasure.erase(ada)
    assert exists(event)
    assert receipt.rows["offenbach_wir.event"] == {"done": "stays", "count": 1, "held": 0}


def test_receipt_holds_counts_and_keys_and_no_address(ada):
    receipt = erasure.erase(ada, asked_by=ada)
    assert receipt.rows["offenbach_wir.user"] == {
        "done": "delete",
        "count": 1,
        "held": 0,
        "keys": [ada.pk],
    }
    assert ADA not in json.dumps(receipt.rows) + receipt.person


def test_erasure_stands_in_the_trail(ada, db):
    officer = User.objects.create_user("amt@example.org")
    receipt = erasure.erase(ada, asked_by=officer)
    event = Event.objects.about(receipt).get()
    assert (event.kind, event.actor_id) == (Event.Kind.ERASED, officer.pk)
    assert ADA not in json.dumps(event.detail)


def test_second_erasure_finds_nothing_more(ada):
    erasure.erase(ada)
    assert erasure.erase(ADA).rows == {}


def test_nothing_is_erased_when_one_step_fails(ada, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(erasure.events, "record", fail)
    with pytest.raises(RuntimeError):
        erasure.erase(ada)
    assert exists(ada)


# --- Legal holds --------------------------------------------------------------------------------
def test_held_report_stays_and_the_receipt_says_so(db):
    held, free = make_report(), make_report()
    hold(held)
    receipt = erasure.erase(ADA)
    assert (exists(held), exists(free)) == (True, False)
    entry = receipt.rows["offenbach_wir.barrierreport"]
    assert (entry["count"], entry["held"]) == (1, 1)


def test_held_account_stays_with_its_addresses(ada):
    hold(ada)
    erasure.erase(ada)
    assert exists(ada)
    assert EmailAddress.objects.filter(user=ada).exists()


# --- After a restore ----------------------------------------------------------------------------
def erased_then_restored(ada, django_capture_on_commit_callbacks):
    """The account erased, and then back as a restore would bring it, without the receipt."""
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(ada)
    Erasure.objects.all().delete()
    return User.objects.create(pk=ada.pk, email=ADA, date_joined=ada.date_joined)


def test_restored_account_is_erased_again(ada, django_capture_on_commit_callbacks, capsys):
    restored = erased_then_restored(ada, django_capture_on_commit_callbacks)
    Coordinator.objects.create(name="Ada Beispiel", user=restored)
    call_command("reapply_erasures")
    assert not exists(restored)
    assert not Coordinator.objects.filter(name="Ada Beispiel").exists()
    assert "offenbach_wir.user 1" in capsys.readouterr().out


def test_receipt_lost_by_the_restore_is_stored_again(ada, django_capture_on_commit_callbacks):
    erased_then_restored(ada, django_capture_on_commit_callbacks)
    call_command("reapply_erasures", verbosity=0)
    assert Erasure.objects.count() == 1


def test_new_row_with_the_number_of_an_erased_one_is_left_alone(db):
    report = make_report()
    erasure.erase(ADA)
    newer = make_report(contact="bob@example.org", pk=report.pk)
    BarrierReport.objects.filter(pk=newer.pk).update(
        created_at=timezone.now() + datetime.timedelta(days=1)
    )
    call_command("reapply_erasures")
    assert exists(newer)


def test_second_time_nothing_is_left(ada, capsys):
    erasure.erase(ada)
    call_command("reapply_erasures")
    assert "nothing left" in capsys.readouterr().out


# --- Command ------------------------------------------------------------------------------------
def test_command_shows_first(ada, capsys):
    call_command("erase_person", ADA)
    assert "offenbach_wir.user: 1 delete" in capsys.readouterr().out
    assert exists(ada)


def test_command_erases_when_told_to(ada, capsys):
    call_command("erase_person", ADA, "--yes")
    assert not exists(ada)


@pytest.mark.parametrize("number", ["069 90009-321", "069/90009321", "+49 69 90009 321"])
def test_person_who_left_a_phone_number_only_is_found_by_it(number, db):
    talk = make_talk(email="", phone="069 90009-321")
    make_talk(TOMORROW, email="", phone="069 90009-322")
    found = erasure.parts_of(erasure.person_of(number))
    assert [(part.kept.label, part.free) for part in found] == [
        ("consultations.booking", [talk.pk])
    ]


def test_erasure_by_phone_number_leaves_a_receipt(db):
    talk = make_talk(email="", phone="069 90009-321")
    receipt = erasure.erase("069 90009-321")
    assert receipt.rows["consultations.booking"]["count"] == 1
    assert not type(talk).objects.filter(pk=talk.pk).exists()


def test_text_without_digits_is_nobodys_number(db):
    make_talk(email="", phone="069 90009-321")
    assert erasure.parts_of(erasure.person_of("niemand")) == []
