"""Who may do what: the table of roles holds on every address of the back office."""

import pytest
from django.contrib import admin

from offenbach_wir import second_factor
from offenbach_wir.models import User
from offenbach_wir.roles import ROLES, make_groups

from .rows import MAKERS

LABELS = sorted(model._meta.label_lower for model in admin.site._registry)


def step_in(client, role):
    client.post(f"/de/demo/{role}/einsteigen/", {"ok": "1"})


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("role", ROLES)
def test_list_opens_for_those_the_table_names(client, db, role, label):
    step_in(client, role)
    may = "view" in ROLES[role].permissions.get(label, ())
    response = client.get(f"/verwaltung/{label.replace('.', '/')}/")
    assert response.status_code == (200 if may else 403)


@pytest.mark.parametrize("label", sorted(MAKERS))
@pytest.mark.parametrize("role", ROLES)
def test_form_opens_for_those_the_table_names(client, db, role, label):
    step_in(client, role)
    row = MAKERS[label](1)
    may = "view" in ROLES[role].permissions.get(label, ())
    response = client.get(f"/verwaltung/{label.replace('.', '/')}/{row.pk}/change/")
    assert response.status_code == (200 if may else 403)


@pytest.mark.parametrize("label", sorted(MAKERS))
def test_history_is_closed_to_those_who_may_not_see_the_row(client, db, label):
    step_in(client, "editor")
    row = MAKERS[label](1)
    may = "view" in ROLES["editor"].permissions.get(label, ())
    response = client.get(f"/verwaltung/{label.replace('.', '/')}/{row.pk}/history/")
    assert response.status_code == (200 if may else 403)


def test_editor_cannot_change_a_line_by_a_form_of_her_own(client, db):
    step_in(client, "editor")
    line = MAKERS["programs.fundingline"](1)
    response = client.post(f"/verwaltung/programs/fundingline/{line.pk}/change/", {"slug": "x"})
    line.refresh_from_db()
    assert (response.status_code, line.slug) == (403, "line-1")


def test_nobody_deletes_the_office(administrator):
    assert administrator.get("/verwaltung/programs/office/1/delete/").status_code == 403


def test_nobody_deletes_a_barrier_report(administrator):
    report = MAKERS["offenbach_wir.barrierreport"](1)
    path = f"/verwaltung/offenbach_wir/barrierreport/{report.pk}/delete/"
    assert administrator.post(path, {"post": "yes"}).status_code == 403


def test_account_of_a_resident_does_not_open_the_back_office(client, db):
    client.force_login(User.objects.create_user("jemand@example.org"))
    response = client.get("/verwaltung/projects/project/")
    assert response.status_code == 302


def test_staff_without_a_role_sees_no_list(client, db):
    client.force_login(User.objects.create_user("neu@example.org", is_staff=True))
    session = client.session
    session[second_factor.TAKEN_AS_GIVEN] = True
    session.save()
    assert client.get("/verwaltung/projects/project/").status_code == 403


def test_right_ends_with_the_next_request(client, db):
    step_in(client, "editor")
    assert client.get("/verwaltung/projects/project/").status_code == 200
    User.objects.get(email=ROLES["editor"].demo_email).groups.clear()
    assert client.get("/verwaltung/projects/project/").status_code == 403


def test_refusal_is_a_page_that_helps(client, db):
    step_in(client, "editor")
    page = client.get("/verwaltung/programs/fundingline/").text
    assert "<html lang=" in page
    assert "Diese Seite" in page


def test_groups_made_again_hold_just_the_rights_of_the_table(db):
    group = User.objects.get(email=ROLES["editor"].demo_email).groups.get()
    group.permissions.clear()
    make_groups()
    wanted = sum(len(actions) for actions in ROLES["editor"].permissions.values())
    assert group.permissions.count() == wanted
