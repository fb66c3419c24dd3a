"""Hours, absences, concerns in the back office: nothing booked is ever dropped unseen."""

import datetime

import pytest
from django.utils import timezone

from consultations.models import (
    Absence,
    Booking,
    Concern,
    Coordinator,
    OpeningHours,
    SpecialHours,
)
from offenbach_wir.models import User
from offenbach_wir.roles import ROLES

from .conftest import MONDAY, at

pytestmark = pytest.mark.django_db
P = "/verwaltung/consultations/"
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """The Wednesday before the Monday of the tests."""
    monkeypatch.setattr(timezone, "now", lambda: at(12, day=MONDAY - 5 * DAY))


@pytest.fixture
def office(client):
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    return client


@pytest.fixture
def hours(coordinator):
    return OpeningHours.objects.get(coordinator=coordinator)


@pytest.fixture
def talk(make_booking):
    return make_booking()


def form_of(row):
    return f"{P}{row._meta.model_name}/{row.pk}/change/"


def hidden_fields(response):
    """What the page of touched talks sends again."""
    return dict(response.context["typed"])


def seen(response):
    return hidden_fields(response) | {"touched_seen": response.context["seen"]}


# --- Weekly and special hours ---
def test_weekly_hours_are_entered_once(office, coordinator, location):
    data = {
        **{"coordinator": coordinator.pk, "weekday": "2", "opens": "14:00", "closes": "18:00"},
        **{"valid_from": "2027-01-01", "by_phone": "on"},
    }
    office.post(f"{P}openinghours/add/", data)
    row = OpeningHours.objects.get(weekday=2, coordinator=coordinator)
    assert (row.opens, row.channels) == (datetime.time(14), {"phone"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"closes": "13:00"},
        {"by_phone": ""},
        {"on_site": "on"},
        {"valid_until": "2026-12-31"},
        {"opens": "25:00"},
        {"opens": "14:02"},
        {"closes": "17:59:30"},
    ],
    ids=[
        *("end before start", "no way to talk", "no place", "ends before it begins", "no time"),
        *("off the steps", "seconds"),
    ],
)
def test_hours_that_make_no_sense_are_explained(office, coordinator, wrong):
    data = {
        **{"coordinator": coordinator.pk, "weekday": "2", "opens": "14:00", "closes": "18:00"},
        **{"valid_from": "2027-01-01", "by_phone": "on"},
    }
    answer = office.post(f"{P}openinghours/add/", data | wrong)
    assert answer.context["errors"]
    assert not OpeningHours.objects.filter(weekday=2, coordinator=coordinator).exists()


def test_own_hours_are_suggested_first(office, coordinator):
    coordinator.user = User.objects.get(email=ROLES["coordinator"].demo_email)
    coordinator.save()
    form = office.get(f"{P}openinghours/add/").context["adminform"].form
    assert form.initial["coordinator"] == coordinator.pk


def test_hours_that_nobody_booked_are_changed_at_once(office, hours, save):
    assert save(office, form_of(hours), opens="10:00").status_code == 302


def test_a_change_that_touches_a_talk_shows_it_first(office, hours, talk, save):
    answer = save(office, form_of(hours), opens="10:00")
    hours.refresh_from_db()
    assert (answer.status_code, hours.opens) == (409, datetime.time(9))
    assert f"/verwaltung/beratung/termin/{talk.pk}/verschieben/" in answer.text
    assert f"/verwaltung/beratung/termin/{talk.pk}/absagen/" in answer.text


def test_nothing_is_said_or_logged_of_a_change_that_was_stopped(office, hours, talk, save):
    save(office, form_of(hours), opens="10:00")
    assert list(office.get(form_of(hours)).context["messages"]) == []


def test_saving_all_the_same_keeps_the_talk(office, hours, talk, save):
    page = save(office, form_of(hours), opens="10:00")
    assert office.post(form_of(hours), seen(page)).status_code == 302
    hours.refresh_from_db()
    talk.refresh_from_db()
    assert (hours.opens, talk.is_confirmed, talk.starts_at) == (datetime.time(10), True, at(9))


def test_going_back_keeps_what_was_typed(office, hours, talk, save):
    page = save(office, form_of(hours), opens="10:00")
    back = office.post(form_of(hours), hidden_fields(page) | {"touched_back": "1"})
    hours.refresh_from_db()
    assert back.context["adminform"].form["opens"].value() == "10:00"
    assert hours.opens == datetime.time(9)


def test_a_talk_booked_meanwhile_is_shown_too(office, hours, talk, save, make_booking):
    page = save(office, form_of(hours), opens="10:00")
    other = make_booking(at(9, 30))
    again = office.post(form_of(hours), seen(page))
    hours.refresh_from_db()
    assert (again.status_code, hours.opens) == (409, datetime.time(9))
    assert other.reference in again.text


def test_deleting_hours_shows_the_talks_first(office, hours, talk):
    path = f"{P}openinghours/{hours.pk}/delete/"
    page = office.post(path, {"post": "yes"})
    assert (page.status_code, OpeningHours.objects.filter(pk=hours.pk).exists()) == (409, True)
    assert office.post(path, seen(page)).status_code == 302
    assert not OpeningHours.objects.filter(pk=hours.pk).exists()
    assert Booking.objects.filter(pk=talk.pk).exists()


def test_hours_are_not_deleted_many_at_once(office, hours):
    assert "delete_selected" not in office.get(f"{P}openinghours/").text


def test_special_hours_instead_of_the_weekly_ones_show_the_talks(office, coordinator, talk):
    data = {
        **{"coordinator": coordinator.pk, "date": f"{MONDAY}", "opens": "14:00"},
        **{"closes": "16:00", "by_phone": "on", "replaces_weekly": "on"},
    }
    assert office.post(f"{P}specialhours/add/", data).status_code == 409
    assert not SpecialHours.objects.exists()


def test_whoever_may_not_read_talks_sees_no_names(administrator, hours, talk, save):
    page = save(administrator, form_of(hours), opens="10:00")
    assert page.status_code == 409
    assert "Grace" not in page.text
    assert "/verschieben/" not in page.text


# --- Absences ---
def absence(**fields):
    return {
        "coordinator": "",
        "starts_at": f"{MONDAY}T08:00",
        "ends_at": f"{MONDAY}T18:00",
        "note": "",
    } | fields


def test_an_absence_is_entered(office, coordinator):
    office.post(f"{P}absence/add/", absence(coordinator=coordinator.pk))
    assert Absence.objects.get().starts_at == at(8)


def test_an_absence_shows_the_talks_it_touches(office, talk):
    page = office.post(f"{P}absence/add/", absence())
    assert (page.status_code, Absence.objects.count()) == (409, 0)
    office.post(f"{P}absence/add/", seen(page))
    talk.refresh_from_db()
    assert (Absence.objects.count(), talk.is_confirmed) == (1, True)


def test_an_absence_of_somebody_else_touches_nothing(office, talk, make_coordinator):
    other = make_coordinator("Lin Beispiel")
    assert office.post(f"{P}absence/add/", absence(coordinator=other.pk)).status_code == 302


def test_an_absence_that_ends_before_it_begins_is_refused(office):
    answer = office.post(f"{P}absence/add/", absence(ends_at=f"{MONDAY}T07:00"))
    assert answer.context["errors"]


@pytest.mark.parametrize("name", ["starts_at", "ends_at"])
def test_a_time_that_the_clock_skips_is_explained(office, name):
    answer = office.post(f"{P}absence/add/", absence(**{name: "2027-03-28T02:30"}))
    error = answer.context["adminform"].form.errors.as_data()[name][0]
    assert error.code == "no_such_time"


@pytest.mark.parametrize(("opens", "closes"), [("02:30", "04:00"), ("01:00", "02:30")])
def test_special_hours_at_a_time_that_the_clock_skips_are_explained(
    office, coordinator, opens, closes
):
    data = {
        **{"coordinator": coordinator.pk, "date": "2027-03-28", "opens": opens, "closes": closes},
        **{"by_phone": "on"},
    }
    answer = office.post(f"{P}specialhours/add/", data)
    assert "2:30" in str(answer.context["adminform"].form.errors)
    assert not SpecialHours.objects.exists()


def test_an_absence_covers_both_hours_that_the_clock_shows_twice(office):
    twice = "2027-10-31T02:30"
    office.post(f"{P}absence/add/", absence(starts_at=twice, ends_at=twice))
    row = Absence.objects.get()
    assert row.ends_at - row.starts_at == datetime.timedelta(hours=1)


@pytest.mark.parametrize("value", ["", "morgen", "0001-01-01T00:00", "9999-12-31T23:59"])
def test_anything_else_is_no_moment(office, value):
    answer = office.post(f"{P}absence/add/", absence(starts_at=value))
    assert answer.context["adminform"].form.errors["starts_at"]


def test_past_absences_are_hidden_until_asked_for(office, coordinator):
    Absence.objects.create(
        starts_at=at(8, day=MONDAY - 30 * DAY), ends_at=at(9, day=MONDAY - 30 * DAY)
    )
    assert office.get(f"{P}absence/").context["cl"].result_count == 0
    assert office.get(f"{P}absence/?when=all").context["cl"].result_count == 1


# --- Concerns, people, rules ---
def test_another_length_shows_the_talks_with_the_old_one(office, talk, concern, save):
    concern.minutes = 30
    concern.save()
    answer = save(office, form_of(concern), minutes="60")
    assert answer.status_code == 409
    office.post(form_of(concern), seen(answer))
    concern.refresh_from_db()
    talk.refresh_from_db()
    assert (concern.minutes, talk.minutes) == (60, 30)


def test_a_concern_no_longer_offered_shows_its_talks(office, talk, concern, fields_of):
    fields = fields_of(office.get(form_of(concern)))
    del fields["is_offered"]
    assert office.post(form_of(concern), fields).status_code == 409
    assert Concern.objects.get(pk=concern.pk).is_offered


def test_an_older_version_of_a_concern_shows_the_talks_it_touches(office, concern, make_booking):
    concern.minutes = 60
    concern.save()
    older = concern.history.first()
    concern.minutes = 30
    concern.save()
    make_booking()
    concern.refresh_from_db()
    path = f"{P}concern/{concern.pk}/history/record/{older.history_id}/"
    assert office.post(path, {"version": concern.version}).status_code == 409
    assert Concern.objects.get(pk=concern.pk).minutes == 30


def test_a_concern_that_is_booked_is_not_deleted(office, talk, concern):
    office.post(f"{P}concern/{concern.pk}/delete/", {"post": "yes"})
    assert not Concern.objects.get(pk=concern.pk).is_binned


def test_switching_bookings_off_shows_the_talks(office, talk, coordinator, fields_of):
    fields = fields_of(office.get(form_of(coordinator)))
    del fields["takes_bookings"]
    page = office.post(form_of(coordinator), fields)
    assert page.status_code == 409
    office.post(form_of(coordinator), seen(page))
    assert not Coordinator.objects.get(pk=coordinator.pk).takes_bookings


def test_a_longer_pause_shows_the_talks_too_close_together(office, make_booking, coordinator, save):
    make_booking()
    make_booking(at(9, 30))
    assert save(office, form_of(coordinator), buffer_minutes="20").status_code == 409


def test_a_text_is_changed_without_a_question(office, talk, concern, save):
    assert save(office, form_of(concern), description="Neu gesagt.").status_code == 302


@pytest.mark.parametrize("wrong", ["0", "7", "300"])
def test_a_length_that_makes_no_sense_is_refused(office, concern, save, wrong):
    assert save(office, form_of(concern), minutes=wrong).context["errors"]


def test_the_rules_are_changed_and_neither_added_nor_deleted(office, rules, save):
    assert save(office, form_of(rules), window_days="21").status_code == 302
    rules.refresh_from_db()
    assert rules.window_days == 21
    assert office.get(f"{P}advicerules/add/").status_code == 403
    assert office.get(f"{P}advicerules/{rules.pk}/delete/").status_code == 403


@pytest.mark.parametrize("role", ["editor", "assessor"])
def test_nobody_else_changes_hours(client, hours, role):
    client.post(f"/de/demo/{role}/einsteigen/", {"ok": "1"})
    assert client.post(form_of(hours), {"opens": "10:00"}).status_code == 403
