"""Links in content: found, looked up politely and safely, and shown where they stand."""

import datetime
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from offenbach_wir import jobs, link_check, todo
from offenbach_wir.models import FoundLink, User
from offenbach_wir.roles import ROLES
from programs.models import FocusArea, Measure, OldAddress
from tests.back_office.rows import document
from tests.factories import make_organisation, make_project

NOW = timezone.now()
NEXT_NIGHT = NOW + datetime.timedelta(days=1)
LIST = "/verwaltung/offenbach_wir/foundlink/"


class Site(BaseHTTPRequestHandler):
    """Answers with the status its path names; remembers what it was asked."""

    def do_HEAD(self):
        self.server.asked.append((self.command, self.path, self.headers["User-Agent"]))
        parts = self.path.strip("/").split("/")
        status = int(parts[0]) if parts[0].isdigit() else 200
        if parts[0] == "head-only-refused":
            status = 405 if self.command == "HEAD" else 200
        if parts[0] == "to":
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to"))
        elif parts[0] == "round":
            self.send_response(302)
            self.send_header("Location", "/round")
        elif parts[0] == "into":
            self.send_response(302)
            self.send_header("Location", f"{parts[1]}://{'/'.join(parts[2:])}")
        else:
            self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815

    def log_message(self, *arguments):
        pass


@pytest.fixture
def site(settings):
    settings.LINK_CHECK_PRIVATE = True
    settings.LINK_CHECK_PAUSE = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.asked = []
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def text_with(*urls):
    return "".join(f'<p><a href="{url}">Link</a></p>' for url in urls)


def project_with(*urls, **fields):
    return make_project(body=text_with(*urls), **fields)


def links_of(obj):
    return FoundLink.objects.filter(subject_type=obj._meta.label_lower, subject_id=obj.pk)


def collect():
    for model in link_check.sources():
        link_check.collect(model)


# --- Collecting


def test_link_in_a_text_is_found_with_its_record_and_language(db):
    project = project_with("https://example.org/a")
    collect()
    link = links_of(project).get()
    assert (link.url, link.language, link.is_internal) == ("https://example.org/a", "de", False)


def test_link_in_another_language_is_found(db):
    project = make_project()
    project.create_translation("en", title="A", summary="B", body=text_with("https://example.org/"))
    collect()
    assert links_of(project).get().language == "en"


def test_address_field_is_found(db):
    organisation = make_organisation(website="https://example.org/verein")
    collect()
    assert links_of(organisation).get().url == "https://example.org/verein"


def test_file_of_a_document_is_found(db):
    row = document(1)
    type(row).objects.filter(pk=row.pk).update(file="documents/x/weg.pdf")
    collect()
    assert links_of(row).get().is_internal


@pytest.mark.parametrize("url", ["mailto:a@example.org", "tel:069", "#oben", ""])
def test_what_is_no_web_address_is_left_alone(db, url):
    project = project_with(url)
    collect()
    assert not links_of(project).exists()


def test_link_written_with_entities_is_read_as_meant(db):
    project = project_with("https://example.org/?a=1&amp;b=2")
    collect()
    assert links_of(project).get().url == "https://example.org/?a=1&b=2"


def test_same_link_twice_in_a_text_is_found_once(db):
    project = project_with("https://example.org/a", "https://example.org/a")
    collect()
    assert links_of(project).count() == 1


def test_link_that_was_taken_out_is_forgotten(db):
    project = project_with("https://example.org/a")
    collect()
    project.translations.update(body="")
    collect()
    assert not links_of(project).exists()


def test_link_that_stays_keeps_what_is_known_of_it(db):
    project = project_with("https://example.org/a")
    collect()
    links_of(project).update(problem="gone")
    collect()
    assert links_of(project).get().problem == "gone"


def test_content_in_the_bin_is_not_looked_at(db):
    project = project_with("https://example.org/a", state="deleted")
    collect()
    assert not links_of(project).exists()


def test_collecting_takes_as_many_queries_for_more_records(db, django_assert_max_num_queries):
    for _n in range(20):
        project_with("https://example.org/a")
    collect()
    with django_assert_max_num_queries(len(link_check.sources()) * 6):
        collect()


# --- Our own addresses


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/de/", "/en/projekte/", "/foerderung/", "/de/foerderung", "/de/impressum/"),
        *("/de/projekte/?q=Chor", "http://localhost:8000/de/material/#x"),
    ],
)
def test_page_of_our_own_is_found(db, path):
    assert link_check.inside_problem(path) == ""


@pytest.mark.parametrize(
    "path", ["/de/gibt-es-nicht/", "/xx/projekte/", "projekte/", "/media/weg.pdf"]
)
def test_page_of_our_own_that_is_missing_is_seen(db, path):
    assert link_check.inside_problem(path) == "not_found"


@pytest.mark.parametrize(
    ("state", "problem"), [("published", ""), ("draft", "not_found"), ("deleted", "not_found")]
)
def test_project_counts_while_the_public_sees_it(db, state, problem):
    project = make_project(state=state)
    assert link_check.inside_problem(f"/de/projekte/{project.slug}/") == problem


def test_organisation_counts_while_it_is_listed(db):
    organisation = make_organisation(is_listed=False)
    assert link_check.inside_problem(f"/de/organisationen/{organisation.slug}/") == "not_found"


def test_old_address_leads_on(db):
    OldAddress.objects.create(path="/alt", target="/projekte/")
    assert link_check.inside_problem("/alt") == ""


# --- Addresses of others


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/200", ("", 200)),
        ("/404", ("not_found", 404)),
        ("/410", ("gone", 410)),
        ("/500", ("server_error", 500)),
        ("/503", ("server_error", 503)),
        ("/401", ("", 401)),
        ("/403", ("", 403)),
        ("/429", ("", 429)),
        ("/head-only-refused", ("", 200)),
        ("/to/404", ("not_found", 404)),
        ("/to/to/200", ("", 200)),
        ("/round", ("not_allowed", None)),
        ("/into/ftp/example.org", ("not_allowed", None)),
        ("/ä?ö=ü", ("", 200)),
    ],
)
def test_answer_of_another_site_is_understood(site, path, expected):
    assert link_check.outside_problem(site.url + path) == expected


def test_we_say_who_asks(site):
    link_check.outside_problem(f"{site.url}/")
    assert site.asked == [("HEAD", "/", link_check.user_agent())]


def test_site_that_is_down_is_no_answer(site):
    site.server_close()
    assert link_check.outside_problem(f"{site.url}/") == ("no_answer", None)


@pytest.mark.parametrize(
    "url", ["http://[", "http://", "http://example.org:99999/", "http://x" * 40]
)
def test_address_that_is_none_is_no_error(url):
    assert link_check.outside_problem(url)[0] in ("no_answer", "not_allowed")


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0"),
        *("[::1]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]"),
        *("localhost", "100.64.0.1", "224.0.0.1"),
    ],
)
def test_address_inside_a_network_is_never_asked(host):
    assert link_check.outside_problem(f"http://{host}/") == ("not_allowed", None)


def test_site_inside_our_network_is_not_asked(site, settings):
    settings.LINK_CHECK_PRIVATE = False
    link_check.outside_problem(f"{site.url}/")
    assert site.asked == []


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888"])
def test_address_of_the_open_internet_may_be_asked(address):
    assert link_check.is_public(address)


# --- Over the nights


@pytest.fixture
def only(site, db):
    """only(path, …) leaves in all content just these links of the test site."""

    def put(*paths):
        FoundLink.objects.all().delete()
        return [
            FoundLink.objects.create(
                subject_type="programs.page", subject_id=n, language="de", url=site.url + path
            )
            for n, path in enumerate(paths, start=1)
        ]

    return put


def look_up_all(now):
    for url in link_check._turn_of(now):
        link_check.look_up(url, now)


def test_link_that_fails_once_is_not_broken_yet(only):
    only("/404")
    look_up_all(NOW)
    assert not FoundLink.objects.broken().exists()


def test_link_that_fails_two_nights_running_is_broken(only):
    only("/404")
    look_up_all(NOW)
    look_up_all(NEXT_NIGHT)
    assert FoundLink.objects.broken().get().broken_since == NEXT_NIGHT


def test_link_that_works_again_is_broken_no_more(only, site):
    (link,) = only("/404")
    look_up_all(NOW)
    look_up_all(NEXT_NIGHT)
    FoundLink.objects.filter(pk=link.pk).update(url=f"{site.url}/200")
    link_check.look_up(f"{site.url}/200", NEXT_NIGHT)
    assert not FoundLink.objects.broken().exists()


def test_link_of_our_own_is_broken_at_once(db):
    project_with("/de/gibt-es-nicht/")
    collect()
    link_check.look_up("/de/gibt-es-nicht/", NOW)
    assert FoundLink.objects.broken().get().url == "/de/gibt-es-nicht/"


def test_working_link_is_not_asked_every_night(only, site):
    only("/200")
    look_up_all(NOW)
    look_up_all(NEXT_NIGHT)
    assert len(site.asked) == 1


def test_working_link_is_asked_again_after_a_week(only, site):
    only("/200")
    look_up_all(NOW)
    look_up_all(NOW + datetime.timedelta(days=7))
    assert len(site.asked) == 2


def test_same_address_in_two_places_is_asked_once(only, site):
    only("/200", "/200")
    look_up_all(NOW)
    assert len(site.asked) == 1
    assert not FoundLink.objects.filter(checked_at=None).exists()


def test_one_host_is_asked_so_often_and_no_more_in_a_night(only, site, monkeypatch):
    monkeypatch.setattr(link_check, "MOST_A_HOST", 3)
    only(*[f"/200/{n}" for n in range(5)])
    look_up_all(NOW)
    assert len(site.asked) == 3


def test_night_after_goes_on_where_the_last_one_stopped(only, site, monkeypatch):
    monkeypatch.setattr(link_check, "MOST_A_HOST", 3)
    only(*[f"/200/{n}" for n in range(5)])
    look_up_all(NOW)
    look_up_all(NEXT_NIGHT)
    assert not FoundLink.objects.filter(checked_at=None).exists()


def test_whole_run_looks_up_links_of_all_content(site, db, monkeypatch):
    monkeypatch.setattr(link_check, "MOST_A_RUN", 0)
    project = project_with("/de/gibt-es-nicht/")
    looked_up, broken = link_check.run(NOW)
    assert looked_up >= 1
    assert broken >= 1
    assert links_of(project).get().problem == "not_found"


# --- In the back office


@pytest.fixture
def broken(db):
    project = project_with("/de/gibt-es-nicht/")
    collect()
    link_check.look_up("/de/gibt-es-nicht/", NOW)
    return links_of(project).get()


def test_list_leads_to_the_record_in_its_language(editor, broken):
    page = editor.get(LIST).text
    assert f"/verwaltung/projects/project/{broken.subject_id}/change/?language=de" in page


def test_link_in_a_part_leads_to_the_form_of_the_whole(editor):
    area = FocusArea.objects.first()
    measure = Measure.objects.create(focus_area=area)
    measure.create_translation("de", title="T", body="")
    FoundLink.objects.create(
        subject_type="programs.measure",
        subject_id=measure.pk,
        language="de",
        url="https://example.org/",
        broken_since=NOW,
    )
    assert f"/verwaltung/programs/focusarea/{area.pk}/change/?language=de" in editor.get(LIST).text


def test_list_shows_broken_links_only_unless_asked(editor, broken):
    project_with("https://example.org/heil")
    collect()
    assert "example.org/heil" not in editor.get(LIST).text
    everything = editor.get(LIST, {"state": "all", "q": "heil"})
    assert "example.org/heil" in everything.text


def test_link_of_a_deleted_record_is_no_error(editor, broken):
    FoundLink.objects.filter(pk=broken.pk).update(subject_id=999_999)
    assert editor.get(LIST).status_code == 200


def test_check_again_asks_at_once(editor, site, broken):
    FoundLink.objects.filter(pk=broken.pk).update(url=f"{site.url}/200", is_internal=False)
    response = editor.post(f"{LIST}{broken.pk}/pruefen/", {"x": "1"})
    assert response.status_code == 302
    assert not FoundLink.objects.broken().exists()


def test_check_again_is_a_button_and_no_link(editor, broken):
    assert editor.get(f"{LIST}{broken.pk}/pruefen/").status_code == 405


def test_check_again_needs_the_right(client, broken):
    client.force_login(User.objects.create_user("neu@example.org", is_staff=True))
    response = client.post(f"{LIST}{broken.pk}/pruefen/", {"x": "1"})
    assert response.status_code in (302, 403)
    assert FoundLink.objects.broken().exists()


def test_links_are_not_written_by_hand(editor, broken):
    assert editor.get(f"{LIST}add/").status_code == 403
    assert editor.post(f"{LIST}{broken.pk}/delete/", {"post": "yes"}).status_code == 403


def test_start_page_counts_broken_links(editor, broken):
    user = User.objects.get(email=ROLES["editor"].demo_email)
    panels = {panel.key: panel for panel in todo.panels_for(user)}
    assert panels["broken_links"].count(user) == 1


def test_links_are_looked_up_every_night():
    assert "links" in jobs.registered()


def test_list_takes_as_many_queries_for_more_links(editor, count_queries):
    def add(number):
        for n in range(number):
            project_with(f"/de/gibt-es-nicht-{n}/")
        collect()
        FoundLink.objects.filter(is_internal=True).update(problem="not_found", broken_since=NOW)

    add(5)
    for_five = count_queries(LIST)
    add(15)
    assert count_queries(LIST) == for_five
