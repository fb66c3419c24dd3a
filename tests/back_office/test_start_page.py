"""The start page: what needs me now, and the way to everything I may do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from offenbach_wir import todo
from offenbach_wir.models import User
from offenbach_wir.roles import ROLES
from programs.models import Page
from tests.factories import make_project


def step_in(client, role):
    client.post(f"/de/demo/{role}/einsteigen/", {"ok": "1"})


@pytest.mark.parametrize("role", ROLES)
def test_start_page_takes_at_most_twenty_queries(client, db, role):
    step_in(client, role)
    client.get("/verwaltung/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/verwaltung/").status_code == 200
    assert len(queries) <= 20, [q["sql"][:90] for q in queries]


@pytest.mark.parametrize("role", ROLES)
def test_nobody_is_shown_more_than_seven_entries(db, role):
    user = User.objects.get(email=ROLES[role].demo_email)
    assert len(todo.entries_for(user)) <= 7


def test_entry_leads_to_exactly_the_records_it_counts(client, db):
    step_in(client, "editor")
    page = Page.objects.get(key="impressum")
    page.state = Page.State.REVIEW
    page.save()
    user = User.objects.get(email=ROLES["editor"].demo_email)
    entry = next(e for e in todo.entries_for(user) if e.panel.key == "content_waiting")
    answer = client.get(entry.url)
    assert str(entry.count) in entry.sentence
    assert str(page) in answer.text


def test_number_of_an_entry_is_set_big_and_the_sentence_stays_plain(client, db):
    step_in(client, "editor")
    entry = client.get("/verwaltung/").context["entries"][0]
    assert f"<strong>{entry.count}</strong>" in client.get("/verwaltung/").text
    assert strip_tags(entry.emphasised) == entry.sentence


def test_count_follows_what_happens(db):
    user = User.objects.get(email=ROLES["editor"].demo_email)

    def waiting():
        return sum(e.count for e in todo.entries_for(user) if e.panel.key == "content_waiting")

    before = waiting()
    make_project(state="review")
    assert waiting() == before + 1


def test_panel_of_another_role_is_not_shown(db):
    user = User.objects.get(email=ROLES["assessor"].demo_email)
    assert todo.entries_for(user) == []


def test_assessor_sees_only_what_the_table_gives(client, db):
    step_in(client, "assessor")
    page = client.get("/verwaltung/")
    names = [group["key"] for group in page.context["groups"]]
    assert names == ["proposals", "projects", "funding"]


def test_same_panel_cannot_be_registered_twice():
    panel = next(iter(todo._panels.values()))
    with pytest.raises(ValueError, match="twice"):
        todo.register(panel)
