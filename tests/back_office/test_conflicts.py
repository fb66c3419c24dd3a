"""Two people, one record: nothing is overwritten and nothing typed is lost."""

import datetime
import threading

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from offenbach_wir.models import User
from programs.conflicts import StaleError, claim
from programs.models import Page
from projects.models import Project, ProjectDate
from tests.factories import make_project

START = datetime.datetime(2027, 5, 3, 16, 0, tzinfo=datetime.UTC)


@pytest.fixture
def project(db):
    return make_project("Alter Titel", summary="Alte Kurzfassung.", place="Altes Haus")


@pytest.fixture
def colleague(db):
    client = Client()
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    return client


def address(project):
    return f"/verwaltung/projects/project/{project.pk}/change/"


@pytest.fixture
def meet(editor, colleague, save, fields_of, project):
    """meet(mine, theirs) is what the editor gets who saves after a colleague did."""

    def run(mine, theirs, path=None, path_of_colleague=None):
        path = path or address(project)
        opened = fields_of(editor.get(path))
        assert save(colleague, path_of_colleague or path, **theirs).status_code == 302
        return editor.post(path, opened | mine)

    return run


@pytest.fixture
def choose(editor, project):
    """choose(page, field="mine"|"theirs") sends the conflict page."""

    def send(page, path=None, **choices):
        fields = conflict_fields(page) | {f"choice:{k}": v for k, v in choices.items()}
        return editor.post(path or address(project), fields | {"_save": "1"})

    return send


def conflict_fields(page):
    """What a browser sends for the conflict page, untouched."""
    from .conftest import _Form

    class Whole(_Form):
        def handle_starttag(self, tag, attributes):
            if tag == "form":
                attributes = [("id", "x_form" if dict(attributes).get("enctype") else "")]
            super().handle_starttag(tag, attributes)

    form = Whole()
    form.feed(page.text)
    return form.fields


def text_of(project):
    return project.translations.get(language_code="de")


def test_second_saving_overwrites_nothing(meet, project):
    response = meet({"title": "Mein Titel"}, {"title": "Ihr Titel"})
    assert response.status_code == 409
    assert text_of(project).title == "Ihr Titel"


def test_conflict_page_shows_both_texts_and_who_wrote_the_other(meet):
    page = meet({"title": "Mein Titel"}, {"title": "Ihr Titel"}).text
    assert "Mein Titel" in page
    assert "Ihr Titel" in page
    assert "Demo: Koordination" in page


def test_what_i_changed_is_mine_unless_i_choose_otherwise(meet, choose, project):
    page = meet({"title": "Mein Titel"}, {"title": "Ihr Titel", "place": "Neues Haus"})
    choose(page)
    project.refresh_from_db()
    assert (text_of(project).title, project.place) == ("Mein Titel", "Neues Haus")


def test_chosen_text_of_the_colleague_stays(meet, choose, project):
    page = meet({"title": "Mein Titel", "place": "Mein Haus"}, {"title": "Ihr Titel"})
    assert choose(page, title="theirs").status_code == 302
    project.refresh_from_db()
    assert (text_of(project).title, project.place) == ("Ihr Titel", "Mein Haus")


def test_my_text_can_be_chosen_for_each_field(meet, choose, project):
    page = meet({"place": "Mein Haus"}, {"title": "Ihr Titel", "place": "Ihr Haus"})
    choose(page, place="mine", title="mine")
    project.refresh_from_db()
    assert (text_of(project).title, project.place) == ("Alter Titel", "Mein Haus")


def test_third_saving_during_the_choice_is_noticed_too(meet, choose, save, colleague, project):
    page = meet({"title": "Mein Titel"}, {"title": "Ihr Titel"})
    save(colleague, address(project), title="Noch ein Titel")
    again = choose(page, title="mine")
    assert again.status_code == 409
    assert "Mein Titel" in again.text
    assert text_of(project).title == "Noch ein Titel"


def test_text_of_another_language_saved_meanwhile_is_no_conflict(meet, project):
    english = f"{address(project)}?language=en"
    response = meet(
        {"title": "Mein Titel"},
        {"title": "English title", "summary": "Short."},
        path_of_colleague=english,
    )
    assert response.status_code == 302
    assert text_of(project).title == "Mein Titel"


def test_conflict_in_a_translation_stays_in_its_language(meet, project, save, editor):
    english = f"{address(project)}?language=en"
    save(editor, english, title="Old", summary="Old.")
    page = meet({"title": "Mine"}, {"title": "Theirs"}, path=english)
    assert page.status_code == 409
    assert f'action="{english}"' in page.text


def test_ticked_boxes_are_compared_too(meet, choose, project):
    page = meet({"target_groups": ["1"], "place": "Mein Haus"}, {"target_groups": ["2"]})
    assert page.status_code == 409
    choose(page, target_groups="theirs")
    assert [row.pk for row in project.target_groups.all()] == [2]


def test_boxes_nobody_touched_here_are_the_colleagues(meet, choose, project):
    page = meet({"place": "Mein Haus"}, {"target_groups": ["2"]})
    choose(page)
    assert [row.pk for row in project.target_groups.all()] == [2]


def test_saving_the_same_needs_no_choice(meet, project):
    page = meet({"title": "Gleich"}, {"title": "Gleich"})
    assert page.status_code == 409
    assert "choice:" not in page.text


def test_form_without_its_version_overwrites_nothing(editor, fields_of, project):
    fields = fields_of(editor.get(address(project)))
    del fields["version"], fields["opened"]
    response = editor.post(address(project), fields | {"title": "Blind"})
    assert response.status_code == 409
    assert text_of(project).title == "Alter Titel"


def test_saving_in_a_shell_is_noticed(editor, fields_of, project):
    fields = fields_of(editor.get(address(project)))
    project.place = "Aus der Einfuhr"
    project.save()
    assert editor.post(address(project), fields | {"place": "Mein Haus"}).status_code == 409


def test_error_in_a_form_keeps_the_version_it_was_opened_with(editor, save, fields_of, project):
    failed = save(editor, address(project), starts_on="2026-02-01", ends_on="2026-01-01")
    fields = fields_of(failed)
    project.save()
    Project.objects.filter(pk=project.pk).update(place="Ihr Haus")
    assert editor.post(address(project), fields | {"ends_on": "2027-01-01"}).status_code == 409


def test_own_saving_and_keeping_on_is_no_conflict(editor, fields_of, project):
    fields = fields_of(editor.get(address(project)))
    editor.post(address(project), fields | {"title": "Eins", "_continue": "1"})
    fields = fields_of(editor.get(address(project)))
    assert editor.post(address(project), fields | {"title": "Zwei"}).status_code == 302


def make_date(project, title="Treffen"):
    date = ProjectDate.objects.create(
        project=project, starts_at=START, ends_at=START + datetime.timedelta(hours=2)
    )
    date.create_translation("de", title=title)
    return date


def test_typed_rows_are_shown_back(meet, project):
    make_date(project)
    page = meet({"dates-0-place": "Mein Saal"}, {"dates-0-place": "Ihr Saal"})
    assert page.status_code == 409
    assert "Mein Saal" in page.text
    assert "Ihr Saal" in page.text


@pytest.mark.parametrize(("side", "place"), [("mine", "Mein Saal"), ("theirs", "Ihr Saal")])
def test_rows_are_chosen_together(meet, choose, project, side, place):
    date = make_date(project)
    page = meet({"dates-0-place": "Mein Saal"}, {"dates-0-place": "Ihr Saal"})
    assert choose(page, **{"rows:dates": side}).status_code == 302
    date.refresh_from_db()
    assert date.place == place


def test_row_deleted_meanwhile_can_be_kept_with_what_was_typed(meet, choose, project):
    make_date(project)
    page = meet({"dates-0-place": "Mein Saal"}, {"dates-0-DELETE": "on"})
    assert choose(page, **{"rows:dates": "mine"}).status_code == 302
    assert project.dates.get().place == "Mein Saal"


def test_row_added_meanwhile_stays_beside_mine(meet, choose, project):
    page = meet({"title": "Mein Titel"}, {"place": "Ihr Haus"})
    make_date(project)
    Project.objects.get(pk=project.pk).save()
    again = choose(page)
    assert again.status_code == 409
    assert choose(again).status_code == 302
    assert project.dates.count() == 1


def test_content_binned_meanwhile_loses_nothing_typed(editor, colleague, fields_of, project):
    fields = fields_of(editor.get(address(project)))
    colleague.post(f"/verwaltung/projects/project/{project.pk}/delete/", {"post": "yes"})
    page = editor.post(address(project), fields | {"title": "Mein Titel"})
    assert page.status_code == 409
    assert "Mein Titel" in page.text
    assert "Papierkorb" in page.text or "bin" in page.text


def test_markup_in_a_conflict_is_shown_as_text(meet):
    page = meet({"title": "<script>alert(1)</script>"}, {"title": "Ihr Titel"}).text
    assert "<script>alert" not in page


def test_script_in_a_rich_text_does_not_run_in_the_conflict_page(meet):
    page = meet({"body": "<p>a</p><script>alert(1)</script>"}, {"body": "<p>b</p>"}).text
    assert "<script>alert" not in page


def test_page_saved_with_the_editor_untouched_is_no_change_of_mine(meet, choose):
    page_row = Page.objects.get(key="impressum")
    path = f"/verwaltung/programs/page/{page_row.pk}/change/"
    page = meet({"lead": "Mein Einstieg"}, {"body": "<p>Neu</p>"}, path=path)
    choose(page, path=path)
    text = page_row.translations.get(language_code="de")
    assert (text.lead, text.body) == ("Mein Einstieg", "<p>Neu</p>")


def test_version_is_taken_once(project):
    row = Project.objects.get(pk=project.pk)
    claim(Project.objects.get(pk=project.pk), row.version)
    with pytest.raises(StaleError):
        claim(row, row.version)


def rush(action, threads=4):
    """Runs action(number, meet) in each thread; meet() waits until all have come that far."""
    barrier, results = threading.Barrier(threads, timeout=30), []

    def run(number):
        try:
            results.append(action(number, barrier.wait))
        finally:
            connection.close()

    started = [threading.Thread(target=run, args=[number]) for number in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join(timeout=60)
    return sorted(results)


@pytest.fixture
def staff(transactional_db):
    """Accounts and content again: a test with real transactions leaves an empty database."""
    if not User.objects.exists():
        call_command("load_content")
        call_command("load_demo", without_proposals=True)


@pytest.mark.django_db(transaction=True)
def test_of_parallel_savings_one_wins_and_the_others_choose(staff, fields_of):
    project = make_project("Anfang")
    clients = [Client() for _n in range(4)]
    for client in clients:
        client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    opened = [fields_of(client.get(address(project))) for client in clients]

    def save_mine(number, meet):
        meet()
        fields = opened[number] | {"title": f"Titel {number}"}
        return clients[number].post(address(project), fields).status_code

    assert rush(save_mine) == [302, 409, 409, 409]


@pytest.mark.django_db(transaction=True)
def test_version_read_by_many_at_once_is_taken_by_one(staff):
    project = make_project()

    def take(number, meet):
        row = Project.objects.get(pk=project.pk)
        meet()
        try:
            claim(row, row.version)
        except StaleError:
            return "late"
        return "first"

    assert rush(take) == ["first", "late", "late", "late"]


@pytest.mark.django_db(transaction=True)
def test_asking_before_writing_would_let_all_of_them_win(staff):
    """The control: the same rush without the one UPDATE."""
    project = make_project()
    read = Project.objects.get(pk=project.pk).version

    def take(number, meet):
        is_mine = Project.objects.filter(pk=project.pk, version=read).exists()
        meet()
        if is_mine:
            Project.objects.filter(pk=project.pk).update(version=read + 1)
        return "first" if is_mine else "late"

    assert rush(take) == ["first"] * 4
