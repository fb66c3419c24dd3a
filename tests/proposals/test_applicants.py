"""An organisation registers, changes what it told, and goes again; staff join it to a profile."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from post_office.models import Email

from offenbach_wir.models import Event, LegalHold
from programs.models import ApplicantKind, FundingTerms
from projects.models import Organisation
from projects.proposals import applicants
from projects.proposals.models import Applicant, Paper, Proposal
from tests.factories import (
    make_account,
    make_applicant,
    make_line,
    make_member,
    make_organisation,
    make_proposal,
    make_submitted_proposal,
    make_terms,
    shown_at,
)

NEW = "/de/antraege/organisation/neu/"
GROUP = "group-without-legal-form"


def page_of(applicant, page=""):
    return f"/de/antraege/organisation/{applicant.key}/{page}"


def kind(slug):
    return ApplicantKind.objects.get(slug=slug)


def told(**fields):
    """What a form sends; `kind` is a short name."""
    values = {
        "name": "Café der Kulturen e. V.",
        "legal_form": "registered_association",
        "kind": kind(fields.pop("kind", "migrant-organisation")).pk,
        "register_number": "VR 4711",
        "is_charitable": "on",
        "street": "Musterstraße 1",
        "postcode": "63065",
        "city": "Offenbach am Main",
        "contact_name": "Ada Beispiel",
        "contact_email": "ada@example.org",
        "shown_at": shown_at(1),
    }
    return values | fields


@pytest.fixture
def person(client, db):
    user = make_account("ada@example.org", name="Ada Beispiel")
    client.force_login(user)
    return user


@pytest.fixture
def applicant(person):
    return make_applicant(person)


# --- Registering --------------------------------------------------------------------------------
def test_registering_makes_the_person_the_owner(client, person):
    response = client.post(NEW, told())
    applicant = Applicant.objects.get(owner=person)
    assert response["Location"] == page_of(applicant)
    assert (applicant.name, applicant.city) == ("Café der Kulturen e. V.", "Offenbach am Main")
    assert Event.objects.about(applicant).get().kind == Event.Kind.REGISTERED


def test_registering_publishes_nothing(client, person):
    client.post(NEW, told())
    profile = Organisation.objects.get(name="Café der Kulturen e. V.")
    assert not profile.is_listed
    assert client.get(f"/de/organisationen/{profile.slug}/").status_code == 404
    assert "Café der Kulturen" not in client.get("/de/suche/?q=Kulturen").text


def test_registering_needs_an_account_and_comes_back(client, db):
    assert client.get(NEW)["Location"] == f"/de/konto/anmelden/?next={NEW}"


def test_same_form_twice_registers_once(client, person):
    form = told()
    first, second = client.post(NEW, form), client.post(NEW, form | {"city": "Hanau"})
    assert first["Location"] == second["Location"]
    assert Applicant.objects.filter(owner=person).count() == 1


def test_two_organisations_of_one_name_get_addresses_of_their_own(client, person):
    client.post(NEW, told())
    client.post(NEW, told())
    assert Organisation.objects.filter(name="Café der Kulturen e. V.").count() == 2


@pytest.mark.parametrize("name", ["جمعية الصداقة", "Дружба", "🌍🌍"])
def test_name_of_any_script_can_be_registered(client, person, name):
    client.post(NEW, told(name=name))
    assert Applicant.objects.get(owner=person).name == name


def test_form_starts_with_what_the_account_knows(client, person):
    page = client.get(NEW)
    assert page.context["form"]["contact_email"].value() == "ada@example.org"
    assert page.context["form"]["contact_name"].value() == "Ada Beispiel"


def test_refused_form_keeps_what_was_typed(client, person):
    page = client.post(NEW, told(postcode="", street="Sehr besondere Straße 7"))
    assert "error-summary" in page.text
    assert "Sehr besondere Straße 7" in page.text
    assert not Applicant.objects.filter(owner=person).exists()


def test_association_gives_its_number_in_the_register(client, person):
    page = client.post(NEW, told(register_number=""))
    assert list(page.context["form"].errors) == ["register_number"]


def test_private_person_is_no_choice(client, person):
    assert "private-person" not in {
        row.slug for row in client.get(NEW).context["form"].fields["kind"].queryset
    }
    page = client.post(NEW, told(kind="private-person"))
    assert "kind" in page.context["form"].errors


@pytest.mark.parametrize(
    ("legal_form", "slug", "wrong"),
    [
        ("unregistered_group", "migrant-organisation", "kind"),
        ("registered_association", GROUP, "legal_form"),
    ],
)
def test_legal_form_and_kind_do_not_contradict(client, person, legal_form, slug, wrong):
    page = client.post(NEW, told(legal_form=legal_form, kind=slug))
    assert wrong in page.context["form"].errors


@pytest.mark.parametrize(
    "website", ["javascript:alert(1)", "ftp://example.org/", "data:text/html,x"]
)
def test_website_is_a_page(client, person, website):
    assert "website" in client.post(NEW, told(website=website)).context["form"].errors


def test_name_cannot_turn_its_neighbours(client, person):
    client.post(NEW, told(name="Gut\u202eböse"))
    assert Applicant.objects.get(owner=person).name == "Gutböse"


@pytest.mark.parametrize("field", ["kind", "languages", "legal_form"])
@pytest.mark.parametrize("value", ["x", "-1", str(10**30), "\x00"])
def test_made_up_choices_are_refused_in_words(client, person, field, value):
    """A number larger than any key is refused before the form is asked."""
    page = client.post(NEW, told() | {field: value})
    assert page.status_code == 400 or field in page.context["form"].errors


# --- What may be applied for --------------------------------------------------------------------
@pytest.fixture
def open_line(db):
    FundingTerms.objects.update(in_portal=False)
    terms = make_terms(make_line(title="Offene Linie"), "2020-01-01")
    terms.applicant_kinds.add(kind("migrant-organisation"))
    return terms


def test_page_names_the_lines_that_are_open_for_this_kind(client, applicant, open_line):
    assert "Offene Linie" in client.get(page_of(applicant)).text


def test_page_leaves_out_lines_for_others(client, person, open_line):
    applicant = make_applicant(person, kind="church", legal_form="church_body")
    page = client.get(page_of(applicant))
    assert "Offene Linie" not in page.text
    assert "/de/beratung/" in page.text


def test_group_without_legal_form_is_told_how_it_can_take_part(client, person):
    client.post(NEW, told(legal_form="unregistered_group", kind=GROUP, register_number=""))
    applicant = Applicant.objects.get(owner=person)
    page = client.get(page_of(applicant))
    assert kind(GROUP).text.explanation in page.text
    assert list(page.context["open_terms"]) == []


def test_page_takes_as_many_queries_for_more_rows(client, applicant, count_queries):
    for _n in range(2):
        make_proposal(applicant)
    for_two = count_queries(page_of(applicant))
    for _n in range(5):
        make_proposal(applicant)
    assert count_queries(page_of(applicant)) == for_two


# --- Who may what -------------------------------------------------------------------------------
PAGES = ("", "bearbeiten/", "loeschen/", "mitglieder/", "unterlagen/")


@pytest.mark.parametrize("page", PAGES)
def test_foreign_organisation_is_not_there(client, person, page):
    assert client.get(page_of(make_applicant(), page)).status_code == 404


@pytest.mark.parametrize(("role", "status"), [("editor", 200), ("reader", 403)])
def test_editor_changes_and_reader_does_not(client, person, role, status):
    applicant = make_applicant()
    make_member(applicant, role, person)
    assert client.get(page_of(applicant, "bearbeiten/")).status_code == status
    assert client.get(page_of(applicant)).status_code == 200


@pytest.mark.parametrize("role", ["editor", "reader"])
def test_only_the_owner_deletes(client, person, role):
    applicant = make_applicant()
    make_member(applicant, role, person)
    assert client.post(page_of(applicant, "loeschen/"), {"ok": "1"}).status_code == 403
    assert Applicant.objects.filter(pk=applicant.pk).exists()


# --- Changing -----------------------------------------------------------------------------------
def edited(applicant, **fields):
    return told(version=applicant.version, name=applicant.name, **fields)


def test_details_are_changed(client, applicant):
    client.post(page_of(applicant, "bearbeiten/"), edited(applicant, city="Hanau"))
    applicant.refresh_from_db()
    assert (applicant.city, applicant.version) == ("Hanau", 1)


def test_nothing_is_overwritten_when_somebody_else_was_quicker(client, applicant):
    stale = edited(applicant, city="Hanau", street="Meine Straße 3")
    client.post(page_of(applicant, "bearbeiten/"), edited(applicant, city="Frankfurt"))
    page = client.post(page_of(applicant, "bearbeiten/"), stale)
    applicant.refresh_from_db()
    assert (page.status_code, applicant.city) == (409, "Frankfurt")
    assert "Meine Straße 3" in page.text
    assert "Frankfurt" in [stored for _label, stored in page.context["differences"]]


def test_saving_again_after_a_conflict_saves_on_purpose(client, applicant):
    stale = edited(applicant, city="Hanau")
    client.post(page_of(applicant, "bearbeiten/"), edited(applicant, city="Frankfurt"))
    page = client.post(page_of(applicant, "bearbeiten/"), stale)
    client.post(
        page_of(applicant, "bearbeiten/"),
        stale | {"version": page.context["form"]["version"].value()},
    )
    applicant.refresh_from_db()
    assert applicant.city == "Hanau"


@pytest.mark.parametrize("version", ["", "x", "-1", str(10**30)])
def test_made_up_version_overwrites_nothing(client, applicant, version):
    form = edited(applicant, city="Hanau") | {"version": version}
    assert client.post(page_of(applicant, "bearbeiten/"), form).status_code in (200, 409)
    applicant.refresh_from_db()
    assert applicant.city == "Offenbach am Main"


def test_name_changes_with_the_details(client, applicant):
    client.post(page_of(applicant, "bearbeiten/"), edited(applicant) | {"name": "Neuer Name"})
    assert Organisation.objects.get(applicant=applicant).name == "Neuer Name"


def test_name_the_public_sees_is_changed_by_staff_alone(client, person):
    applicant = make_applicant(person, organisation=make_organisation("Bekannt e. V."))
    client.post(page_of(applicant, "bearbeiten/"), edited(applicant) | {"name": "Anders"})
    assert Organisation.objects.get(applicant=applicant).name == "Bekannt e. V."


# --- Deleting -----------------------------------------------------------------------------------
def test_opening_the_page_deletes_nothing(client, applicant):
    assert client.get(page_of(applicant, "loeschen/")).status_code == 200
    assert Applicant.objects.filter(pk=applicant.pk).exists()


def test_deleting_takes_drafts_members_and_the_profile_along(client, applicant):
    make_proposal(applicant)
    make_member(applicant)
    client.post(page_of(applicant, "loeschen/"), {"ok": "1"})
    assert not Applicant.objects.filter(pk=applicant.pk).exists()
    assert not Proposal.objects.filter(applicant=applicant.pk).exists()
    assert not Organisation.objects.filter(pk=applicant.organisation_id).exists()


def test_public_profile_stays_when_its_applicant_goes(client, person):
    applicant = make_applicant(person, organisation=make_organisation())
    client.post(page_of(applicant, "loeschen/"), {"ok": "1"})
    assert not Applicant.objects.filter(pk=applicant.pk).exists()
    assert Organisation.objects.filter(pk=applicant.organisation_id).exists()


def test_what_handed_something_in_stays(client, applicant):
    make_submitted_proposal(applicant)
    page = client.post(page_of(applicant, "loeschen/"), {"ok": "1"})
    assert page.status_code == 409
    assert Applicant.objects.filter(pk=applicant.pk).exists()


def test_legal_hold_keeps_the_organisation(client, applicant):
    LegalHold.objects.create(
        subject_type="proposals.applicant", subject_id=applicant.pk, reason="Klage"
    )
    client.post(page_of(applicant, "loeschen/"), {"ok": "1"})
    assert Applicant.objects.filter(pk=applicant.pk).exists()


# --- Staff join it to a profile -----------------------------------------------------------------
def admin_page(applicant):
    return f"/verwaltung/proposals/applicant/{applicant.pk}/change/"


def stepped_in(role):
    client = Client()
    client.post(f"/de/demo/{role}/einsteigen/", {"ok": "1"})
    return client


def joined(applicant, profile):
    """What the form of the back office sends for that profile, the owner left as it is."""
    return {"organisation": profile.pk, "owner": applicant.owner_id}


@pytest.mark.parametrize("role", ["coordinator", "administrator"])
def test_staff_join_an_applicant_to_the_profile_there_is(db, role):
    applicant, profile = make_applicant(), make_organisation()
    former = applicant.organisation_id
    stepped_in(role).post(admin_page(applicant), joined(applicant, profile))
    applicant.refresh_from_db()
    assert applicant.organisation_id == profile.pk
    assert not Organisation.objects.filter(pk=former).exists()
    assert Event.objects.about(applicant).get().kind == Event.Kind.JOINED_PROFILES


def test_former_profile_stays_where_staff_have_made_something_of_it(db):
    former = make_organisation()
    applicant = make_applicant(organisation=former)
    stepped_in("coordinator").post(admin_page(applicant), joined(applicant, make_organisation()))
    assert Organisation.objects.filter(pk=former.pk).exists()


def test_profile_of_another_applicant_is_no_choice(db):
    applicant, other = make_applicant(), make_applicant()
    page = stepped_in("coordinator").post(
        admin_page(applicant), joined(applicant, other.organisation)
    )
    assert page.status_code == 200
    applicant.refresh_from_db()
    assert applicant.organisation_id != other.organisation_id


@pytest.mark.parametrize("role", ["editor", "assessor"])
def test_other_roles_do_not_see_applicants(db, role):
    assert stepped_in(role).get(admin_page(make_applicant())).status_code == 403


def test_groups_hold_the_rights_of_the_table(db):
    rights = Group.objects.get(name="coordinator").permissions
    names = rights.filter(content_type__app_label="proposals", content_type__model="applicant")
    assert set(names.values_list("codename", flat=True)) == {"view_applicant", "change_applicant"}


def test_papers_of_a_deleted_organisation_go_with_it(applicant):
    kind_of_paper = Paper._meta.get_field("kind").related_model.objects.first()
    Paper.objects.create(applicant=applicant, kind=kind_of_paper, name="x.pdf", size=1)
    applicants.delete(applicant)
    assert not Paper.objects.filter(applicant=applicant.pk).exists()


def test_staff_make_a_member_the_owner_where_the_owner_cannot_be_reached(db):
    applicant = make_applicant()
    member = make_member(applicant)
    former = applicant.owner
    stepped_in("coordinator").post(
        admin_page(applicant), {"organisation": applicant.organisation_id, "owner": member.pk}
    )
    applicant.refresh_from_db()
    assert applicant.owner == member
    assert applicant.memberships.get().user == former
    assert Email.objects.get().to == [member.email]


def test_staff_cannot_make_a_stranger_the_owner(db):
    applicant, stranger = make_applicant(), make_account()
    page = stepped_in("coordinator").post(
        admin_page(applicant), {"organisation": applicant.organisation_id, "owner": stranger.pk}
    )
    applicant.refresh_from_db()
    assert (page.status_code, applicant.owner_id == stranger.pk) == (200, False)
