"""The back office in the words of the town: no words of the database, none of another language."""

import re
from pathlib import Path

import pytest
from django.contrib import admin

from offenbach_wir import editor_words, event_words, events, jobs
from offenbach_wir.models import Event, JobRun, LegalHold, User
from offenbach_wir.roles import AREAS, GROUPS, ROLES
from programs.models import Document, FundingTerms, Picture
from tests.factories import make_picture

P = "/verwaltung/"
ROLLEN = Path(__file__).resolve().parents[2] / "docs" / "handbook" / "rollen.md"


def change_page(row):
    return f"{P}{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


# --- One word for one thing ---------------------------------------------------------------------
@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_breadcrumb_begins_with_start(administrator, model):
    page = administrator.get(f"{P}{model._meta.app_label}/{model._meta.model_name}/").text
    crumbs = page.partition('class="breadcrumbs"')[2].partition("</div>")[0]
    assert ">Start</a>" in crumbs
    assert "Startseite" not in crumbs


def test_saving_is_called_speichern_in_every_form(administrator):
    for path in ("projects/district/add/", "offenbach_wir/user/1/change/", "programs/page/add/"):
        assert "Sichern" not in administrator.get(f"{P}{path}").text, path


def test_invitation_is_sent_not_saved(administrator):
    page = administrator.get(f"{P}offenbach_wir/invitation/add/").text
    assert 'value="Einladung verschicken"' in page
    assert "_addanother" not in page


def test_start_page_has_the_headings_of_the_handbook(administrator):
    """All of them in their order, but for those in which the role has nothing to do."""
    shown = [str(group["name"]) for group in administrator.get(P).context["groups"]]
    own = {AREAS[area].group for area in ROLES["administrator"].areas}
    printed = re.findall(r"^### (.+)$", ROLLEN.read_text(), re.M)[: len(GROUPS)]
    assert printed == [str(name) for name in GROUPS.values()]
    assert shown == [str(name) for key, name in GROUPS.items() if key in own]


def test_number_of_entries_is_counted_in_entries(administrator):
    assert "1 Eintrag" in administrator.get(f"{P}programs/office/").text
    assert "Protokoll</p>" not in administrator.get(f"{P}offenbach_wir/event/").text


# --- Records by their names ---------------------------------------------------------------------
def test_terms_are_called_after_their_line(administrator):
    terms = FundingTerms.objects.select_related("line").first()
    assert str(terms.line) in str(terms)
    assert f"{terms.line}, ab " in administrator.get(change_page(terms)).text


def test_job_is_called_by_what_it_does(administrator):
    jobs.run_due()
    row = JobRun.objects.get(name="digest")
    for path in (f"{P}offenbach_wir/jobrun/", change_page(row)):
        page = administrator.get(path).text
        assert "Wöchentliche E-Mail verschicken" in page
        assert "expired_sessions" not in page


def test_held_record_is_named_in_words(administrator):
    hold = LegalHold.objects.create(
        subject_type="offenbach_wir.user", subject_id=3, reason="Az. 1 K 2/26"
    )
    assert str(hold) == "Konto, Nummer 3"
    assert "offenbach_wir.user" not in administrator.get(change_page(hold)).text


def test_kinds_of_records_to_hold_each_have_a_name_of_their_own(administrator):
    form = administrator.get(f"{P}offenbach_wir/legalhold/add/").context["adminform"].form
    names = [str(name) for _label, name in form.fields["subject_type"].choices]
    assert len(names) == len(set(names))
    assert not [name for name in names if "." in name]


def test_document_list_names_languages(administrator):
    Document.objects.filter(slug=Document.objects.first().slug).update(language="de-leicht")
    assert "Deutsch in Leichter Sprache" in administrator.get(f"{P}programs/document/").text


def test_document_keeps_a_language_that_is_not_offered(administrator):
    document = Document.objects.first()
    Document.objects.filter(pk=document.pk).update(language="so")
    page = administrator.get(change_page(document)).text
    assert '<option value="so" selected>' in page


# --- The audit trail ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({"added": ["coordinator"], "removed": []}, "Rollen gegeben: Koordination"),
        ({"added": [], "removed": ["editor"]}, "Rollen entzogen: Redaktion"),
        ({"roles": ["editor", "assessor"]}, "Rollen: Redaktion, Bewertung"),
        ({"by": "code"}, "Mit einem Code per E-Mail"),
        ({"n": 1}, "1 Gerät"),
        ({"model": "projects.project", "rows": 7, "format": "xlsx"}, "Projekte; 7 Einträge; Excel"),
        ({"record": "offenbach_wir.user", "number": 3}, "Konto, Nummer 3"),
        ({"scope": "search"}, "Suchanfragen"),
        ({"address": "admin:offenbach_wir_user_changelist"}, "Seite: Konten"),
        ({"address": "demo:nowhere"}, "Seite: demo:nowhere"),
        ({"counts": {"programs.page": 0, "projects.project": 2}}, "Projekte: 2"),
        ({"what": "one person"}, "Daten einer Person"),
        ({"what": "delete"}, "gelöscht"),
        ({"made_up": 1}, "made_up: 1"),
        ({}, "–"),
    ],
)
def test_details_of_an_event_are_said_in_words(detail, words):
    assert event_words.details(Event(detail=detail)) == words


def test_event_leads_to_its_record(administrator):
    user = User.objects.get(email=ROLES["editor"].demo_email)
    events.record(Event.Kind.ROLES_CHANGED, subject=user)
    page = administrator.get(f"{P}offenbach_wir/event/").text
    assert f'<a href="{P}offenbach_wir/user/{user.pk}/change/">Konto, Nummer {user.pk}</a>' in page


@pytest.mark.parametrize("word", ["Konto", "konten", "offenbach_wir.user"])
def test_trail_is_found_by_the_name_of_a_list(administrator, word):
    user = User.objects.get(email=ROLES["editor"].demo_email)
    event = events.record(Event.Kind.ROLES_CHANGED, subject=user)
    found = administrator.get(f"{P}offenbach_wir/event/", {"q": word}).context["cl"].result_list
    assert [row.pk for row in found] == [event.pk]


# --- Help ---------------------------------------------------------------------------------------
FORMS = [
    *("consultations/coordinator", "consultations/helpplace", "programs/applicantkind"),
    *("consultations/openinghours", "consultations/specialhours", "consultations/absence"),
    *("consultations/concern", "consultations/location"),
    *("programs/document", "programs/focusarea", "programs/fundingline", "programs/fundingterms"),
    *("programs/measurekind", "programs/notice", "programs/oldaddress", "programs/page"),
    *("programs/partner", "programs/picture", "programs/program", "projects/district"),
    *("projects/organisation", "projects/project", "projects/spokenlanguage"),
    *("projects/targetgroup", "offenbach_wir/invitation", "offenbach_wir/legalhold"),
    *("offenbach_wir/mailtext", "programs/enclosurekind"),
]


@pytest.mark.parametrize("path", FORMS)
def test_every_group_of_a_form_has_a_heading(administrator, path):
    fieldsets = administrator.get(f"{P}{path}/add/").context["adminform"].fieldsets
    assert all(name for name, _options in fieldsets)
    assert any(options.get("description") for _name, options in fieldsets)


@pytest.mark.parametrize("path", FORMS)
def test_form_shows_no_word_of_the_code(administrator, path):
    page = administrator.get(f"{P}{path}/add/").text
    visible = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.S)
    assert not re.findall(r"\bNone\b|\b[a-z]+_[a-z]+\b|\b[a-z]+\.[a-z]+translation\b", visible)


def test_focus_point_says_when_it_can_be_chosen_only_before_that(administrator):
    later = "Das Bild erscheint hier nach dem ersten Speichern."
    assert later in administrator.get(f"{P}programs/picture/add/").text
    assert Picture.objects.filter(pk=make_picture().pk).exists()
    assert later not in administrator.get(change_page(Picture.objects.first())).text


def test_end_of_a_hold_is_a_plain_day(administrator):
    page = administrator.get(f"{P}offenbach_wir/legalhold/add/").text
    assert re.search(r'<input type="date" name="until"', page)


def test_language_of_an_account_is_chosen_not_typed(administrator):
    assert '<select name="language"' in administrator.get(f"{P}offenbach_wir/user/1/change/").text


def test_every_word_of_the_editor_has_a_german_one():
    assert all(str(word) for word in editor_words.WORDS.values())
    assert str(editor_words.WORDS["bold"]) == "Fett"


def test_page_with_an_editor_brings_its_words(administrator):
    page = administrator.get(f"{P}programs/page/add/").text
    assert '<script id="editor-words" type="application/json">' in page


def test_no_module_is_loaded_before_the_import_map(administrator):
    """Browsers that know one import map only would refuse it, and the editor with it."""
    page = administrator.get(f"{P}programs/page/add/").text
    assert 'type="module"' not in page.partition('type="importmap"')[0]
