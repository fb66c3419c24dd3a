"""Pictures enclosed with an approved proposal, taken over to its project with their rights."""

import io

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from PIL import Image

from offenbach_wir import event_words
from offenbach_wir.models import Event
from programs.models import Picture
from projects.models import Project, ProjectPicture
from projects.proposals import project_pictures, removal, submission
from projects.proposals.case import State
from projects.proposals.forms.pictures import TakePictureForm
from projects.proposals.models import Proposal, TakenPicture
from tests.case_factories import HANDED_IN_AT, bring_to, make_case, staff
from tests.factories import make_enclosure, make_picture, make_project, picture_bytes

from .test_office import case_of, stepped_in

RIGHTS = {
    "take": "on",
    "title": "Lesekreis",
    "alt": "Kinder lesen einander vor.",
    "author": "Ada Beispiel",
    "rights": "CC BY 4.0",
    "consent": "given",
}


def photo(name="Foto.jpg", proposal=None, **fields):
    """A photo as a phone makes it, with the place in it."""
    exif = Image.Exif()
    exif[0x010E] = "Geheimer Ort"
    content = picture_bytes((800, 500), exif=exif)
    jpeg = {"extension": "jpg", "content_type": "image/jpeg"}
    return make_enclosure(proposal, name, content, **(jpeg | fields))


def case_with(*enclose, state=State.APPROVED):
    draft = make_case(State.DRAFT)
    rows = [one(proposal=draft) for one in enclose]
    submission.hand_in(draft, user=draft.applicant.owner, now=HANDED_IN_AT)
    return bring_to(state, anew(draft)), rows


def anew(proposal):
    return Proposal.objects.get(pk=proposal.pk)


def make(client, proposal):
    return client.post(case_of(proposal, "projekt/"), {"ok": "1"})


@pytest.fixture
def case(db):
    return case_with(photo)[0]


@pytest.fixture
def row(case):
    return case.enclosures.get()


@pytest.fixture
def project(coordinator, case):
    make(coordinator, case)
    return anew(case).project


def read(stored):
    with stored.open("rb") as file:
        return file.read()


def page(proposal):
    return case_of(proposal, "projekt/bilder/")


def sent(row, **changes):
    fields = {name: value for name, value in (RIGHTS | changes).items() if value is not None}
    return {f"{row.key}-{name}": value for name, value in fields.items()}


def take(client, row, **changes):
    return client.post(page(row.proposal), sent(row, **changes))


# --- Offering -----------------------------------------------------------------------------------
def test_making_the_project_leads_to_the_pictures(coordinator, case):
    assert make(coordinator, case)["Location"] == page(case)


def test_without_pictures_it_leads_to_the_project(coordinator, db):
    proposal = make_case(State.APPROVED)
    project_page = make(coordinator, proposal)["Location"]
    assert project_page == (f"/verwaltung/projects/project/{anew(proposal).project.pk}/change/")


def test_picture_is_shown_with_a_preview_and_nothing_chosen(coordinator, case, row, project):
    shown = coordinator.get(page(case))
    preview = case_of(case, f"dateien/{row.key}/vorschau/")
    assert f'src="{preview}"' in shown.text
    assert coordinator.get(preview)["Content-Type"] == "image/jpeg"
    [form] = shown.context["forms"]
    assert not form["take"].value()
    assert not Picture.objects.filter(in_projects__project=project).exists()


@pytest.mark.parametrize("state", ["failed", "infected"])
def test_file_that_must_not_be_passed_on_is_never_offered(coordinator, case, row, project, state):
    case.enclosures.update(scan=state)
    assert row.key not in coordinator.get(page(case)).text
    assert take(coordinator, row).status_code == 422
    assert not TakenPicture.objects.exists()


def test_only_pictures_of_the_version_handed_in_are_offered(coordinator, db):
    def document(proposal):
        pdf = {"extension": "pdf", "content_type": "application/pdf"}
        return make_enclosure(proposal, "Plan.pdf", b"%PDF-1.7", **pdf)

    case, [kept, _document] = case_with(photo, document)
    late = photo("Spaeter.jpg", proposal=case)
    make(coordinator, case)
    forms = coordinator.get(page(case)).context["forms"]
    assert [form.enclosure for form in forms] == [kept]
    assert take(coordinator, late).status_code == 422


def test_case_and_project_say_how_many_can_be_taken_over(coordinator, case, row, project):
    addresses = [case_of(case), f"/verwaltung/projects/project/{project.pk}/change/"]
    for address in addresses:
        assert f'href="{page(case)}"' in coordinator.get(address).text
    take(coordinator, row)
    for address in addresses:
        assert f'href="{page(case)}"' not in coordinator.get(address).text


# --- Taking over --------------------------------------------------------------------------------
def test_picture_stands_at_the_project_with_its_rights(coordinator, row, project):
    done = take(coordinator, row)
    assert done["Location"] == f"/verwaltung/projects/project/{project.pk}/change/"
    picture = project.project_pictures.get().picture
    assert (picture.author, picture.rights) == ("Ada Beispiel", "CC BY 4.0")
    assert (picture.consent, picture.is_decorative) == ("given", False)
    text = picture.text_in("de")
    assert (text.title, text.alt) == ("Lesekreis", "Kinder lesen einander vor.")
    assert (picture.width, picture.height) == (800, 500)


def test_copy_is_cleaned_and_lies_in_the_public_media_under_a_name_of_its_own(
    coordinator, row, project
):
    assert b"Geheimer Ort" in read(row.file)
    take(coordinator, row)
    picture = project.project_pictures.get().picture
    content = read(picture.file)
    assert b"Geheimer Ort" not in content
    assert not Image.open(io.BytesIO(content)).getexif()
    assert "Foto" not in picture.file.name


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("author", ""), ("author", None), ("rights", " "), ("consent", "")),
        *(("consent", "sure"), ("alt", ""), ("alt", "x" * 251), ("title", "")),
    ],
)
def test_without_rights_or_description_none_is_made_and_what_was_typed_stays(
    coordinator, row, project, field, value
):
    shown = take(coordinator, row, **{field: value})
    assert shown.status_code == 422
    [form] = shown.context["refused"]
    assert field in form.errors
    assert f'href="#id_{row.key}-{field}"' in shown.text
    typed = "Lesekreis" if field == "author" else "Ada Beispiel"
    assert typed in shown.text
    assert not TakenPicture.objects.exists()
    assert not project.project_pictures.exists()


def test_decorative_picture_needs_no_description(coordinator, row, project):
    take(coordinator, row, alt="", is_decorative="on")
    assert project.project_pictures.get().picture.is_decorative


def test_what_is_not_chosen_is_not_looked_at(coordinator, db):
    case, [first, second] = case_with(photo, lambda proposal: photo("B.jpg", proposal))
    make(coordinator, case)
    answer = coordinator.post(page(case), sent(first) | sent(second, take=None, author=""))
    assert answer.status_code == 302
    assert [row.enclosure for row in TakenPicture.objects.all()] == [first]


def test_one_refused_holds_the_others_back_and_keeps_them_typed(coordinator, db):
    case, [first, second] = case_with(photo, lambda proposal: photo("B.jpg", proposal))
    make(coordinator, case)
    answer = coordinator.post(page(case), sent(first) | sent(second, author=""))
    assert answer.status_code == 422
    assert not TakenPicture.objects.exists()


def test_nothing_chosen_is_said(coordinator, row, project):
    answer = take(coordinator, row, take=None)
    assert answer.status_code == 422
    assert answer.context["is_none_chosen"]
    assert "Ada Beispiel" in answer.text


def test_several_stand_in_their_order_behind_those_there_are(coordinator, db):
    case, [first, second] = case_with(photo, lambda proposal: photo("B.jpg", proposal))
    make(coordinator, case)
    coordinator.post(page(case), sent(first))
    coordinator.post(page(case), sent(second, title="Zweites"))
    rows = anew(case).project.project_pictures.all()
    assert [(row.position, str(row.picture)) for row in rows] == [(0, "Lesekreis"), (1, "Zweites")]


def test_damaged_file_is_refused_in_words(coordinator, case, row, project):
    with row.file.storage.open(row.file.name, "wb") as file:
        file.write(b"\xff\xd8\xff no picture")
    answer = take(coordinator, row)
    assert answer.status_code == 422
    assert "take" in answer.context["refused"][0].errors


def test_missing_file_is_refused_in_words(coordinator, case, row, project):
    row.file.storage.delete(row.file.name)
    assert take(coordinator, row).status_code == 422
    assert not TakenPicture.objects.exists()


def test_it_is_written_in_the_trail(coordinator, case, row, project):
    take(coordinator, row)
    event = Event.objects.filter(kind=Event.Kind.CASE_CHANGED).latest("pk")
    picture = project.project_pictures.get().picture
    assert (event.subject_id, event.actor) == (case.pk, staff())
    assert (event.detail["change"], event.detail["pictures"]) == ("pictures", [picture.pk])
    assert "pictures" not in event_words.details(event)


# --- Once ---------------------------------------------------------------------------------------
def test_pressing_twice_makes_one(coordinator, row, project):
    for _n in range(2):
        assert take(coordinator, row).status_code == 302
    assert project.project_pictures.count() == 1
    assert TakenPicture.objects.count() == 1


def test_page_opened_before_makes_no_second_one(coordinator, case, row, project):
    form = TakePictureForm(sent(row), enclosure=row)
    assert form.is_valid()
    take(coordinator, row)
    n = Picture.objects.count()
    assert project_pictures.take(anew(case), [form], user=staff()) == 0
    assert Picture.objects.count() == n


def test_database_keeps_one_picture_of_each_enclosure(coordinator, row, project):
    take(coordinator, row)
    with pytest.raises(IntegrityError), transaction.atomic():
        TakenPicture.objects.create(enclosure=row, picture=make_picture())


def test_what_fails_half_way_leaves_no_file_behind(coordinator, case, row, project, monkeypatch):
    form = TakePictureForm(sent(row), enclosure=row)
    assert form.is_valid()
    TakenPicture.objects.all().delete()
    monkeypatch.setattr(ProjectPicture.objects, "create", broken)
    with pytest.raises(OSError, match="full"):
        project_pictures.take(anew(case), [form], user=staff())
    assert not default_storage.exists(form.instance.file.name)
    assert not TakenPicture.objects.exists()


def broken(**_fields):
    raise OSError("full")


# --- For whom -----------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["assessor", "approver", "editor", "administrator"])
def test_who_may_not_change_case_and_pictures_takes_none(case, row, project, role):
    client = stepped_in(role)
    assert client.get(page(case)).status_code in (302, 403)
    assert take(client, row).status_code in (302, 403)
    assert not TakenPicture.objects.exists()


@pytest.mark.parametrize("right", ["add_picture", "add_projectpicture", "change_project"])
def test_without_one_of_the_rights_none_is_taken(coordinator, case, row, project, right):
    for group in staff().groups.all():
        group.permissions.remove(*group.permissions.filter(codename=right))
    assert coordinator.get(page(case)).status_code == 403
    assert take(coordinator, row).status_code == 403
    assert page(case) not in coordinator.get(case_of(case)).text


def test_case_without_a_project_has_no_such_page(coordinator, case):
    assert coordinator.get(page(case)).status_code == 404


def test_project_in_the_bin_takes_none(coordinator, case, row, project):
    Project.objects.filter(pk=project.pk).update(
        state=Project.State.DELETED, deleted_at=HANDED_IN_AT
    )
    assert take(coordinator, row).status_code == 403


def test_nothing_is_public_before_the_project_is(client, coordinator, row, project):
    take(coordinator, row)
    assert client.get(project.get_absolute_url()).status_code == 404


def test_page_says_when_the_project_is_public_already(coordinator, case, project):
    assert not coordinator.get(page(case)).context["is_public"]
    Project.objects.filter(pk=project.pk).update(state=Project.State.PUBLISHED)
    assert coordinator.get(page(case)).context["is_public"]


# --- Afterwards ---------------------------------------------------------------------------------
def test_picture_stays_when_the_proposal_is_deleted(coordinator, case, row, project):
    take(coordinator, row)
    picture = project.project_pictures.get().picture
    removal.delete_proposals([case.pk])
    assert not TakenPicture.objects.exists()
    assert project.project_pictures.get().picture == picture
    assert default_storage.exists(picture.file.name)


def test_picture_that_was_deleted_can_be_taken_over_anew(coordinator, case, row, project):
    take(coordinator, row)
    project.project_pictures.all().delete()
    Picture.objects.filter(pk=TakenPicture.objects.get().picture_id).delete()
    assert [form.enclosure for form in coordinator.get(page(case)).context["forms"]] == [row]


def test_picture_that_is_not_at_the_project_any_more_is_named(coordinator, case, row, project):
    take(coordinator, row)
    project.project_pictures.all().delete()
    shown = coordinator.get(page(case))
    assert shown.context["taken"] == [row]
    assert f"/verwaltung/programs/picture/{TakenPicture.objects.get().picture_id}/" in shown.text


def test_pictures_of_another_project_are_no_matter(coordinator, row, project):
    other = make_project()
    take(coordinator, row)
    assert not other.project_pictures.exists()
