"""The audit trail only grows, and holds no secrets."""

import pytest
from django.db import DatabaseError, connection, transaction

from offenbach_wir import events
from offenbach_wir.models import AppendOnlyError, Event
from projects.models import District

from .conftest import SECRET, code_in, sign_in


@pytest.fixture
def event(db):
    return events.record(Event.Kind.EXPORTED)


def test_event_cannot_be_saved_again(event):
    event.kind = Event.Kind.DELETED
    with pytest.raises(AppendOnlyError):
        event.save()


@pytest.mark.parametrize("change", ["update", "delete"])
def test_events_cannot_be_changed_in_bulk(event, change):
    with pytest.raises(AppendOnlyError):
        getattr(Event.objects.all(), change)(**({"kind": "x"} if change == "update" else {}))


def test_event_cannot_be_deleted(event):
    with pytest.raises(AppendOnlyError):
        event.delete()


def test_database_itself_refuses_to_change_an_event(event):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE offenbach_wir_event SET kind = 'x'")
    assert Event.objects.get().kind == Event.Kind.EXPORTED


def test_event_holds_no_address_of_the_sender(client, applicant):
    sign_in(client, applicant.email)
    event = Event.objects.get(kind=Event.Kind.LOG_IN)
    assert event.sender
    assert "127.0.0.1" not in str(Event.objects.values().get(pk=event.pk))


def test_trail_holds_neither_codes_nor_addresses(client, clerk, mailoutbox):
    sign_in(client, clerk.email)
    kept = str(list(Event.objects.values()))
    for secret in (code_in(mailoutbox[-1]), SECRET, clerk.email):
        assert secret not in kept


def test_refusal_is_recorded_with_the_address_and_not_the_reason(client, db):
    client.post("/de/demo/editor/einsteigen/", {"ok": "1"})
    client.get("/verwaltung/offenbach_wir/user/")
    event = Event.objects.get(kind=Event.Kind.DENIED)
    assert event.detail == {"address": "admin:offenbach_wir_user_changelist"}


def test_limit_is_recorded_once_and_not_for_each_request(client, db, limit):
    limit("search", 1)
    for _n in range(4):
        client.get("/de/suche/", {"q": "Garten"})
    assert Event.objects.get(kind=Event.Kind.LIMITED).detail == {"scope": "search"}


def test_deletion_for_good_is_recorded(administrator, db):
    district = District.objects.create(name="Probeort", slug="probeort")
    path = f"/verwaltung/projects/district/{district.pk}/delete/"
    administrator.post(path, {"post": "yes"})
    event = Event.objects.get(kind=Event.Kind.DELETED)
    assert (event.subject_type, event.subject_id) == ("projects.district", district.pk)


def test_deletion_of_several_for_good_is_recorded_one_by_one(administrator, db):
    rows = [District.objects.create(name=f"Ort {n}", slug=f"ort-{n}") for n in range(2)]
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in rows]}
    administrator.post("/verwaltung/projects/district/", chosen | {"post": "yes"})
    assert Event.objects.filter(kind=Event.Kind.DELETED).count() == 2
