"""Inviting colleagues, giving roles, switching off, helping after a lost phone."""

import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client

from offenbach_wir import team
from offenbach_wir.models import Event, Invitation, QueuedMail, User
from offenbach_wir.roles import ROLES

from .conftest import make_user, sign_in

TEAM = "/verwaltung/offenbach_wir"


def roles(*names):
    return list(Group.objects.filter(name__in=names))


def invite(email="kollege@example.org", *names, **fields):
    """The path of the link in the mail."""
    fields = {"name": "Kim Kollege", "invited_by": None} | fields
    _invitation, link = team.invite(email=email, roles=roles(*(names or ("editor",))), **fields)
    return link.removeprefix("http://localhost:8000")


@pytest.fixture
def administrators(db):
    """The demo's administrator, as the one administrator there is."""
    return User.objects.get(email=ROLES["administrator"].demo_email)


def test_administrator_invites_by_form(administrator):
    form = {"email": "Neu@Example.org", "name": "Neu", "language": "de"}
    form["roles"] = [group.pk for group in roles("editor")]
    answer = administrator.post(f"{TEAM}/invitation/add/", form)
    assert answer.status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.roles.get().name) == ("neu@example.org", "editor")
    assert QueuedMail.objects.get(template="invitation").email.to == ["neu@example.org"]


def test_page_after_inviting_says_where_the_mail_goes(administrator):
    page = administrator.post(
        f"{TEAM}/invitation/add/",
        {
            "email": "neu@example.org",
            "name": "Neu Beispiel",
            "language": "de",
            "roles": [group.pk for group in roles("editor")],
        },
        follow=True,
    )
    assert "Die Einladung ist unterwegs an neu@example.org." in page.text


def test_invitation_makes_a_confirmed_account_with_its_roles(client, db):
    path = invite()
    client.get(path)
    client.post("/de/konto/einladung/")
    user = User.objects.get(email="kollege@example.org")
    assert (user.is_staff, user.name, user.groups.get().name) == (True, "Kim Kollege", "editor")
    assert client.get("/verwaltung/")["Location"].endswith("/konto/sicherheit/")


def test_opening_the_link_changes_nothing(client, db):
    path = invite()
    client.get(client.get(path)["Location"])
    assert not User.objects.filter(email="kollege@example.org").exists()


def test_secret_leaves_the_address_bar(client, db):
    response = client.get(invite())
    assert response["Location"] == "/de/konto/einladung/"
    assert response["Referrer-Policy"] == "no-referrer"


def test_invitation_works_once(client, db):
    path = invite()
    client.get(path)
    client.post("/de/konto/einladung/")
    other = Client()
    other.get(path)
    assert other.post("/de/konto/einladung/").status_code == 404
    assert other.get("/de/konto/").status_code == 302


def test_second_invitation_replaces_the_first(client, db):
    first, second = invite(), invite()
    client.get(first)
    assert client.get("/de/konto/einladung/").status_code == 404
    client.get(second)
    assert client.get("/de/konto/einladung/").status_code == 200


def test_old_invitation_opens_nothing(client, db):
    path = invite()
    Invitation.objects.update(expires_at="2020-01-01T00:00:00Z")
    client.get(path)
    assert client.post("/de/konto/einladung/").status_code == 404


def test_invitation_that_was_taken_back_opens_nothing(administrator, db):
    path = invite()
    administrator.post(f"{TEAM}/invitation/{Invitation.objects.get().pk}/zurueckziehen/")
    other = Client()
    other.get(path)
    assert other.post("/de/konto/einladung/").status_code == 404


def test_stored_invitation_does_not_hold_its_secret(db):
    path = invite()
    secret = path.strip("/").rpartition("/")[2]
    assert secret not in str(Invitation.objects.values().get())


def test_invited_applicant_keeps_the_account(client, applicant):
    client.get(invite(applicant.email))
    client.post("/de/konto/einladung/")
    applicant.refresh_from_db()
    assert applicant.is_staff


def test_first_administrator_is_invited_from_the_command_line(client, db):
    out = StringIO()
    call_command("invite", "chefin@example.org", name="Chefin", role=["administrator"], stdout=out)
    path = re.search(r"http://localhost:8000(\S+)", out.getvalue())[1]
    client.get(path)
    client.post("/de/konto/einladung/")
    assert User.objects.get(email="chefin@example.org").groups.get().name == "administrator"


def test_command_refuses_what_is_no_address(db):
    with pytest.raises(CommandError, match="no e-mail address"):
        call_command("invite", "kaputt", name="X", role=["editor"])


def test_new_roles_hold_with_the_next_request(administrator, db):
    user = make_user("wechsel@example.org", "editor", factor=True)
    form = {"name": "W", "language": "de", "roles": [g.pk for g in roles("coordinator")]}
    administrator.post(f"{TEAM}/user/{user.pk}/change/", form)
    assert [group.name for group in user.groups.all()] == ["coordinator"]
    event = Event.objects.get(kind=Event.Kind.ROLES_CHANGED)
    assert event.detail == {"added": ["coordinator"], "removed": ["editor"]}


def test_colleague_without_any_role_is_no_staff_any_more(administrator, db):
    user = make_user("weg@example.org", "editor")
    administrator.post(f"{TEAM}/user/{user.pk}/change/", {"name": "W", "language": "de"})
    user.refresh_from_db()
    assert not user.is_staff


def test_last_administrator_cannot_give_up_the_role(administrator, administrators):
    form = {"name": "A", "language": "de", "roles": [g.pk for g in roles("editor")]}
    administrator.post(f"{TEAM}/user/{administrators.pk}/change/", form)
    assert administrators.groups.filter(name="administrator").exists()


def test_last_administrator_cannot_be_switched_off(administrator, administrators):
    administrator.post(f"{TEAM}/user/{administrators.pk}/schritt/abschalten/")
    administrators.refresh_from_db()
    assert administrators.is_active


def test_switching_off_ends_sessions_and_is_recorded(administrator, applicant):
    other = Client()
    sign_in(other, applicant.email)
    administrator.post(f"{TEAM}/user/{applicant.pk}/schritt/abschalten/")
    assert other.get("/de/konto/").status_code == 302
    assert Event.objects.filter(kind=Event.Kind.DEACTIVATED, subject_id=applicant.pk).exists()


def test_switched_off_account_can_be_switched_on_again(administrator, applicant):
    for step in ("abschalten", "einschalten"):
        administrator.post(f"{TEAM}/user/{applicant.pk}/schritt/{step}/")
    assert sign_in(Client(), applicant.email)["Location"] == "/de/konto/"


def test_reset_after_a_lost_phone_leads_to_a_new_factor(administrator, clerk):
    administrator.post(f"{TEAM}/user/{clerk.pk}/schritt/zweiten-faktor-zuruecksetzen/")
    assert not Authenticator.objects.filter(user=clerk).exists()
    other = Client()
    sign_in(other, clerk.email)
    assert other.get("/verwaltung/")["Location"].endswith("/konto/sicherheit/")
    assert Event.objects.filter(kind=Event.Kind.FACTOR_RESET, subject_id=clerk.pk).exists()
    assert QueuedMail.objects.filter(template="account_notice", subject_id=clerk.pk).exists()


@pytest.mark.parametrize("step", ["sitzungen-beenden", "abschalten", "gibt-es-nicht"])
def test_looking_at_the_question_does_nothing(administrator, applicant, step):
    sign_in(Client(), applicant.email)
    administrator.get(f"{TEAM}/user/{applicant.pk}/schritt/{step}/")
    applicant.refresh_from_db()
    assert applicant.is_active
    assert applicant.usersession_set.exists()


def test_step_nobody_knows_is_refused(administrator, applicant):
    path = f"{TEAM}/user/{applicant.pk}/schritt/gibt-es-nicht/"
    assert administrator.post(path).status_code in (403, 404)


def test_administrator_without_a_fresh_proof_is_asked_again(client, db):
    boss = make_user("chefin@example.org", "administrator", factor=True)
    other = make_user("opfer@example.org", "editor")
    from .test_second_factor import enter

    enter(client, boss)
    path = f"{TEAM}/user/{other.pk}/schritt/abschalten/"
    assert client.post(path)["Location"].startswith("/de/konto/bestaetigen/")
    other.refresh_from_db()
    assert other.is_active


def test_invitation_of_a_colleague_who_is_there_is_refused_with_a_reason(administrator, clerk):
    form = {"email": clerk.email, "name": "N", "language": "de"}
    form["roles"] = [group.pk for group in roles("editor")]
    page = administrator.post(f"{TEAM}/invitation/add/", form)
    assert page.status_code == 200
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", ["editor", "coordinator", "assessor"])
def test_only_administrators_invite(client, db, role):
    client.post(f"/de/demo/{role}/einsteigen/", {"ok": "1"})
    assert client.post(f"{TEAM}/invitation/add/", {"email": "x@example.org"}).status_code == 403
