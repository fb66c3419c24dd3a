"""The page of a project, its dates and who may see it."""

import datetime
import json
import re
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from icalendar import Calendar

from programs.models import FocusArea, OldAddress
from projects.models import Project, ProjectDate, ProjectPicture
from tests.factories import make_organisation, make_picture, make_project

UTC = datetime.UTC
NOW = datetime.datetime(2026, 6, 15, 10, tzinfo=UTC)
MONEY = {
    "total_cost": Decimal("10000.00"),
    "state_share": Decimal("5000.00"),
    "city_share": Decimal("2500.00"),
    "own_share": Decimal("2400.50"),
    "third_party_share": Decimal("99.50"),
}
ATTACK = "</script><script>alert(1)</script><b>Fett</b>"


def page_of(client, project, language="de"):
    response = client.get(f"/{language}/projekte/{project.slug}/")
    assert response.status_code == 200
    return response.content.decode()


def status_of(client, project):
    return client.get(f"/de/projekte/{project.slug}/").status_code


def structured_data(page):
    return json.loads(
        re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL).group(1)
    )


def make_date(project, starts_at, ends_at, title="Treffen", place="Haus"):
    date = ProjectDate.objects.create(
        project=project, starts_at=starts_at, ends_at=ends_at, place=place
    )
    date.create_translation("de", title=title)
    return date


def calendar_of(client, date):
    """The one event of the date's calendar file."""
    response = client.get(f"/de/projekte/{date.project.slug}/termine/{date.pk}.ics")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(response.content).walk("VEVENT")[0]


# --- Who may see it ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["draft", "review", "archived", "deleted"])
def test_project_that_is_not_published_is_not_found(client, db, state):
    assert status_of(client, make_project(state=state)) == 404


def test_scheduled_project_appears_at_its_moment(client, db):
    project = make_project(published_from=NOW)
    with time_machine.travel(NOW - datetime.timedelta(seconds=1), tick=False):
        assert status_of(client, project) == 404
    with time_machine.travel(NOW, tick=False):
        assert status_of(client, project) == 200


def test_project_leaves_at_its_moment(client, db):
    project = make_project(published_until=NOW)
    with time_machine.travel(NOW - datetime.timedelta(seconds=1), tick=False):
        assert status_of(client, project) == 200
    with time_machine.travel(NOW, tick=False):
        assert status_of(client, project) == 404


def test_date_of_a_draft_has_no_calendar_file(client, db):
    project = make_project(state="draft")
    date = make_date(project, NOW, NOW + datetime.timedelta(hours=1))
    assert client.get(f"/de/projekte/{project.slug}/termine/{date.pk}.ics").status_code == 404


def test_date_is_found_at_its_own_project_only(client, db):
    date = make_date(make_project(), NOW, NOW + datetime.timedelta(hours=1))
    other = make_project()
    assert client.get(f"/de/projekte/{other.slug}/termine/{date.pk}.ics").status_code == 404


@pytest.mark.parametrize("pk", ["0", "999999999", "99999999999999999999999999"])
def test_date_that_does_not_exist_is_not_found(client, db, pk):
    project = make_project()
    assert client.get(f"/de/projekte/{project.slug}/termine/{pk}.ics").status_code == 404


@pytest.mark.parametrize("slug", ["gibtsnicht", "x" * 3000, "feed-2", "%F0%9F%8E%89"])
def test_unknown_project_is_not_found(client, db, slug):
    assert client.get(f"/de/projekte/{slug}/").status_code == 404


def test_old_short_name_leads_to_the_new_page(client, db):
    OldAddress.objects.create(path="/projekte/frueher/", target="/projekte/heute/")
    response = client.get("/ar/projekte/frueher/")
    assert (response.status_code, response["Location"]) == (301, "/ar/projekte/heute/")


@pytest.mark.parametrize("language", ["de", "en", "ar"])
def test_every_example_has_a_page(client, db, language):
    for project in Project.objects.published():
        page_of(client, project, language)


# --- Money ---------------------------------------------------------------------------------------


def test_money_is_told_as_text_with_percentages(client, db):
    page = page_of(client, make_project(**MONEY))
    text = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert "10.000 € insgesamt" in text
    assert "Land Hessen: 5.000 € (50 %)" in text
    assert "Stadt Offenbach: 2.500 € (25 %)" in text
    assert "Eigenmittel: 2.400,50 € (24 %)" in text
    assert "Andere: 99,50 € (1 %)" in text


@pytest.mark.parametrize("language", ["de", "en", "ar"])
def test_parts_of_the_bar_stand_side_by_side_and_fill_it(client, db, language):
    page = page_of(client, make_project(**MONEY), language)
    bar = re.search(r'<svg class="money-bar".*?</svg>', page, re.DOTALL).group(0)
    parts = [
        (float(x), float(width))
        for x, width in re.findall(r'x="([^"]+)"[^>]* width="([^"]+)"', bar)
    ]
    assert [x for x, _width in parts] == [0.0, 50.0, 75.0, 99.0]
    assert sum(width for _x, width in parts) == pytest.approx(100)


def test_bar_is_hidden_from_screen_readers_which_read_the_text(client, db):
    page = page_of(client, make_project(**MONEY))
    assert re.search(r'<svg class="money-bar"[^>]*aria-hidden="true"', page)


def test_unknown_share_says_so(client, db):
    page = page_of(client, make_project(**(MONEY | {"own_share": None})))
    assert re.search(r"Eigenmittel:\s*unbekannt|Eigenmittel:\s*nicht bekannt", page)


def test_project_with_an_unknown_share_has_no_bar(client, db):
    assert "money-bar" not in page_of(client, make_project(**(MONEY | {"own_share": None})))


def test_project_without_any_sums_has_no_bar(client, db):
    assert "money-bar" not in page_of(client, make_project())


def test_project_that_costs_nothing_has_a_page(client, db):
    page = page_of(client, make_project(**dict.fromkeys(MONEY, Decimal(0))))
    assert "money-bar" not in page


def test_largest_sum_has_a_page(client, db):
    most = Decimal("9999999999.99")
    sums = dict.fromkeys(MONEY, Decimal(0)) | {"total_cost": most, "state_share": most}
    assert "9.999.999.999,99 €" in page_of(client, make_project(**sums))


# --- Text ----------------------------------------------------------------------------------------


def test_structured_data_describe_the_project(client, db):
    project = make_project("Chor", number="C-1", district="nordend", summary="Wir singen.")
    data = structured_data(page_of(client, project))
    assert (data["name"], data["identifier"]) == ("Chor", "C-1")
    assert data["url"] == f"http://localhost:8000/de/projekte/{project.slug}/"
    assert data["areaServed"]["name"] == "Nordend, Offenbach am Main"


def test_title_cannot_break_out_of_the_structured_data(client, db):
    data = structured_data(page_of(client, make_project(ATTACK, summary=ATTACK)))
    assert (data["name"], data["description"]) == (ATTACK, ATTACK)


@pytest.mark.parametrize("path", ["detail", "/de/projekte/?q=Fett", "/de/suche/?q=Fett", "/de/"])
def test_html_in_plain_fields_is_shown_as_text(client, db, path):
    project = make_project(
        ATTACK,
        summary=ATTACK,
        place=ATTACK,
        help_wanted=ATTACK,
        looks_for_help=True,
        starts_on=datetime.date(2026, 1, 1),
        organisation=make_organisation(ATTACK, summary=ATTACK),
    )
    page = client.get(project.get_absolute_url() if path == "detail" else path).content.decode()
    assert "<script>alert" not in page
    assert "<b>Fett</b>" not in page


def test_html_in_a_date_is_shown_as_text(client, db):
    project = make_project()
    with time_machine.travel(NOW, tick=False):
        make_date(project, NOW, NOW + datetime.timedelta(hours=1), title=ATTACK, place=ATTACK)
        assert "<script>alert" not in page_of(client, project)


def test_script_in_rich_text_does_not_reach_the_page(client, db):
    body = '<p onclick="x()">Gut</p><script>alert(1)</script><a href="javascript:alert(1)">Link</a>'
    page = page_of(client, make_project(body=body, results=body))
    assert "alert(1)" not in page
    assert "onclick" not in page
    assert "Gut" in page


def test_control_characters_in_a_title_do_not_break_the_page(client, db):
    assert "Ton" in page_of(client, make_project("Ton\x0bArbeit", number="C\x1b1"))


def test_example_is_marked(client, db):
    page = page_of(client, Project.objects.get(number="WIR-2026-01"))
    assert "Beispiel: Dieses Projekt ist erfunden." in page


def test_real_project_is_not_marked_as_example(client, db):
    page = page_of(client, make_project()).partition("Ähnliche Projekte")[0]
    assert "ist erfunden" not in page


def test_unlisted_organisation_is_named_without_a_link(client, db):
    organisation = make_organisation("Stiller Verein", is_listed=False)
    page = page_of(client, make_project(organisation=organisation))
    assert "Stiller Verein" in page
    assert f"/organisationen/{organisation.slug}/" not in page


def test_partners_are_named(client, db):
    partner = make_organisation("Partnerverein")
    page = page_of(client, make_project(partners=[partner]))
    assert f'href="/de/organisationen/{partner.slug}/">Partnerverein</a>' in page


def test_draft_focus_area_is_not_named(client, db):
    area = FocusArea.objects.first()
    project = make_project(focus_areas=[area])
    FocusArea.objects.filter(pk=area.pk).update(state="draft")
    assert area.get_absolute_url() not in page_of(client, project)


# --- Related -------------------------------------------------------------------------------------


def test_projects_of_the_same_organisation_are_related_first(db):
    organisation, area = make_organisation(), FocusArea.objects.first()
    project = make_project(organisation=organisation, focus_areas=[area])
    sister = make_project(organisation=organisation)
    assert project.related()[0] == sister


def test_project_is_not_related_to_itself_or_twice(db):
    organisation, areas = make_organisation(), list(FocusArea.objects.all())
    project = make_project(organisation=organisation, focus_areas=areas)
    sister = make_project(organisation=organisation, focus_areas=areas)
    related = list(project.related())
    assert project not in related
    assert related.count(sister) == 1


def test_newest_projects_are_read_from_an_index(db):
    """Also after a migration for which SQLite built the table again."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "projects_project")
    assert found["projects_project_newest"]["columns"] == ["starts_on", "id"]


def test_draft_is_not_related(db):
    organisation = make_organisation()
    project = make_project(organisation=organisation)
    make_project(organisation=organisation, state="draft")
    assert not project.related()


def test_at_most_three_related_projects_are_shown(client, db):
    organisation = make_organisation()
    project, *_others = [make_project(organisation=organisation) for _n in range(6)]
    page = page_of(client, project).partition("Ähnliche Projekte")[2]
    assert page.count('<article class="card">') == 3


# --- Help wanted ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ends_on", "is_shown"),
    [
        (datetime.date(2026, 6, 15), True),
        (None, True),
        (datetime.date(2026, 6, 14), False),
    ],
)
def test_help_is_looked_for_until_the_end_of_the_project(client, db, ends_on, is_shown):
    project = make_project(looks_for_help=True, help_wanted="Wir suchen Vorleser.", ends_on=ends_on)
    with time_machine.travel(NOW, tick=False):
        assert ("Wir suchen Vorleser." in page_of(client, project)) is is_shown


def test_help_text_stays_hidden_while_no_help_is_looked_for(client, db):
    project = make_project(looks_for_help=False, help_wanted="Wir suchen Vorleser.")
    assert "Wir suchen Vorleser." not in page_of(client, project)


def test_helper_can_write_to_the_organisation(client, db):
    project = make_project(looks_for_help=True)
    link = f'href="/de/organisationen/{project.organisation.slug}/schreiben/"'
    assert link in page_of(client, project)


def test_helper_is_not_led_to_an_organisation_without_address(client, db):
    project = make_project(looks_for_help=True, organisation=make_organisation(email=""))
    assert "/schreiben/" not in page_of(client, project)


def test_finished_project_is_not_on_the_page_for_helpers(client, db):
    make_project("Vorbei und fertig", looks_for_help=True, ends_on=datetime.date(2021, 1, 1))
    assert "Vorbei und fertig" not in client.get("/de/mitmachen/").content.decode()


def test_project_that_looks_for_help_is_on_the_page_for_helpers(client, db):
    make_project("Hilfe für alle", looks_for_help=True, starts_on=datetime.date(2026, 1, 1))
    assert "Hilfe für alle" in client.get("/de/mitmachen/").content.decode()


# --- Pictures ------------------------------------------------------------------------------------


def test_picture_has_alternative_text_and_credit(client, db):
    project = make_project()
    ProjectPicture.objects.create(project=project, picture=make_picture())
    page = page_of(client, project)
    assert 'alt="Eine petrolfarbene Fläche"' in page
    assert "Testautorin, CC BY 4.0" in page


def test_decorative_picture_has_an_empty_alternative_text(client, db):
    project = make_project()
    ProjectPicture.objects.create(project=project, picture=make_picture(is_decorative=True))
    page = page_of(client, project)
    assert "Eine petrolfarbene Fläche" not in page
    assert re.search(r'<img[^>]* alt=""', page)


def test_picture_without_sizes_yet_is_shown_as_it_came(client, db):
    project = make_project()
    picture = make_picture(sizes={})
    ProjectPicture.objects.create(project=project, picture=picture)
    assert f'src="{picture.file.url}"' in page_of(client, project)


def test_only_the_first_picture_loads_at_once(client, db):
    project = make_project()
    for position in range(3):
        ProjectPicture.objects.create(project=project, picture=make_picture(), position=position)
    page = page_of(client, project).partition("Ähnliche Projekte")[0]
    assert page.count('fetchpriority="high"') == 1
    assert page.count('loading="lazy"') == 2


def test_german_alternative_text_is_marked_on_the_english_page(client, db):
    project = make_project()
    ProjectPicture.objects.create(project=project, picture=make_picture())
    assert re.search(r'alt="Eine petrolfarbene Fläche" lang="de"', page_of(client, project, "en"))


# --- Languages -----------------------------------------------------------------------------------


def test_missing_translation_is_shown_in_german_with_a_notice(client, db):
    page = page_of(client, make_project("Nur Deutsch"), "ar")
    assert '<h1 lang="de" dir="ltr">Nur Deutsch</h1>' in page
    assert 'class="fallback-notice"' in page
    assert re.search(r'<html[^>]*lang="ar"[^>]*dir="rtl"', page)


def test_translation_is_shown_without_a_notice(client, db):
    project = make_project("Chor")
    project.create_translation("en", title="Choir", summary="We sing.")
    page = page_of(client, project, "en")
    assert "<h1>Choir</h1>" in page
    assert 'class="fallback-notice"' not in page


def test_outdated_translation_is_not_shown(client, db):
    project = make_project("Chor")
    project.create_translation("en", title="Choir", summary="We sing.")
    german = project.translations.get(language_code="de")
    german.title = "Orchester"
    german.save()
    page = page_of(client, project, "en")
    assert '<h1 lang="de" dir="ltr">Orchester</h1>' in page
    assert "Choir" not in page


def test_german_page_has_no_notice(client, db):
    assert 'class="fallback-notice"' not in page_of(client, make_project())


# --- Dates ---------------------------------------------------------------------------------------


def test_coming_dates_are_shown_and_past_ones_are_not(client, db):
    project = make_project()
    hour = datetime.timedelta(hours=1)
    make_date(project, NOW - 2 * hour, NOW - hour, title="Gestriges Treffen")
    make_date(project, NOW + hour, NOW + 2 * hour, title="Nächstes Treffen")
    with time_machine.travel(NOW, tick=False):
        page = page_of(client, project)
    assert "Nächstes Treffen" in page
    assert "Gestriges Treffen" not in page


def test_date_is_shown_in_offenbach_time(client, db):
    project = make_project()
    make_date(project, NOW, NOW + datetime.timedelta(hours=1))
    with time_machine.travel(NOW, tick=False):
        page = page_of(client, project)
    assert "12:00</time>–13:00 (Uhrzeit in Offenbach)" in page


@pytest.mark.parametrize(
    ("starts_at", "in_utc"),
    [
        ("2027-03-27T18:00:00+01:00", "20270327T170000Z"),
        ("2027-03-28T01:30:00+01:00", "20270328T003000Z"),
        ("2027-03-28T03:00:00+02:00", "20270328T010000Z"),
        ("2027-03-28T18:00:00+02:00", "20270328T160000Z"),
        ("2027-10-31T02:30:00+02:00", "20271031T003000Z"),
        ("2027-10-31T02:30:00+01:00", "20271031T013000Z"),
    ],
)
def test_calendar_file_names_the_instant_in_utc(client, db, starts_at, in_utc):
    start = datetime.datetime.fromisoformat(starts_at)
    event = calendar_of(
        client, make_date(make_project(), start, start + datetime.timedelta(hours=1))
    )
    assert event["DTSTART"].to_ical().decode() == in_utc
    assert event.duration == datetime.timedelta(hours=1)


def test_meeting_across_the_clock_change_lasts_as_long_as_planned(client, db):
    start = datetime.datetime.fromisoformat("2027-03-28T01:00:00+01:00")
    end = datetime.datetime.fromisoformat("2027-03-28T04:00:00+02:00")
    event = calendar_of(client, make_date(make_project(), start, end))
    assert event.duration == datetime.timedelta(hours=2)


def test_changed_date_keeps_its_calendar_identity(client, db):
    date = make_date(make_project(), NOW, NOW + datetime.timedelta(hours=1))
    before = calendar_of(client, date)
    date.starts_at = NOW + datetime.timedelta(minutes=30)
    date.save()
    after = calendar_of(client, date)
    assert after["UID"] == before["UID"]
    assert after["DTSTAMP"].dt >= before["DTSTAMP"].dt


def test_two_dates_have_two_calendar_identities(client, db):
    project, hour = make_project(), datetime.timedelta(hours=1)
    first = calendar_of(client, make_date(project, NOW, NOW + hour))
    second = calendar_of(client, make_date(project, NOW, NOW + hour))
    assert first["UID"] != second["UID"]


def test_calendar_file_leads_to_the_project_whatever_the_host_says(client, db):
    project = make_project()
    date = make_date(project, NOW, NOW + datetime.timedelta(hours=1))
    path = f"/de/projekte/{project.slug}/termine/{date.pk}.ics"
    event = Calendar.from_ical(client.get(path, headers={"host": "testserver"}).content).walk(
        "VEVENT"
    )[0]
    assert event["URL"] == f"http://localhost:8000/de/projekte/{project.slug}/"


def test_line_break_in_a_title_adds_no_line_to_the_calendar(client, db):
    title = "Treffen\r\nATTENDEE:mailto:x@example.org"
    date = make_date(make_project(), NOW, NOW + datetime.timedelta(hours=1), title=title)
    assert "ATTENDEE" not in calendar_of(client, date)


def test_calendar_file_is_a_download_with_a_name_of_our_own(client, db):
    project = make_project()
    date = make_date(project, NOW, NOW + datetime.timedelta(hours=1))
    response = client.get(f"/de/projekte/{project.slug}/termine/{date.pk}.ics")
    name = f"{project.slug}-{date.pk}.ics"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
