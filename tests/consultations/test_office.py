"""The coordinator at work: agenda, one talk, calls, waiting list; and who may not."""

import datetime
import re

import pytest
from django.utils import timezone
from post_office.models import Email

from consultations.models import (
    Absence,
    Booking,
    OpenedHoliday,
    OpeningHours,
    SpecialHours,
    WaitingEntry,
)
from consultations.office.agenda import PER_PAGE
from offenbach_wir.models import Event

from .conftest import MONDAY, at

pytestmark = pytest.mark.django_db
P = "/verwaltung/beratung/"
Status = Booking.Status
DAY = datetime.timedelta(days=1)


@pytest.fixture
def office_at(client, monkeypatch):
    """office_at(moment) sets the time of the whole portal and steps in as the coordinator."""

    def step_in(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)
        client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
        return client

    return step_in


@pytest.fixture
def office_now(office_at):
    """The coordinator on the Wednesday before the Monday of the tests."""
    return office_at(at(12, day=MONDAY - 5 * DAY))


# --- Agenda ---
def test_the_agenda_shows_the_talks_of_the_day(office_now, make_booking):
    talk = make_booking()
    page = office_now.get(f"{P}?day={MONDAY}").text
    assert f'href="{P}termin/{talk.pk}/"' in page


def test_the_agenda_leaves_out_cancelled_talks(office_now, make_booking):
    make_booking(status=Status.CANCELLED_BY_CLIENT, ended_at=at(8))
    days = office_now.get(f"{P}?day={MONDAY}").context["days"]
    assert [day["talks"] for day in days] == [[]]


def test_the_week_begins_on_monday(office_now):
    days = office_now.get(f"{P}woche/?day={MONDAY + 3 * DAY}").context["days"]
    assert (days[0]["date"], len(days)) == (MONDAY, 7)


def test_the_next_talk_says_all_it_needs(office_now, make_booking, spoken_german):
    make_booking(needs_interpreter=True, access_needs=["hearing_loop"], note="Drei Fragen")
    page = office_now.get(P).text
    box = page.partition('class="next-talk"')[2].partition("</section>")[0]
    assert all(words in box for words in ("Deutsch", "Induktionsschleife", "Drei Fragen"))


def test_a_state_is_said_in_words(office_now, make_booking):
    talk = make_booking()
    page = office_now.get(f"{P}?day={MONDAY}").text
    assert str(talk.get_status_display()) in re.sub(r"<[^>]+>", " ", page)


def test_the_agenda_can_be_narrowed_to_one_person(office_now, make_booking, make_coordinator):
    make_booking()
    other = make_coordinator("Lin Beispiel")
    days = office_now.get(f"{P}?day={MONDAY}&coordinator={other.pk}").context["days"]
    assert days[0]["talks"] == []


def test_the_agenda_says_who_is_away(office_now, coordinator):
    Absence.objects.create(coordinator=coordinator, starts_at=at(8), ends_at=at(18), note="Messe")
    assert "Messe" in office_now.get(f"{P}?day={MONDAY}").text


def test_the_agenda_names_holidays_and_whether_they_are_open(office_now):
    friday = datetime.date(2027, 3, 26)
    days = office_now.get(f"{P}?day={friday}").context["days"]
    assert (days[0]["holiday"], days[0]["is_closed"]) == ("Karfreitag", True)
    OpenedHoliday.objects.create(date=friday)
    assert not office_now.get(f"{P}?day={friday}").context["days"][0]["is_closed"]


@pytest.mark.parametrize(
    "query",
    ["?day=gestern", "?day=0001-01-01", "?day=9999-12-31", "?coordinator=x", "?coordinator=999999"],
)
def test_the_agenda_opens_for_any_address(office_now, query):
    for page in ("", "woche/", "drucken/"):
        assert office_now.get(f"{P}{page}{query}").status_code == 200


def test_the_printed_day_has_what_a_day_needs(office_now, make_booking):
    make_booking(phone="069 90009-111", access_needs=["lift"], needs_interpreter=True)
    page = office_now.get(f"{P}drucken/?day={MONDAY}").text
    assert all(words in page for words in ("Grace Beispiel", "069 90009-111", "Aufzug"))


@pytest.mark.parametrize("page", ["", "woche/", "drucken/", "liste/"])
def test_a_page_takes_as_many_queries_for_more_talks(office_now, make_booking, count_queries, page):
    path = f"{P}{page}?day={MONDAY}"
    make_booking(at(9))
    for_one = count_queries(path)
    for half_hours in range(1, 6):
        make_booking(at(9) + half_hours * datetime.timedelta(minutes=30))
    assert count_queries(path) == for_one


# --- The list ---
@pytest.mark.parametrize(
    ("show", "fields"),
    [
        ("open", {"status": Status.REQUESTED, "email": "", "phone": "069 1", "confirm_by": at(9)}),
        ("ahead", {}),
        ("outcome", {"starts_at": at(9, day=MONDAY - 7 * DAY)}),
        ("interpreter", {"needs_interpreter": True}),
        ("cancelled", {"status": Status.LAPSED, "ended_at": at(8)}),
    ],
)
def test_a_question_of_the_list_finds_its_talks(office_now, make_booking, show, fields):
    talk = make_booking(**fields)
    others = {"open", "ahead", "outcome", "interpreter", "cancelled"} - {show}
    assert talk in office_now.get(f"{P}liste/?show={show}").context["page"]
    if show == "outcome":
        assert all(
            talk not in office_now.get(f"{P}liste/?show={other}").context["page"]
            for other in others
        )


def test_the_list_finds_talks_that_lie_outside_the_hours(office_now, make_booking):
    talk = make_booking()
    assert list(office_now.get(f"{P}liste/?show=touched").context["page"]) == []
    OpeningHours.objects.all().delete()
    assert list(office_now.get(f"{P}liste/?show=touched").context["page"]) == [talk]


@pytest.mark.parametrize("words", ["grace", "BEISPIEL grace", "069 90009-111", "grace@example.org"])
def test_the_list_finds_by_name_and_contact(office_now, make_booking, words):
    talk = make_booking(phone="069 90009-111")
    assert list(office_now.get(f"{P}liste/", {"q": words}).context["page"]) == [talk]


def test_the_list_finds_by_reference(office_now, make_booking):
    talk = make_booking()
    found = office_now.get(f"{P}liste/", {"q": talk.reference.lower()}).context["page"]
    assert list(found) == [talk]


def test_the_list_never_shows_times_that_are_merely_held(office_now, make_booking):
    make_booking(status=Status.HELD, held_until=at(9), name="", email="")
    assert list(office_now.get(f"{P}liste/").context["page"]) == []


@pytest.mark.parametrize("query", ["?q=%00", "?show=x", "?page=x", "?q=%25", "?coordinator=x"])
def test_the_list_opens_for_any_address(office_now, query):
    assert office_now.get(f"{P}liste/{query}").status_code == 200


def test_the_search_of_the_back_office_finds_talks(office_now, make_booking):
    talk = make_booking()
    assert f"{P}termin/{talk.pk}/" in office_now.get("/verwaltung/suche/", {"q": "grace"}).text


def test_the_search_finds_no_talks_for_those_who_may_not_see_them(administrator, make_booking):
    make_booking()
    assert f"{P}termin/" not in administrator.get("/verwaltung/suche/", {"q": "grace"}).text


# --- One talk ---
def test_the_page_of_a_talk_shows_everything(office_now, make_booking):
    talk = make_booking(phone="069 90009-111", note="Drei Fragen", people=3)
    page = office_now.get(f"{P}termin/{talk.pk}/").text
    assert all(words in page for words in (talk.reference, "grace@example.org", "Drei Fragen"))


def test_names_are_shown_as_they_are_and_run_nothing(office_now, make_booking):
    talk = make_booking(name="<script>alert(1)</script>")
    for page in ("", f"termin/{talk.pk}/", "liste/", "drucken/", "woche/"):
        assert "<script>alert" not in office_now.get(f"{P}{page}?day={MONDAY}").text


def test_the_page_of_a_talk_says_that_it_lies_in_an_absence(office_now, make_booking):
    talk = make_booking()
    Absence.objects.create(starts_at=at(8), ends_at=at(18))
    assert len(office_now.get(f"{P}termin/{talk.pk}/").context["problems"]) == 1


def test_other_talks_of_the_same_contact_are_shown(office_now, make_booking):
    talk, other = make_booking(), make_booking(at(10), email="GRACE@example.org")
    assert list(office_now.get(f"{P}termin/{talk.pk}/").context["others"]) == [other]


def test_a_talk_that_is_not_there_is_not_found(office_now, make_booking):
    held = make_booking(status=Status.HELD, held_until=at(9), name="", email="")
    for pk in (held.pk, 999999):
        assert office_now.get(f"{P}termin/{pk}/").status_code == 404


def test_notes_and_video_link_are_saved(office_now, make_booking):
    talk = make_booking()
    data = {"office_note": "Ruft zurück", "video_link": "https://example.org/raum"}
    office_now.post(f"{P}termin/{talk.pk}/notizen/", data)
    talk.refresh_from_db()
    assert (talk.office_note, talk.video_link) == ("Ruft zurück", "https://example.org/raum")


def test_a_broken_video_link_is_refused(office_now, make_booking):
    talk = make_booking()
    data = {"office_note": "x", "video_link": "javascript:alert(1)"}
    office_now.post(f"{P}termin/{talk.pk}/notizen/", data)
    talk.refresh_from_db()
    assert talk.video_link == ""


def test_notes_with_a_mistake_are_shown_again_as_they_were_typed(office_now, make_booking):
    talk = make_booking()
    data = {"office_note": "Ruft zurück", "video_link": "kein Link"}
    page = office_now.post(f"{P}termin/{talk.pk}/notizen/", data).content.decode()
    assert "Ruft zurück" in page
    assert "kein Link" in page


def test_a_talk_by_phone_is_confirmed_by_the_office(office_now, make_booking):
    talk = make_booking(status=Status.REQUESTED, email="", phone="069 90009-111", confirm_by=at(9))
    office_now.post(f"{P}termin/{talk.pk}/bestaetigen/", {"ok": "1"})
    talk.refresh_from_db()
    assert talk.is_confirmed


def test_a_step_is_recorded_without_names(office_now, make_booking):
    talk = make_booking()
    office_now.post(f"{P}termin/{talk.pk}/absagen/", {"message": "Leider krank", "cancel": "1"})
    event = Event.objects.about(talk).get()
    assert (event.kind, event.detail) == (Event.Kind.DECISION, {"step": "cancelled"})


def test_cancelling_asks_first(office_now, make_booking):
    talk = make_booking()
    assert office_now.get(f"{P}termin/{talk.pk}/absagen/").status_code == 200
    talk.refresh_from_db()
    assert talk.is_confirmed


def test_cancelling_tells_the_visitor_with_the_message(office_now, make_booking):
    talk = make_booking()
    office_now.post(f"{P}termin/{talk.pk}/absagen/", {"message": "Wir melden uns.", "cancel": "1"})
    talk.refresh_from_db()
    assert talk.status == Status.CANCELLED_BY_OFFICE
    assert "Wir melden uns." in Email.objects.get().message


def test_a_talk_that_is_over_cannot_be_cancelled(office_at, make_booking):
    talk = make_booking()
    office_at(at(13)).post(f"{P}termin/{talk.pk}/absagen/", {"message": "", "cancel": "1"})
    talk.refresh_from_db()
    assert talk.is_confirmed


def test_moving_offers_free_times(office_now, make_booking):
    talk = make_booking()
    assert office_now.get(f"{P}termin/{talk.pk}/verschieben/").context["table"].total > 0


def test_moving_offers_times_beyond_the_window_of_visitors(office_now, make_booking, rules):
    talk = make_booking()
    table = office_now.get(f"{P}termin/{talk.pk}/verschieben/?from={MONDAY + 28 * DAY}").context[
        "table"
    ]
    assert table.days[0].date == MONDAY + 28 * DAY


def test_moving_takes_the_new_time_and_tells_the_visitor(office_now, make_booking):
    talk = make_booking()
    office_now.post(
        f"{P}termin/{talk.pk}/verschieben/", {"time": at(10).isoformat(), "message": "Bis bald."}
    )
    talk.refresh_from_db()
    assert talk.starts_at == at(10)
    assert "Bis bald." in Email.objects.get().message


def test_moving_to_a_taken_time_changes_nothing_and_offers_others(office_now, make_booking):
    talk = make_booking()
    make_booking(at(10), email="other@example.org")
    answer = office_now.post(
        f"{P}termin/{talk.pk}/verschieben/", {"time": at(10).isoformat(), "message": "Bis bald."}
    )
    talk.refresh_from_db()
    assert (answer.status_code, talk.starts_at) == (409, at(9))
    assert answer.context["alternatives"]
    assert "Bis bald." in answer.text


@pytest.mark.parametrize("outcome", [Status.ATTENDED, Status.NO_SHOW])
def test_the_outcome_is_noted(office_at, make_booking, outcome):
    talk = make_booking()
    office_at(at(13)).post(f"{P}termin/{talk.pk}/ergebnis/", {"outcome": outcome})
    talk.refresh_from_db()
    assert talk.status == outcome


def test_the_outcome_noted_in_the_agenda_leads_back_to_that_day(office_at, make_booking):
    talk = make_booking()
    office = office_at(at(13, day=MONDAY + DAY))
    page = office.get(f"{P}?day={MONDAY}").text
    assert f'action="{P}termin/{talk.pk}/ergebnis/"' in page
    answer = office.post(
        f"{P}termin/{talk.pk}/ergebnis/", {"outcome": "attended", "next": "agenda"}
    )
    assert answer["Location"] == f"{P}?day={MONDAY}"


@pytest.mark.parametrize("outcome", ["confirmed", "", "x"])
def test_anything_else_is_no_outcome(office_at, make_booking, outcome):
    talk = make_booking()
    office_at(at(13)).post(f"{P}termin/{talk.pk}/ergebnis/", {"outcome": outcome, "ok": "1"})
    talk.refresh_from_db()
    assert talk.is_confirmed


def test_the_mail_goes_out_again(office_now, make_booking):
    talk = make_booking()
    office_now.post(f"{P}termin/{talk.pk}/nochmal-senden/", {"ok": "1"})
    assert Email.objects.get().to == ["grace@example.org"]


def test_nothing_goes_out_again_for_a_cancelled_talk(office_now, make_booking):
    talk = make_booking(status=Status.CANCELLED_BY_CLIENT, ended_at=at(8))
    office_now.post(f"{P}termin/{talk.pk}/nochmal-senden/", {"ok": "1"})
    assert not Email.objects.exists()


# --- Somebody calls ---
WISH = "?concern=erstberatung&language=de&channel=phone"
CALLER = {
    "name": "Lin Anruf",
    "phone": "069 90009-112",
    "people": "2",
    "written_language": "de",
}


def test_the_call_begins_with_the_wish(office_now, coordinator):
    page = office_now.get(f"{P}neu/")
    assert (page.status_code, "table" in page.context) == (200, False)


def test_the_wish_shows_free_times(office_now, coordinator):
    assert office_now.get(f"{P}neu/{WISH}").context["table"].total > 0


def test_a_call_makes_a_firm_booking(office_now, coordinator):
    office_now.post(f"{P}neu/{WISH}", CALLER | {"time": at(9).isoformat()})
    talk = Booking.objects.get(name="Lin Anruf")
    assert (talk.is_confirmed, talk.starts_at, talk.people) == (True, at(9), 2)


def test_a_call_may_book_within_the_notice(office_at, coordinator):
    office_at(at(8)).post(f"{P}neu/{WISH}", CALLER | {"time": at(9).isoformat()})
    assert Booking.objects.get(name="Lin Anruf").starts_at == at(9)


def test_a_call_for_a_taken_time_keeps_what_was_typed(office_now, make_booking):
    make_booking()
    answer = office_now.post(f"{P}neu/{WISH}", CALLER | {"time": at(9).isoformat()})
    assert (answer.status_code, answer.context["form"]["name"].value()) == (409, "Lin Anruf")
    assert not Booking.objects.filter(name="Lin Anruf").exists()


def test_a_call_without_a_contact_is_refused(office_now, coordinator):
    data = CALLER | {"phone": "", "time": at(9).isoformat()}
    assert "email" in office_now.post(f"{P}neu/{WISH}", data).context["form"].errors


@pytest.mark.parametrize("time", ["", "x", "2027-01-11T09:00", "9999-12-31T23:59:59+00:00"])
def test_a_call_for_no_time_is_refused_politely(office_now, coordinator, time):
    answer = office_now.post(f"{P}neu/{WISH}", CALLER | {"time": time})
    assert answer.status_code in (400, 409)


def test_a_wish_of_made_up_answers_shows_the_form_again(office_now, coordinator):
    answer = office_now.get(f"{P}neu/?concern=x&language=xx&channel=rauch")
    assert answer.context["wish_form"].errors


# --- The waiting list ---
@pytest.fixture
def entry(concern, spoken_german, coordinator):
    return WaitingEntry.objects.create(
        name="Wer Wartet",
        phone="069 90009-113",
        concern=concern,
        channel="phone",
        language=spoken_german,
        ends_at=at(9, day=MONDAY + 20 * DAY),
    )


def test_the_waiting_list_leads_to_booking(office_now, entry):
    row = office_now.get(f"{P}warteliste/").context["entries"][0]
    page = office_now.get(row["book_url"])
    assert page.context["form"]["name"].value() == "Wer Wartet"


def test_the_waiting_list_shows_everybody_page_by_page(office_now, entry):
    for n in range(PER_PAGE):
        WaitingEntry.objects.create(
            name=f"Wartet {n}",
            phone=entry.phone,
            concern=entry.concern,
            channel=entry.channel,
            language=entry.language,
            ends_at=entry.ends_at,
        )
    first = office_now.get(f"{P}warteliste/")
    second = office_now.get(f"{P}warteliste/?page=2")
    shown = [row["entry"] for answer in (first, second) for row in answer.context["entries"]]
    assert shown == list(WaitingEntry.objects.all())
    assert 'href="?page=2"' in first.text


def test_booking_for_an_entry_takes_it_off_the_list(office_now, entry):
    url = office_now.get(f"{P}warteliste/").context["entries"][0]["book_url"]
    office_now.post(url, CALLER | {"time": at(9).isoformat()})
    assert not WaitingEntry.objects.exists()


def test_a_refused_booking_leaves_the_entry(office_now, entry, make_booking):
    make_booking()
    url = office_now.get(f"{P}warteliste/").context["entries"][0]["book_url"]
    office_now.post(url, CALLER | {"time": at(9).isoformat()})
    assert WaitingEntry.objects.exists()


def test_an_address_that_is_not_confirmed_does_not_wait(office_now, entry):
    WaitingEntry.objects.update(email="x@example.org")
    assert office_now.get(f"{P}warteliste/").context["entries"] == []


def test_the_list_of_those_with_a_phone_only(office_now, entry):
    assert len(office_now.get(f"{P}warteliste/?show=phone").context["entries"]) == 1
    WaitingEntry.objects.update(email="x@example.org", confirmed_at=at(8))
    assert office_now.get(f"{P}warteliste/?show=phone").context["entries"] == []


def test_an_entry_is_taken_off_the_list(office_now, entry):
    office_now.post(f"{P}warteliste/{entry.pk}/loeschen/", {"ok": "1"})
    assert not WaitingEntry.objects.exists()


# --- The start page ---
def entries(office):
    return {entry.panel.key: entry for entry in office.get("/verwaltung/").context["entries"]}


@pytest.mark.parametrize(
    ("key", "fields"),
    [
        (
            "talks_to_confirm",
            {"status": Status.REQUESTED, "email": "", "phone": "069 1", "confirm_by": at(9)},
        ),
        ("talks_touched", {"starts_at": at(8)}),
        ("talks_without_outcome", {"starts_at": at(9, day=MONDAY - 7 * DAY)}),
    ],
)
def test_the_start_page_leads_to_exactly_the_talks_it_counts(office_now, make_booking, key, fields):
    talk = make_booking(**fields)
    entry = entries(office_now)[key]
    assert entry.count == 1
    assert list(office_now.get(entry.url).context["page"]) == [talk]


def test_the_start_page_leads_to_those_who_can_only_be_called(office_now, entry):
    found = entries(office_now)["waiting_by_phone"]
    assert (found.count, len(office_now.get(found.url).context["entries"])) == (1, 1)


def test_the_start_page_takes_at_most_twenty_queries_with_everything_waiting(
    office_now, make_booking, make_coordinator, entry, count_queries, location
):
    waits = {"status": Status.REQUESTED, "email": "", "phone": "069 1", "confirm_by": at(9)}
    make_booking(**waits)
    make_booking(at(8))
    make_booking(at(9, day=MONDAY - 7 * DAY))
    Absence.objects.create(starts_at=at(9), ends_at=at(10))
    SpecialHours.objects.create(
        coordinator=make_coordinator("Lin Beispiel"),
        date=MONDAY,
        opens=datetime.time(9),
        closes=datetime.time(12),
        location=location,
    )
    assert len(entries(office_now)) == 5
    assert count_queries("/verwaltung/") <= 20


# --- Who may not ---
@pytest.mark.parametrize("role", ["editor", "assessor", "administrator"])
def test_only_the_coordinator_reads_talks(client, make_booking, role):
    talk = make_booking()
    client.post(f"/de/demo/{role}/einsteigen/", {"ok": "1"})
    for page in ("", "woche/", "liste/", "drucken/", "neu/", "warteliste/", f"termin/{talk.pk}/"):
        assert client.get(f"{P}{page}").status_code == 403, page


def test_nobody_else_cancels_a_talk(administrator, make_booking):
    talk = make_booking()
    administrator.post(f"{P}termin/{talk.pk}/absagen/", {"message": "", "cancel": "1"})
    talk.refresh_from_db()
    assert talk.is_confirmed


@pytest.mark.parametrize("step", ["notizen", "bestaetigen", "ergebnis", "nochmal-senden"])
def test_a_link_changes_nothing(office_now, make_booking, step):
    talk = make_booking()
    assert office_now.get(f"{P}termin/{talk.pk}/{step}/").status_code == 405
