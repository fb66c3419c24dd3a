"""Texts of mails: staff change subject and introduction, the portal writes the facts."""

import datetime
import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.test import Client

from offenbach_wir import languages, mail_texts
from offenbach_wir.models import MailText
from offenbach_wir.roles import ROLES
from tests.factories import make_queued_mail

LIST = "/verwaltung/offenbach_wir/mailtext/"
NAMES = sorted(mail_texts._mails)
TEXT = {"template": "barrier_report", "language": "de"}


@pytest.fixture
def coordinator(client, db):
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    return client


def own(**fields):
    return MailText.objects.create(**(TEXT | fields))


def written(language="de", **context):
    example = mail_texts.get("barrier_report").example_context
    return mail_texts.write("barrier_report", language, example | context)


def preview(name="barrier_report", language="de"):
    return f"{LIST}vorschau/{name}/{language}/"


def trial():
    return f"{LIST}probe/barrier_report/de/"


# --- The catalogue ------------------------------------------------------------------------------


def test_every_template_is_a_registered_mail():
    folder = Path(django_settings.BASE_DIR) / "templates" / "emails"
    assert {path.stem for path in folder.glob("*.txt")} - {"base"} == set(NAMES)


@pytest.mark.parametrize("language", languages.codes())
@pytest.mark.parametrize("name", NAMES)
def test_every_mail_has_subject_introduction_and_facts(db, name, language):
    mail = mail_texts.write(name, language, mail_texts.get(name).example_context)
    assert mail.subject
    assert mail.introduction
    assert mail.body


def test_mail_is_registered_once():
    with pytest.raises(ValueError, match="twice"):
        mail_texts.register("barrier_report", "", area="office")


# --- What staff wrote ---------------------------------------------------------------------------


def test_subject_and_introduction_of_staff_replace_those_of_the_portal(db):
    own(subject="Meldung {reference}", introduction="Bitte bis {due_on} antworten.")
    mail = written(reference="B-222222", due_on=datetime.date(2027, 2, 3))
    assert mail.subject == "Meldung B-222222"
    assert mail.introduction == "Bitte bis 3. Februar 2027 antworten."


def test_facts_stay_below_the_words_of_staff(db):
    plain = written()
    own(introduction="Guten Tag.")
    assert written().body == plain.body


def test_empty_text_leaves_the_portals_own_words(db):
    plain = written()
    own(subject=" ", introduction="\n")
    assert written() == plain


def test_text_counts_for_its_language_only(db):
    own(subject="Nur deutsch")
    assert written("en").subject != "Nur deutsch"


def test_text_of_staff_reaches_the_queued_mail(db):
    own(template="organisation_message", subject="Post für {organisation}")
    queued = make_queued_mail(context={"organisation": "Verein Morgenrot"})
    assert queued.email.subject == "Post für Verein Morgenrot"


@pytest.mark.parametrize("missing", [None, ""])
def test_missing_value_is_replaced_by_nothing(db, missing):
    own(subject="Meldung {reference}!")
    assert written(reference=missing).subject == "Meldung !"


def test_placeholder_no_longer_known_is_replaced_by_nothing(db):
    own(subject="Meldung {secret_key}!")
    assert written(secret_key="geheim").subject == "Meldung !"


def test_value_is_not_searched_for_placeholders(db):
    own(subject="Meldung {reference}")
    assert written(reference="{due_on}").subject == "Meldung {due_on}"


@pytest.mark.parametrize("code", ["{{ portal_url }}", "{% debug %}", "{% include 'base.html' %}"])
def test_text_of_staff_is_never_run_as_a_template(db, code):
    own(introduction=f"Hallo {code}")
    assert django_settings.PORTAL_URL not in written().introduction
    assert written().introduction.startswith("Hallo {")


@pytest.mark.parametrize(
    "text",
    ["{unknown}", "{{ reference }}", "{reference.pk}", "{ reference }", "{", "}", "{0}", "{}"],
)
def test_unknown_placeholder_is_refused_with_the_list_of_known_ones(text):
    mail = mail_texts.get("barrier_report")
    with pytest.raises(ValidationError) as refused:
        mail_texts.check_placeholders(mail, text)
    assert "{reference}, {due_on}" in refused.value.messages[0]


# --- The pages ----------------------------------------------------------------------------------


def test_list_leads_to_every_mail_in_every_language(coordinator):
    page = coordinator.get(LIST).text
    for language in languages.codes():
        assert f"?template=barrier_report&amp;language={language}" in page
        assert preview(language=language) in page


def test_list_leads_to_the_text_that_staff_wrote(coordinator):
    text = own(subject="Eigener Betreff")
    assert f"{LIST}{text.pk}/change/" in coordinator.get(LIST).text


def test_new_text_shows_placeholders_and_the_portals_own_words(coordinator):
    page = coordinator.get(f"{LIST}add/?template=barrier_report&language=de").text
    assert "<code>{reference}</code>" in page
    assert written().introduction in page


def test_new_text_is_saved_for_the_mail_of_its_address(coordinator):
    address = f"{LIST}add/?template=barrier_report&language=ar"
    coordinator.post(address, {"template": "digest", "language": "de", "subject": "Neu"})
    text = MailText.objects.get()
    assert (text.template, text.language, text.subject) == ("barrier_report", "ar", "Neu")


def test_unknown_placeholder_is_explained_beside_its_field(coordinator):
    address = f"{LIST}add/?template=barrier_report&language=de"
    response = coordinator.post(address, {"subject": "{nope}", "introduction": ""})
    errors = response.context["adminform"].form.errors
    assert "{reference}, {due_on}" in errors["subject"][0]
    assert not MailText.objects.exists()


def test_changed_text_keeps_its_mail_and_language(coordinator):
    text = own(subject="Alt")
    fields = {"template": "digest", "language": "en", "subject": "Neu", "introduction": ""}
    coordinator.post(f"{LIST}{text.pk}/change/", fields)
    text.refresh_from_db()
    assert (text.template, text.language, text.subject) == ("barrier_report", "de", "Neu")


def test_unknown_placeholder_is_refused_in_a_changed_text(coordinator):
    text = own(subject="Alt")
    coordinator.post(f"{LIST}{text.pk}/change/", {"subject": "{nope}", "introduction": ""})
    text.refresh_from_db()
    assert text.subject == "Alt"


def test_second_text_for_the_same_mail_and_language_is_refused(coordinator):
    own(subject="Erster")
    address = f"{LIST}add/?template=barrier_report&language=de"
    response = coordinator.post(address, {"subject": "Zweiter", "introduction": ""})
    assert response.status_code == 200
    assert MailText.objects.get().subject == "Erster"


@pytest.mark.parametrize("query", ["?template=x&language=de", "?template=digest&language=de", ""])
def test_mail_of_another_area_cannot_be_chosen(coordinator, query):
    fields = {"template": "digest", "language": "de", "subject": "X", "introduction": ""}
    assert coordinator.post(f"{LIST}add/{query}", fields).status_code == 200
    assert not MailText.objects.exists()


def test_text_of_another_area_is_out_of_reach(coordinator):
    text = own(template="digest", subject="Geheim")
    coordinator.post(f"{LIST}{text.pk}/change/", {"subject": "Neu", "introduction": ""})
    text.refresh_from_db()
    assert text.subject == "Geheim"


def test_editor_does_not_write_mails(editor):
    assert editor.get(LIST).status_code == 403
    assert editor.get(preview()).status_code == 403
    assert editor.post(trial(), {"subject": "X"}).status_code == 403


# --- Preview ------------------------------------------------------------------------------------


def readers():
    return [
        (role.key, name)
        for role in ROLES.values()
        if "offenbach_wir.mailtext" in role.permissions
        for name in NAMES
        if mail_texts.get(name).area in role.mail_areas
    ]


@pytest.mark.parametrize("language", languages.codes())
@pytest.mark.parametrize(("role", "name"), readers())
def test_every_mail_has_a_preview_in_every_language(db, role, name, language):
    client = Client()
    client.post(f"/de/demo/{role}/einsteigen/", {"ok": "1"})
    assert client.get(preview(name, language)).status_code == 200


def test_preview_shows_text_and_form_with_examples(coordinator):
    page = coordinator.get(preview()).text
    assert "B-2A3B4C" in page
    assert re.search(r'<pre class="mail-text"[^>]*>[^<]*B-2A3B4C', page)
    assert re.search(r'<div class="mail-formatted"[^>]*>\s*<p>[^<]*B-2A3B4C', page)


def test_preview_shows_the_saved_text(coordinator):
    own(subject="Gespeichert {reference}")
    assert "Gespeichert B-2A3B4C" in coordinator.get(preview()).text


def test_preview_of_an_open_form_saves_nothing(coordinator):
    fields = {"subject": "Entwurf {reference}", "introduction": ""}
    assert "Entwurf B-2A3B4C" in coordinator.post(trial(), fields).text
    assert not MailText.objects.exists()


def test_preview_of_an_open_form_names_unknown_placeholders(coordinator):
    page = coordinator.post(trial(), {"subject": "{nope}", "introduction": "<b>{x}</b>"}).text
    assert page.count("{reference}, {due_on}") == 2
    assert "<b>" not in page


@pytest.mark.parametrize("path", [preview("digest"), preview(language="xx"), preview("nope")])
def test_preview_of_what_is_not_there_is_not_found(coordinator, path):
    assert coordinator.get(path).status_code == 404


def test_text_of_a_mail_is_called_by_its_purpose():
    text = MailText(template="barrier_report", language="en")
    assert str(text) == "An das Büro: Eine Barriere wurde gemeldet (EN)"
