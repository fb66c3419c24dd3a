"""Staff need a second factor on every way in; without it they can only add one."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.core import mail
from django.test import Client

from offenbach_wir.models import Event, QueuedMail, User

from .conftest import SECRET, app_code, code_in, factors, make_user, sign_in

FACTOR = "/de/konto/anmelden/zweiter-faktor/"
BACK_OFFICE = "/verwaltung/"


def enter(client, user):
    sign_in(client, user.email)
    return client.post(FACTOR, {"code": app_code()})


def test_code_by_mail_alone_does_not_open_the_back_office(client, clerk):
    assert sign_in(client, clerk.email)["Location"] == FACTOR
    assert client.get(BACK_OFFICE).status_code == 302


def test_code_by_mail_and_code_of_the_app_open_the_back_office(client, clerk):
    assert enter(client, clerk)["Location"] == BACK_OFFICE
    assert client.get(BACK_OFFICE).status_code == 200


def test_wrong_code_of_the_app_is_refused_and_recorded(client, clerk):
    sign_in(client, clerk.email)
    client.post(FACTOR, {"code": "000000"})
    assert client.get(BACK_OFFICE).status_code == 302
    assert Event.objects.filter(kind=Event.Kind.LOG_IN_FAILED, subject_id=clerk.pk).exists()


def test_emergency_code_opens_the_back_office_once(client, clerk):
    codes = Authenticator.objects.get(user=clerk, type="recovery_codes").wrap().get_unused_codes()
    sign_in(client, clerk.email)
    client.post(FACTOR, {"code": codes[0]})
    assert client.get(BACK_OFFICE).status_code == 200
    other = Client()
    sign_in(other, clerk.email)
    other.post(FACTOR, {"code": codes[0]})
    assert other.get(BACK_OFFICE).status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        BACK_OFFICE,
        "/verwaltung/projects/project/",
        "/de/konto/",
        "/de/konto/adresse/",
        "/de/konto/daten/",
    ],
)
def test_staff_without_a_factor_is_led_to_adding_one(client, newcomer, path):
    sign_in(client, newcomer.email)
    assert client.get(path)["Location"].endswith("/konto/sicherheit/")


def test_staff_without_a_factor_can_write_nothing(client, newcomer):
    sign_in(client, newcomer.email)
    client.post("/verwaltung/projects/project/add/", {"number": "X"})
    client.post("/de/konto/adresse/", {"email": "dieb@example.org", "action_add": ""})
    assert User.objects.get(pk=newcomer.pk).email == newcomer.email
    assert len(mail.outbox) == 1


def test_adding_the_app_opens_the_back_office(client, newcomer):
    sign_in(client, newcomer.email)
    page = client.get("/de/konto/sicherheit/app/")
    counter = int(time.time()) // 30
    code = auth.format_hotp_value(auth.hotp_value(page.context["form"].secret, counter))
    answer = client.post("/de/konto/sicherheit/app/", {"code": code})
    assert answer["Location"] == "/de/konto/sicherheit/notfallcodes/"
    assert client.get(answer["Location"]).status_code == 200
    assert client.get(BACK_OFFICE).status_code == 200
    assert set(factors(newcomer)) == {"totp", "recovery_codes"}


def test_staff_keeps_the_last_factor(client, clerk):
    enter(client, clerk)
    client.post("/de/konto/bestaetigen/", {"code": _emergency_code(clerk)})
    client.post("/de/konto/sicherheit/app/entfernen/")
    assert "totp" in factors(clerk)


def _emergency_code(user):
    row = Authenticator.objects.get(user=user, type="recovery_codes")
    return row.wrap().get_unused_codes()[0]


def test_sensitive_page_asks_again(client, clerk):
    enter(client, clerk)
    assert client.get("/de/konto/sicherheit/notfallcodes/")["Location"].startswith(
        "/de/konto/bestaetigen/"
    )
    client.post("/de/konto/bestaetigen/", {"code": _emergency_code(clerk)})
    assert client.get("/de/konto/sicherheit/notfallcodes/").status_code == 200


def test_removed_factor_closes_the_back_office_with_the_next_request(client, clerk):
    enter(client, clerk)
    Authenticator.objects.filter(user=clerk).delete()
    assert client.get(BACK_OFFICE)["Location"].endswith("/konto/sicherheit/")


def test_factor_of_the_demo_is_worth_nothing_in_production(client, clerk, settings):
    client.post("/de/demo/editor/einsteigen/", {"ok": "1"})
    settings.IS_DEMO = False
    assert client.get(BACK_OFFICE).status_code == 302


def test_applicant_needs_no_second_factor(client, applicant):
    sign_in(client, applicant.email)
    assert client.get("/de/konto/").status_code == 200


def test_applicant_does_not_get_into_the_back_office(client, applicant):
    sign_in(client, applicant.email)
    assert client.get("/verwaltung/projects/project/", follow=True).status_code == 403


def test_new_factor_is_recorded_and_told_by_mail(
    client, newcomer, django_capture_on_commit_callbacks
):
    sign_in(client, newcomer.email)
    page = client.get("/de/konto/sicherheit/app/")
    counter = int(time.time()) // 30
    code = auth.format_hotp_value(auth.hotp_value(page.context["form"].secret, counter))
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/de/konto/sicherheit/app/", {"code": code})
    assert Event.objects.filter(kind=Event.Kind.FACTOR_ADDED, actor=newcomer).count() == 1
    notices = QueuedMail.objects.filter(template="account_notice", subject_id=newcomer.pk)
    assert notices.count() == 1


def test_change_of_address_leaves_the_second_factor(client, clerk):
    enter(client, clerk)
    client.post("/de/konto/adresse/", {"email": "neue-adresse@example.org", "action_add": ""})
    client.post("/de/konto/registrieren/code/", {"code": code_in(mail.outbox[-1])})
    clerk.refresh_from_db()
    assert clerk.email == "neue-adresse@example.org"
    other = Client()
    sign_in(other, clerk.email)
    assert other.get(BACK_OFFICE).status_code == 302


@pytest.mark.parametrize("path", ["login/", "login/?next=/verwaltung/projects/project/"])
def test_back_office_has_no_log_in_of_its_own(client, db, path):
    assert client.get(f"{BACK_OFFICE}{path}")["Location"].startswith("/de/konto/anmelden/")
    form = {"username": "a", "password": "b"}
    assert client.post(f"{BACK_OFFICE}{path}", form).status_code == 405


@pytest.mark.parametrize("path", ["password_change/", "password_change/done/"])
def test_there_are_no_passwords(administrator, path):
    assert administrator.get(f"{BACK_OFFICE}{path}").status_code == 404


def test_secret_of_the_app_is_on_no_page_afterwards(client, clerk):
    enter(client, clerk)
    for path in ("/de/konto/", "/de/konto/sicherheit/"):
        assert SECRET not in client.get(path).text


def test_switched_off_colleague_is_out_with_the_next_request(client, clerk):
    enter(client, clerk)
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert client.get(BACK_OFFICE).status_code == 302


def test_role_of_nobody_opens_nothing(client, db):
    user = make_user("leer@example.org", factor=True, name="Ohne Rolle")
    User.objects.filter(pk=user.pk).update(is_staff=True)
    enter(client, user)
    assert client.get("/verwaltung/projects/project/").status_code == 403
