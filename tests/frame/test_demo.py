"""The demo: stepping in as each role, and the mails that never leave the machine."""

import pytest
from django.core.management import call_command

from offenbach_wir.models import User
from offenbach_wir.roles import ROLES


@pytest.mark.parametrize("role", ROLES)
def test_each_role_can_step_in(client, db, role):
    response = client.post(f"/de/demo/{role}/einsteigen/", {"ok": "1"}, follow=True)
    assert response.redirect_chain == [("/verwaltung/", 302)]
    assert response.status_code == 200
    assert response.context["user"].email == ROLES[role].demo_email


@pytest.mark.parametrize("role", ROLES)
def test_page_offers_each_role(client, db, role):
    assert f'action="/de/demo/{role}/einsteigen/"' in client.get("/de/demo/").text


def test_unknown_role_is_not_found(client, db):
    assert client.post("/de/demo/king/einsteigen/", {"ok": "1"}).status_code == 404


def test_role_whose_account_is_closed_cannot_step_in(client, db):
    User.objects.filter(email=ROLES["editor"].demo_email).update(is_active=False)
    assert client.post("/de/demo/editor/einsteigen/", {"ok": "1"}).status_code == 404


def test_opening_a_link_steps_in_nowhere(client, db):
    assert client.get("/de/demo/editor/einsteigen/").status_code == 405
    assert "_auth_user_id" not in client.session


def test_closed_account_loses_the_back_office_at_once(editor):
    User.objects.filter(email=ROLES["editor"].demo_email).update(is_active=False)
    assert editor.get("/verwaltung/").status_code == 302


def test_stranger_is_led_from_the_back_office_to_the_demo(client, db):
    response = client.get("/verwaltung/", follow=True)
    assert response.redirect_chain[-1][0] == "/de/demo/"


def test_mails_of_the_demo_are_shown(client, db, barrier_report):
    client.post("/de/barriere-melden/", barrier_report)
    assert "Neue Barriere-Meldung" in client.get("/de/demo/mails/").text


def test_demo_accounts_have_no_password(db):
    for role in ROLES.values():
        assert not User.objects.get(email=role.demo_email).has_usable_password()


def test_examples_loaded_twice_stay_the_same(db, capsys):
    call_command("load_demo")
    assert "0 rows new" in capsys.readouterr().out
