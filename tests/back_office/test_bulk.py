"""Doing the same to many records: what the page before promises is what happens."""

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from offenbach_wir import bulk
from offenbach_wir.models import Event, User
from offenbach_wir.roles import ROLES
from programs.models import FocusArea, Page
from projects.models import Project, ProjectPicture
from tests.factories import make_picture, make_project

LIST = "/verwaltung/projects/project/"


@pytest.fixture
def preview(editor):
    """preview("publish", project, …) is the page between choosing and doing."""

    def ask(step, *records, address=LIST, **more):
        keys = [str(record.pk) for record in records]
        return editor.post(address, {"action": step, "_selected_action": keys, **more})

    return ask


@pytest.fixture
def do(editor):
    def send(step, *records, address=LIST):
        keys = ",".join(str(record.pk) for record in records)
        return editor.post(f"{address}alle/{step}/", {"records": keys}, follow=True)

    return send


def state(project):
    return Project.objects.get(pk=project.pk).state


def without_right(action):
    group = User.objects.get(email=ROLES["editor"].demo_email).groups.get()
    group.permissions.remove(Permission.objects.get(codename=f"{action}_project"))


def test_page_before_names_what_will_change(preview):
    page = preview("publish", make_project("Chor am Main", state="draft")).text
    assert "Chor am Main" in page


def test_page_before_changes_nothing(preview):
    project = make_project(state="draft")
    preview("publish", project)
    assert state(project) == "draft"


@pytest.mark.parametrize(
    ("step", "before", "after"),
    [
        ("publish", "draft", "published"),
        ("publish", "review", "published"),
        ("publish", "archived", "published"),
        ("take_off", "published", "draft"),
        ("archive", "published", "archived"),
        ("bin", "published", "deleted"),
        ("restore", "deleted", "draft"),
        ("restore", "archived", "draft"),
    ],
)
def test_step_leads_from_one_state_to_the_next(do, step, before, after):
    project = make_project(state=before)
    do(step, project)
    assert state(project) == after


@pytest.mark.parametrize(
    ("step", "before"),
    [
        ("publish", "published"),
        ("publish", "deleted"),
        ("take_off", "draft"),
        ("archive", "archived"),
        ("archive", "draft"),
        ("archive", "deleted"),
        ("bin", "deleted"),
        ("restore", "published"),
    ],
)
def test_step_that_does_not_fit_the_state_changes_nothing(do, step, before):
    project = make_project(state=before)
    do(step, project)
    assert state(project) == before


def test_page_before_separates_what_stays_with_its_reason(preview):
    draft, published = make_project(state="draft"), make_project()
    response = preview("publish", draft, published)
    assert response.context["can"] == [draft]
    assert [record for record, _reason in response.context["cannot"]] == [published]


def test_record_without_a_german_text_is_not_published(preview):
    project = make_project(state="draft")
    project.translations.update(language_code="en")
    assert preview("publish", project).context["can"] == []


def test_record_with_a_picture_nobody_described_is_not_published(preview):
    project = make_project(state="draft")
    picture = make_picture()
    picture.translations.update(alt="")
    ProjectPicture.objects.create(project=project, picture=picture)
    assert preview("publish", project).context["can"] == []


@pytest.mark.parametrize("fields", [{}, {"is_decorative": True}])
def test_record_with_a_described_or_decorative_picture_is_published(preview, fields):
    project = make_project(state="draft")
    ProjectPicture.objects.create(project=project, picture=make_picture(**fields))
    assert preview("publish", project).context["can"] == [project]


def test_record_whose_time_is_over_is_not_published(preview):
    project = make_project(state="draft", published_until=timezone.now())
    assert preview("publish", project).context["can"] == []


def test_own_text_is_not_published_where_two_must_look(preview, settings):
    settings.FOUR_EYES = True
    project = make_project(state="review")
    project.review_asked_by = User.objects.get(email=ROLES["editor"].demo_email)
    project.save()
    assert preview("publish", project).context["can"] == []


def test_focus_area_in_use_does_not_go_into_the_bin(preview):
    area = FocusArea.objects.first()
    make_project(focus_areas=[area])
    response = preview("bin", area, address="/verwaltung/programs/focusarea/")
    assert response.context["can"] == []


def test_binned_record_remembers_when(do):
    project = make_project()
    do("bin", project)
    assert Project.objects.get(pk=project.pk).deleted_at is not None


def test_restored_record_forgets_the_bin(do):
    project = make_project(state="deleted", deleted_at=timezone.now())
    do("restore", project)
    assert Project.objects.get(pk=project.pk).deleted_at is None


def test_each_change_is_in_the_history_with_its_author(do):
    project = make_project()
    do("archive", project)
    newest = project.history.first()
    assert (newest.state, newest.history_user.email) == ("archived", ROLES["editor"].demo_email)


def test_form_opened_before_is_stale_afterwards(do):
    project = make_project()
    opened_with = project.version
    do("archive", project)
    assert Project.objects.get(pk=project.pk).version > opened_with


@pytest.mark.parametrize(
    ("step", "before", "kind"),
    [
        ("publish", "draft", Event.Kind.PUBLISHED),
        ("bin", "draft", Event.Kind.BINNED),
        ("restore", "deleted", Event.Kind.RESTORED),
    ],
)
def test_step_is_in_the_audit_trail(do, step, before, kind):
    project = make_project(state=before)
    do(step, project)
    assert Event.objects.about(project).filter(kind=kind).exists()


def test_search_text_survives_a_step(do):
    project = make_project("Quittengelee")
    do("archive", project)
    assert "quittengelee" in Project.objects.get(pk=project.pk).search_text


def test_what_changed_meanwhile_stays_and_is_counted(do):
    draft, published = make_project(state="draft"), make_project()
    page = do("publish", draft, published)
    assert len(page.context["messages"]) == 2


def test_steps_in_pages_work_the_same(do):
    page = Page.objects.first()
    do("archive", page, address="/verwaltung/programs/page/")
    assert Page.objects.get(pk=page.pk).state == "archived"


def test_all_across_pages_are_taken(preview):
    chosen = make_project()
    response = preview("archive", chosen, select_across="1")
    assert len(response.context["can"]) == Project.objects.filter(state="published").count()


def test_all_across_pages_are_those_of_the_filter(preview):
    make_project(state="review")
    chosen = make_project(state="review")
    address = f"{LIST}?state=review"
    response = preview("publish", chosen, address=address, select_across="1")
    assert {record.state for record in response.context["can"]} == {"review"}


def test_more_than_can_be_done_at_once_is_refused_with_words(preview, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_RECORDS", 2)
    response = preview("archive", *[make_project() for _n in range(3)], follow=True)
    assert response.status_code == 302


def test_made_up_keys_are_refused(editor):
    response = editor.post(f"{LIST}alle/archive/", {"records": "1,x"})
    assert response.status_code == 400


def test_keys_of_records_that_are_gone_change_nothing(editor):
    response = editor.post(f"{LIST}alle/archive/", {"records": "99999999"})
    assert response.status_code == 302


def test_step_is_not_done_by_a_link(editor):
    assert editor.get(f"{LIST}alle/archive/").status_code == 405


def test_unknown_step_is_no_page(editor):
    assert editor.post(f"{LIST}alle/explode/", {"records": "1"}).status_code == 404


def test_content_without_states_has_no_steps(editor):
    address = "/verwaltung/programs/partner/"
    assert editor.post(f"{address}alle/archive/", {"records": "1"}).status_code == 404


@pytest.mark.parametrize(("step", "action"), [("archive", "change"), ("bin", "delete")])
def test_step_needs_its_right(do, step, action):
    project = make_project()
    without_right(action)
    assert do(step, project).status_code == 403
    assert state(project) == "published"


@pytest.mark.parametrize(("step", "action"), [("archive", "change"), ("bin", "delete")])
def test_step_without_its_right_is_not_offered(editor, step, action):
    without_right(action)
    assert f'value="{step}"' not in editor.get(LIST).text


def test_published_content_is_deleted_by_way_of_the_bin_only(editor):
    page = editor.get(LIST).text
    assert 'value="bin"' in page
    assert "delete_selected" not in page


def test_preview_takes_as_many_queries_for_more_records(preview, django_assert_max_num_queries):
    projects = [make_project(state="draft") for _n in range(20)]
    preview("publish", projects[0])
    with django_assert_max_num_queries(25):
        preview("publish", *projects)
