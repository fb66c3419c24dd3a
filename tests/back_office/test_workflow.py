"""From draft to the public: who may take which step, whatever the form sends."""

import datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from offenbach_wir.models import Event, User
from offenbach_wir.publishing import may_publish, moves_for
from offenbach_wir.roles import ROLES
from projects.models import Project
from tests.factories import make_project

State = Project.State


def address(project):
    return f"/verwaltung/projects/project/{project.pk}/change/"


def state_of(project):
    return Project.objects.get(pk=project.pk).state


def person(role):
    return User.objects.get(email=ROLES[role].demo_email)


@pytest.fixture
def draft(db):
    return make_project("Entwurf", state="draft")


@pytest.fixture
def four_eyes(settings):
    settings.FOUR_EYES = True


@pytest.fixture
def writer(client, db):
    """Somebody who may change projects and may not publish them."""
    user = person("editor")
    user.groups.set([Group.objects.get_or_create(name="writer")[0]])
    rights = Permission.objects.filter(content_type__app_label="projects")
    user.user_permissions.set(rights)
    client.post("/de/demo/editor/einsteigen/", {"ok": "1"})
    return client


@pytest.fixture
def coordinator(db):
    client = Client()
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    return client


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        ("draft", ["review", "published"]),
        ("review", ["published", "draft"]),
        ("published", ["draft", "archived"]),
        ("archived", ["published", "draft"]),
    ],
)
def test_form_offers_the_steps_that_fit(editor, state, steps):
    page = editor.get(address(make_project(state=state))).text
    offered = [step for step in State.values if f'name="_state" value="{step}"' in page]
    assert sorted(offered) == sorted(steps)


@pytest.mark.parametrize("state", ["review", "published"])
def test_draft_takes_the_step_of_the_button(editor, save, draft, state):
    assert save(editor, address(draft), _state=state).status_code == 302
    assert state_of(draft) == state


def test_new_content_is_a_draft(editor, save):
    make_project()
    response = save(
        editor,
        "/verwaltung/projects/project/add/",
        **{"title": "Neu", "summary": "Kurz", "number": "N-1", "slug": "neu"},
        organisation=str(make_project().organisation_id),
    )
    assert response.status_code == 302
    assert Project.objects.get(slug="neu").state == "draft"


def test_new_content_can_be_published_at_once(editor, save):
    save(
        editor,
        "/verwaltung/projects/project/add/",
        **{"title": "Neu", "summary": "Kurz", "number": "N-1", "slug": "neu"},
        organisation=str(make_project().organisation_id),
        _state="published",
    )
    assert editor.get("/de/projekte/neu/").status_code == 200


def test_saving_keeps_the_state(editor, save, draft):
    save(editor, address(draft), title="Neuer Titel")
    assert state_of(draft) == "draft"


def test_publishing_is_recorded_with_who_did_it(editor, save, draft):
    save(editor, address(draft), _state="published")
    event = Event.objects.about(draft).get(kind=Event.Kind.PUBLISHED)
    assert event.actor == person("editor")


def test_published_with_a_later_day_waits_for_it(editor, save, draft):
    later = timezone.localtime() + datetime.timedelta(days=3)
    fields = {"published_from": later.strftime("%Y-%m-%dT%H:%M"), "_state": "published"}
    save(editor, address(draft), **fields)
    assert state_of(draft) == "published"
    assert editor.get(f"/de/projekte/{draft.slug}/").status_code == 404


def test_content_taken_off_is_gone_from_the_public(editor, save):
    project = make_project()
    save(editor, address(project), _state="draft")
    assert editor.get(f"/de/projekte/{project.slug}/").status_code == 404


@pytest.mark.parametrize("state", ["deleted", "archived", "nonsense", "", "draft"])
def test_step_that_does_not_exist_is_refused_with_words(editor, save, draft, state):
    response = save(editor, address(draft), _state=state, title="Getippt")
    assert response.status_code == 200
    assert response.context["adminform"].form.non_field_errors()
    assert "Getippt" in response.text
    assert state_of(draft) == "draft"


def test_forged_field_changes_no_state(editor, save, draft):
    save(editor, address(draft), state="published")
    assert state_of(draft) == "draft"


def test_who_may_not_publish_is_offered_no_such_button(writer, draft):
    page = writer.get(address(draft)).text
    assert 'name="_state" value="review"' in page
    assert 'name="_state" value="published"' not in page


def test_who_may_not_publish_is_refused_and_keeps_what_was_typed(writer, save, draft):
    response = save(writer, address(draft), _state="published", title="Getippt")
    assert response.context["adminform"].form.non_field_errors()
    assert "Getippt" in response.text
    assert state_of(draft) == "draft"


def test_who_may_not_publish_asks_for_a_review(writer, save, draft):
    save(writer, address(draft), _state="review")
    draft.refresh_from_db()
    assert (draft.state, draft.review_asked_by) == ("review", person("editor"))


def test_who_may_not_publish_cannot_change_what_is_public(writer, save):
    project = make_project("Öffentlich")
    assert writer.get(address(project)).status_code == 200
    version = str(Project.objects.get(pk=project.pk).version)
    response = writer.post(address(project), {"title": "Heimlich", "version": version})
    assert response.status_code == 403
    assert project.translations.get(language_code="de").title == "Öffentlich"


def test_who_may_not_publish_keeps_the_text_typed_while_somebody_published(
    writer, coordinator, save, fields_of, draft
):
    fields = fields_of(writer.get(address(draft)))
    save(coordinator, address(draft), _state="published")
    page = writer.post(address(draft), fields | {"title": "Getippt"})
    assert page.status_code == 409
    assert "Getippt" in page.text


def test_who_may_not_publish_cannot_bin_what_is_public(writer):
    project = make_project()
    path = f"/verwaltung/projects/project/{project.pk}/delete/"
    assert writer.post(path, {"post": "yes"}).status_code == 403
    assert state_of(project) == "published"


def test_draft_needs_a_review_where_four_eyes_are_asked_for(four_eyes, editor, save, draft):
    response = save(editor, address(draft), _state="published")
    assert response.context["adminform"].form.non_field_errors()
    assert state_of(draft) == "draft"


def test_who_asked_for_the_review_may_not_publish(four_eyes, editor, save, draft):
    save(editor, address(draft), _state="review")
    save(editor, address(draft), _state="published")
    assert state_of(draft) == "review"


def test_somebody_else_publishes_what_was_sent_for_review(
    four_eyes, editor, coordinator, save, draft
):
    save(editor, address(draft), _state="review")
    save(coordinator, address(draft), _state="published")
    assert state_of(draft) == "published"


def test_own_review_may_be_published_where_two_eyes_are_enough(editor, save, draft):
    save(editor, address(draft), _state="review")
    save(editor, address(draft), _state="published")
    assert state_of(draft) == "published"


def test_draft_after_a_review_must_be_reviewed_again(four_eyes, editor, coordinator, save, draft):
    save(editor, address(draft), _state="review")
    save(coordinator, address(draft), _state="draft")
    save(coordinator, address(draft), _state="published")
    assert state_of(draft) == "draft"


def test_assessor_may_not_publish(draft):
    assert not may_publish(person("assessor"), draft)
    assert moves_for(person("assessor"), draft) == (State.REVIEW,)


def test_published_form_says_that_saving_shows_at_once(editor):
    assert editor.get(address(make_project())).context["is_public"]
