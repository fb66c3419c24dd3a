"""Inviting, roles, leaving, handing over, and accounts that an organisation needs."""

import re
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from post_office.models import Email

from offenbach_wir import erasure, retention
from offenbach_wir.models import Event, QueuedMail, User
from programs.models import ApplicantKind
from projects.proposals import members
from projects.proposals.models import Applicant, MemberInvitation, Membership
from tests.accounts.conftest import code_in
from tests.factories import (
    make_account,
    make_applicant,
    make_member,
    make_proposal,
    make_submitted_proposal,
    shown_at,
)

INVITATION = "/de/antraege/einladung/"


@pytest.fixture
def owner(client, db):
    user = make_account("ada@example.org", name="Ada Beispiel")
    client.force_login(user)
    return user


@pytest.fixture
def applicant(owner):
    return make_applicant(owner)


def page_of(applicant, page=""):
    return f"/de/antraege/organisation/{applicant.key}/{page}"


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def invite(applicant, email="grace@example.org", role="editor"):
    """The path of the link in the mail."""
    _invitation, secret = members.invite(
        applicant, email=email, role=role, language="de", by=applicant.owner
    )
    return f"{INVITATION}{secret}/"


def form(**fields):
    values = {"email": "grace@example.org", "role": "editor", "language": "ar"}
    return values | {"shown_at": shown_at(1)} | fields


# --- Inviting -----------------------------------------------------------------------------------
def test_owner_invites_by_mail_in_the_language_chosen(client, applicant):
    client.post(page_of(applicant, "mitglieder/"), form(email="Grace@Example.org"))
    mail = QueuedMail.objects.get(template="member_invited")
    assert (mail.email.to, mail.language) == (["grace@example.org"], "ar")
    assert (mail.area, MemberInvitation.objects.latest("pk").role) == ("proposals", "editor")


def test_link_of_the_mail_opens_the_invitation(client, applicant):
    client.post(page_of(applicant, "mitglieder/"), form(language="de"))
    text = Email.objects.latest("pk").message
    path = re.search(r"http://localhost:8000(/de/antraege/einladung/\S+)", text)[1]
    assert Client().get(path, follow=True).status_code == 200


def test_secret_is_stored_nowhere_but_in_the_mail(applicant):
    secret = invite(applicant).split("/")[-2]
    row = applicant.invitations.values().get()
    assert secret not in str(row)
    assert secret not in str(list(Event.objects.values_list("detail", flat=True)))


def test_pressing_twice_invites_once(client, applicant):
    sent = form()
    for _n in range(2):
        client.post(page_of(applicant, "mitglieder/"), sent)
    assert QueuedMail.objects.filter(template="member_invited").count() == 1


def test_inviting_anew_replaces_the_older_link(client, applicant):
    old, new = invite(applicant), invite(applicant)
    assert Client().get(old, follow=True).status_code == 404
    assert Client().get(new, follow=True).status_code == 200


def test_who_is_there_is_not_invited(client, applicant):
    make_member(applicant, user=make_account("grace@example.org"))
    page = client.post(page_of(applicant, "mitglieder/"), form())
    assert "email" in page.context["form"].errors
    assert not applicant.invitations.exists()


@pytest.mark.parametrize("role", ["owner", "admin", ""])
def test_only_the_two_roles_can_be_given(client, applicant, role):
    client.post(page_of(applicant, "mitglieder/"), form(role=role))
    assert not applicant.invitations.exists()


@pytest.mark.parametrize(
    "email", ["a@example.org,b@example.org", "a@example.org\nBcc: b@x.org", "x"]
)
def test_invitation_goes_to_one_address(client, applicant, email):
    client.post(page_of(applicant, "mitglieder/"), form(email=email))
    assert not applicant.invitations.exists()


@pytest.mark.parametrize("role", ["editor", "reader"])
def test_members_see_the_list_but_do_not_invite(applicant, role):
    client = signed_in(make_member(applicant, role))
    assert client.get(page_of(applicant, "mitglieder/")).status_code == 200
    assert client.post(page_of(applicant, "mitglieder/"), form()).status_code == 403


def test_list_takes_as_many_queries_for_more_members(client, applicant, count_queries):
    for _n in range(2):
        make_member(applicant)
    for_two = count_queries(page_of(applicant, "mitglieder/"))
    for _n in range(5):
        make_member(applicant)
    assert count_queries(page_of(applicant, "mitglieder/")) == for_two


def test_invitation_is_taken_back(client, applicant):
    path = invite(applicant)
    pk = MemberInvitation.objects.latest("pk").pk
    for _n in range(2):
        client.post(page_of(applicant, f"einladungen/{pk}/zuruecknehmen/"), {"ok": "1"})
    assert Client().get(path, follow=True).status_code == 404


# --- Accepting ----------------------------------------------------------------------------------
def test_opening_the_link_changes_nothing(applicant):
    client = signed_in(make_account())
    client.get(invite(applicant), follow=True)
    assert not applicant.memberships.exists()
    assert applicant.invitations.open().exists()


def test_secret_leaves_the_address_bar(client, applicant):
    response = Client().get(invite(applicant))
    assert response["Location"] == INVITATION
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]


def test_accepting_makes_the_person_a_member(applicant):
    user = make_account()
    client = signed_in(user)
    client.get(invite(applicant, role="reader"))
    response = client.post(INVITATION, {"ok": "1"})
    assert response["Location"] == page_of(applicant)
    assert applicant.role_of(user) == "reader"


def test_stranger_signs_in_first_and_comes_back(applicant, mailoutbox):
    make_account("grace@example.org")
    client = Client()
    client.get(invite(applicant))
    page = client.get(INVITATION)
    assert f"/de/konto/anmelden/?next={INVITATION}" in page.text
    assert client.post(INVITATION, {"ok": "1"}).status_code == 200
    client.post("/de/konto/anmelden/", {"email": "grace@example.org", "next": INVITATION})
    response = client.post(
        "/de/konto/anmelden/code/", {"code": code_in(mailoutbox[-1]), "next": INVITATION}
    )
    assert response["Location"] == INVITATION
    client.post(INVITATION, {"ok": "1"})
    assert applicant.memberships.get().user.email == "grace@example.org"


def test_newcomer_registers_and_comes_back(applicant, mailoutbox):
    client = Client()
    client.get(invite(applicant))
    client.post(
        "/de/konto/registrieren/",
        {"email": "neu@example.org", "next": INVITATION, "shown_at": shown_at(1)},
    )
    response = client.post("/de/konto/registrieren/code/", {"code": code_in(mailoutbox[-1])})
    assert response["Location"] == INVITATION
    client.post(INVITATION, {"ok": "1"})
    assert applicant.memberships.get().user.email == "neu@example.org"


def test_link_works_once(applicant):
    path = invite(applicant)
    for _n in range(2):
        client = signed_in(make_account())
        client.get(path)
        client.post(INVITATION, {"ok": "1"})
    assert applicant.memberships.count() == 1


def test_old_invitation_opens_nothing(applicant):
    path = invite(applicant)
    MemberInvitation.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert Client().get(path, follow=True).status_code == 404


def test_owner_who_accepts_stays_the_owner(client, applicant):
    client.get(invite(applicant, role="reader"))
    client.post(INVITATION, {"ok": "1"})
    assert applicant.role_of(applicant.owner) == "owner"
    assert not applicant.memberships.exists()


def test_member_who_accepts_again_gets_the_new_role(applicant):
    user = make_member(applicant, "reader")
    client = signed_in(user)
    client.get(invite(applicant, role="editor"))
    client.post(INVITATION, {"ok": "1"})
    assert Membership.objects.get(user=user).role == "editor"


# --- Roles and leaving --------------------------------------------------------------------------
def membership_of(user):
    return Membership.objects.get(user=user)


def test_role_is_changed(client, applicant):
    row = membership_of(make_member(applicant))
    client.post(page_of(applicant, f"mitglieder/{row.pk}/rolle/"), {"role": "reader"})
    row.refresh_from_db()
    assert row.role == "reader"


def test_ownership_is_not_given_by_a_made_up_role(client, applicant):
    row = membership_of(make_member(applicant))
    client.post(page_of(applicant, f"mitglieder/{row.pk}/rolle/"), {"role": "owner"})
    row.refresh_from_db()
    assert row.role == "editor"


def test_removed_member_loses_access_with_the_next_request(client, applicant):
    user = make_member(applicant)
    theirs = signed_in(user)
    proposal = make_proposal(applicant)
    path = page_of(applicant, f"mitglieder/{membership_of(user).pk}/entfernen/")
    assert client.get(path).status_code == 200
    assert theirs.get(page_of(applicant)).status_code == 200
    client.post(path, {"ok": "1"})
    assert theirs.get(page_of(applicant)).status_code == 404
    assert not type(proposal).objects.visible_to(user).exists()


def test_downgraded_editor_writes_no_more(client, applicant):
    user = make_member(applicant)
    row = membership_of(user)
    client.post(page_of(applicant, f"mitglieder/{row.pk}/rolle/"), {"role": "reader"})
    assert signed_in(user).get(page_of(applicant, "bearbeiten/")).status_code == 403


ABOUT_A_MEMBER = ("rolle", "entfernen", "uebergeben")


@pytest.mark.parametrize("step", ABOUT_A_MEMBER)
def test_members_of_others_are_not_there(client, applicant, step):
    row = membership_of(make_member(make_applicant()))
    path = page_of(applicant, f"mitglieder/{row.pk}/{step}/")
    assert client.post(path, {"role": "reader"}).status_code == 404
    assert Membership.objects.get(pk=row.pk).role == "editor"


@pytest.mark.parametrize("step", ABOUT_A_MEMBER)
@pytest.mark.parametrize("role", ["editor", "reader"])
def test_members_do_not_decide_about_members(applicant, step, role):
    user = make_member(applicant, role)
    path = page_of(applicant, f"mitglieder/{membership_of(user).pk}/{step}/")
    assert signed_in(user).post(path, {"role": "editor"}).status_code == 403
    assert membership_of(user).role == role


def test_member_leaves(applicant):
    user = make_member(applicant)
    client = signed_in(user)
    client.post(page_of(applicant, "mitglieder/verlassen/"), {"ok": "1"})
    assert client.get(page_of(applicant)).status_code == 404


def test_owner_cannot_leave(client, applicant):
    client.post(page_of(applicant, "mitglieder/verlassen/"), {"ok": "1"})
    applicant.refresh_from_db()
    assert applicant.role_of(applicant.owner) == "owner"


# --- Handing over -------------------------------------------------------------------------------
def test_handing_over_changes_places(client, applicant):
    old, new = applicant.owner, make_member(applicant, "reader")
    path = page_of(applicant, f"mitglieder/{membership_of(new).pk}/uebergeben/")
    client.post(path, {"ok": "1"})
    applicant = Applicant.objects.get(pk=applicant.pk)
    assert (applicant.role_of(new), applicant.role_of(old)) == ("owner", "editor")
    assert not Membership.objects.filter(user=new).exists()


def test_handing_over_twice_is_refused_the_second_time(client, applicant):
    path = page_of(applicant, f"mitglieder/{membership_of(make_member(applicant)).pk}/uebergeben/")
    client.post(path, {"ok": "1"})
    assert client.post(path, {"ok": "1"}).status_code == 403


def test_nothing_is_handed_to_an_account_that_is_switched_off(client, applicant):
    user = make_member(applicant)
    User.objects.filter(pk=user.pk).update(is_active=False)
    path = page_of(applicant, f"mitglieder/{membership_of(user).pk}/uebergeben/")
    client.post(path, {"ok": "1"})
    applicant.refresh_from_db()
    assert applicant.owner.email == "ada@example.org"


def test_nothing_is_handed_to_somebody_who_has_left(applicant):
    row = membership_of(make_member(applicant))
    members.remove(row, by=applicant.owner)
    assert members.hand_over(applicant, row, by=applicant.owner) is False


def test_former_owner_has_lost_the_right_at_once(applicant):
    old, other = applicant.owner, make_member(applicant)
    members.hand_over(applicant, membership_of(make_member(applicant)), by=old)
    with pytest.raises(PermissionDenied):
        members.remove(membership_of(other), by=old)


def test_steps_stand_in_the_trail_without_names(applicant):
    user = make_member(applicant)
    members.hand_over(applicant, membership_of(user), by=applicant.owner)
    event = Event.objects.about(applicant).get(kind=Event.Kind.OWNERSHIP_HANDED_OVER)
    assert event.detail == {"member": user.pk}


@pytest.mark.django_db(transaction=True)
def test_two_owners_are_never_made_at_once():
    # Tests with real transactions find no content.
    applicant = make_applicant(kind=ApplicantKind.objects.create(slug="club-of-the-test"))
    rows = [membership_of(make_member(applicant)) for _n in range(4)]
    start = threading.Barrier(len(rows))

    def hand_over(row):
        start.wait()
        try:
            members.hand_over(applicant, row, by=applicant.owner)
        except PermissionDenied:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=hand_over, args=[row]) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    roles = [applicant.memberships.filter(user=row.user_id).exists() for row in rows]
    assert sorted(roles) == [False, True, True, True]
    events = Event.objects.about(applicant)
    assert events.filter(kind=Event.Kind.OWNERSHIP_HANDED_OVER).count() == 1


# --- Accounts and data --------------------------------------------------------------------------
def test_owner_of_an_organisation_with_members_cannot_delete_the_account(client, applicant):
    make_member(applicant)
    (obstacle,) = erasure.obstacles_for(applicant.owner_id)
    assert applicant.name in obstacle.sentence
    assert obstacle.url == page_of(applicant, "mitglieder/")
    with pytest.raises(erasure.NotYetError):
        erasure.erase(applicant.owner)
    assert User.objects.filter(pk=applicant.owner_id).exists()


def test_owner_with_a_case_cannot_delete_the_account(applicant):
    make_submitted_proposal(applicant)
    assert erasure.obstacles_for(applicant.owner_id)


def test_page_says_why_the_account_stays(applicant, mailoutbox):
    make_member(applicant)
    client = Client()
    client.post("/de/konto/anmelden/", {"email": "ada@example.org"})
    client.post("/de/konto/anmelden/code/", {"code": code_in(mailoutbox[-1])})
    page = client.post("/de/konto/loeschen/", {"understood": "on"})
    assert page.status_code == 409
    assert page_of(applicant, "mitglieder/") in page.text


def test_organisation_nobody_else_is_in_goes_with_the_account(applicant):
    make_proposal(applicant)
    erasure.erase(applicant.owner)
    assert not Applicant.objects.filter(pk=applicant.pk).exists()
    assert not User.objects.filter(email="ada@example.org").exists()


def test_membership_goes_with_the_account(applicant):
    user = make_member(applicant)
    erasure.erase(user)
    assert not applicant.memberships.exists()
    assert Applicant.objects.filter(pk=applicant.pk).exists()


def test_contact_who_is_not_the_owner_is_cleared(applicant):
    Applicant.objects.filter(pk=applicant.pk).update(
        contact_email="kontakt@example.org", contact_name="Kim"
    )
    erasure.erase("kontakt@example.org")
    applicant.refresh_from_db()
    assert (applicant.contact_name, applicant.contact_email) == ("", "")


def test_own_data_hold_organisation_membership_and_invitation(applicant):
    user = make_member(applicant, user=make_account("grace@example.org"))
    invite(make_applicant(), email=user.email)
    labels = {part.kept.label for part in erasure.parts_of(erasure.person_of(user))}
    assert {"proposals.membership", "proposals.memberinvitation"} <= labels
    labels = {part.kept.label for part in erasure.parts_of(erasure.person_of(applicant.owner))}
    assert "proposals.applicant" in labels


def test_invitations_go_a_week_after_they_ended(applicant):
    invite(applicant)
    MemberInvitation.objects.update(expires_at="2020-01-01T00:00:00Z")
    retention.run()
    assert not applicant.invitations.exists()


def test_unused_organisation_without_proposals_goes_after_two_years(applicant):
    used = make_applicant()
    make_proposal(used)
    Applicant.objects.update(updated_at="2020-01-01T00:00:00Z")
    User.objects.filter(owned_applicants=applicant).update(last_login=None)
    retention.run()
    assert not Applicant.objects.filter(pk=applicant.pk).exists()
    assert Applicant.objects.filter(pk=used.pk).exists()


def test_owner_who_signs_in_keeps_the_organisation(applicant):
    Applicant.objects.update(updated_at="2020-01-01T00:00:00Z")
    retention.run()
    assert Applicant.objects.filter(pk=applicant.pk).exists()
