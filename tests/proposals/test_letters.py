"""Letters of the city: text with placeholders, and the tagged PDF made of it."""

import datetime
import io

import pypdf
import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings

from projects.proposals import letter_pdf, letter_texts, letters, typesetting
from projects.proposals.letter_pdf import Letter, Sender
from projects.proposals.models import LetterTemplate
from tests.proposals.plain_data import data
from tests.proposals.test_exports import make_proposal, make_version
from tests.proposals.test_pdf import CODE, elements
from tests.proposals.test_typesetting import ODD

DAY = datetime.date(2027, 1, 15)
SENDER = Sender("WIR-Koordination", "Berliner Straße 100", "63065 Offenbach am Main")
RECIPIENT = "Regierungspräsidium Darmstadt\nMusterstraße 1\n64283 Darmstadt"
ARABIC = "حديقة للجميع"
P = "/verwaltung/proposals/lettertemplate/"


def letter(body="Guten Tag", subject="Betreff", **options):
    defaults = {"sender": SENDER, "recipient": RECIPIENT, "on": DAY, "values": {}}
    return letter_pdf.make(Letter(subject=subject, body=body, **(defaults | options)))


def text_of(content):
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split())


@pytest.fixture
def template(db):
    call_command("load_content", verbosity=0)
    return LetterTemplate.objects.get(key="endorsement")


# --- Placeholders --------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["{organistion} bittet", "Am {", "{Title}", "{title.x}", "{}"])
def test_wrong_placeholder_is_refused(text):
    with pytest.raises(ValidationError):
        LetterTemplate(key="endorsement", subject="{title}", body=text).clean()


def test_refusal_names_the_wrong_one_and_the_field():
    with pytest.raises(ValidationError) as refused:
        LetterTemplate(key="endorsement", subject="{titel}", body="{title}").clean()
    [message] = refused.value.message_dict["subject"]
    assert "{titel}" in message
    assert "{title}" in message


def test_values_come_from_the_version():
    values = letter_texts.values_of(data(), statement="Ja.", recipient=RECIPIENT, on=DAY)
    assert set(values) == set(letter_texts.PLACEHOLDERS)
    assert values["organisation"] == "Verein Musterbaum e. V."
    assert values["line"] == "Modellprojekte"
    assert values["period"] == "01.03.2027 – 28.02.2028"
    assert values["amount"] == "0,00 EUR"
    assert values["recipient"] == "Regierungspräsidium Darmstadt"


def paragraphs(text, values, language="de"):
    made = letter_texts.paragraphs_of(text, values, language)
    return ["".join(piece["text"] for piece in paragraph["pieces"]) for paragraph in made]


def test_every_line_is_a_paragraph_and_a_value_brings_its_own():
    values = {"statement": "Eins.\r\n\r\nZwei.", "date": DAY}
    assert paragraphs("Am {date}:\n\n{statement} Ende", values) == [
        *("Am 15. Januar 2027:", "Eins.", "Zwei. Ende")
    ]


def test_braces_in_a_value_stay_braces():
    assert paragraphs("{title}!", {"title": "{reference}"}) == ["{reference}!"]


def test_title_in_another_language_does_not_turn_the_sentence():
    [paragraph] = letter_texts.paragraphs_of("{title} heißt es", {"title": ARABIC}, "ar")
    assert paragraph["dir"] == "ltr"
    assert [(piece["dir"], piece["lang"]) for piece in paragraph["pieces"]] == [
        *(("rtl", "ar"), ("ltr", "de"))
    ]


# --- The PDF -------------------------------------------------------------------------------------
def test_letter_is_tagged_has_a_title_and_a_language():
    content = letter(subject="Stellungnahme zu {title}", values={"title": "Ein Garten"})
    reader = pypdf.PdfReader(io.BytesIO(content))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "de"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "Stellungnahme zu Ein Garten"
    assert "/Title" in [element.get("/S") for element in elements(reader)]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content


def test_letter_reads_from_the_sender_to_the_signature():
    text = text_of(
        letter("Der Text", "Der Betreff", signed_by="Im Auftrag", values={"reference": "WIR-1"})
    )
    wanted = ["WIR-Koordination", "Darmstadt", "WIR-1", "15. Januar", "Der Betreff", "Der Text"]
    places = [text.index(word) for word in [*wanted, "Im Auftrag"]]
    assert places == sorted(places)


def test_same_values_give_the_same_bytes():
    assert letter() == letter()


def test_what_people_write_is_text():
    values = {"title": CODE, "statement": CODE}
    text = text_of(letter("{statement}", "{title}", values=values, recipient=CODE, signed_by=CODE))
    assert text.count('#read("/etc/passwd")') == 4


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ODD, ODD)
def test_any_text_becomes_a_letter(text, title):
    values = {"statement": text, "title": title}
    made = letter("{statement}", "Zu {title}", values=values, recipient=title, signed_by=text)
    assert made.startswith(b"%PDF-")


def test_sign_without_a_picture_becomes_a_square_and_the_letter_says_so():
    text = text_of(letter("\ue000"))
    assert typesetting.NO_GLYPH in text
    assert "□" in text[text.index("□") + 1 :]


def test_very_long_letter_goes_on_over_pages():
    pages = pypdf.PdfReader(io.BytesIO(letter("Wort " * 3000 + "\n" + "W" * 3000))).pages
    assert len(pages) > 3


def test_letter_of_an_empty_text_is_a_letter():
    assert letter("", " ", recipient="", sender=Sender("")).startswith(b"%PDF-")


# --- From the texts that staff keep --------------------------------------------------------------
def test_endorsement_says_what_the_version_and_the_city_say(template):
    version = make_version(make_proposal())
    content = letters.endorsement(
        version, statement="Wir befürworten es.", recipient=RECIPIENT, on=DAY
    )
    text = text_of(content)
    for words in ("Ein Garten für alle", "WIR-2027-0001", "Wir befürworten es.", "Musterbaum"):
        assert words in text
    assert "{" not in text


def test_loading_the_content_again_keeps_what_staff_wrote(template):
    LetterTemplate.objects.filter(pk=template.pk).update(body="Unser Text")
    call_command("load_content", verbosity=0)
    assert LetterTemplate.objects.get().body == "Unser Text"


def test_letter_to_begin_with_has_no_wrong_placeholder(template):
    template.full_clean()


# --- In the back office --------------------------------------------------------------------------
@pytest.fixture
def office(client, template):
    """The coordinator, who may change the texts of letters."""
    group = Group.objects.get(name="coordinator")
    actions = ("view_lettertemplate", "change_lettertemplate")
    group.permissions.add(*Permission.objects.filter(codename__in=actions))
    client.post("/de/demo/coordinator/einsteigen/", {"ok": "1"})
    return client


def sent(**changes):
    return {"subject": "Zu {title}", "body": "Guten Tag", "signed_by": "Im Auftrag"} | changes


def opened(office, template):
    """The hidden fields of the form as it opens: what was stored then."""
    page = office.get(f"{P}{template.pk}/change/")
    return {name: page.context[name] for name in ("version", "opened")}


def save(office, template, hidden, **changes):
    return office.post(f"{P}{template.pk}/change/", sent(**changes) | hidden)


def test_letter_is_saved_again_and_again(office, template):
    for body in ("Erste Fassung", "Zweite Fassung"):
        assert save(office, template, opened(office, template), body=body).status_code == 302
        assert LetterTemplate.objects.get().body == body


def test_second_of_two_editors_of_a_letter_is_shown_both(office, template):
    hidden = opened(office, template)
    save(office, template, opened(office, template), body="Von der Kollegin")
    page = save(office, template, hidden, body="Von mir")
    assert page.status_code == 409
    assert "Von der Kollegin" in page.text
    assert "Von mir" in page.text
    assert LetterTemplate.objects.get().body == "Von der Kollegin"


def test_whoever_chooses_their_own_text_of_a_letter_saves_it(office, template):
    hidden = opened(office, template)
    save(office, template, opened(office, template), body="Von der Kollegin")
    version = LetterTemplate.objects.get().version
    chosen = {"version": version, "conflict": "1", "choice:body": "mine"}
    assert save(office, template, hidden | chosen, body="Von mir").status_code == 302
    assert LetterTemplate.objects.get().body == "Von mir"


def test_form_lists_the_placeholders(office, template):
    page = office.get(f"{P}{template.pk}/change/").text
    for name in letter_texts.PLACEHOLDERS:
        assert f"<code>{{{name}}}</code>" in page


def test_wrong_placeholder_keeps_what_was_typed(office, template):
    page = save(office, template, opened(office, template), body="Lieber {gruss}").text
    assert "Lieber {gruss}" in page
    assert LetterTemplate.objects.get().body == template.body


def test_preview_is_a_pdf_of_what_stands_in_the_form_and_saves_nothing(office, template):
    answer = office.post(f"{P}{template.pk}/vorschau/", sent(body="Noch nicht gespeichert"))
    assert answer["Content-Type"] == "application/pdf"
    text = text_of(answer.content)
    assert "Noch nicht gespeichert" in text
    assert "Zu Ein Garten für alle" in text
    assert LetterTemplate.objects.get().body == template.body


def test_preview_of_a_wrong_text_says_what_is_wrong(office, template):
    answer = office.post(f"{P}{template.pk}/vorschau/", sent(subject="{titel}"))
    assert answer.status_code == 422
    assert "{titel}" in answer.text


def test_preview_without_fonts_is_refused_politely(office, template, settings, tmp_path):
    settings.PDF_FONTS = [str(tmp_path)]
    typesetting.forget_fonts()
    try:
        answer = office.post(f"{P}{template.pk}/vorschau/", sent())
    finally:
        typesetting.forget_fonts()
    assert answer.status_code == 503


def test_nobody_else_sees_a_preview(client, template):
    client.post("/de/demo/assessor/einsteigen/", {"ok": "1"})
    assert client.post(f"{P}{template.pk}/vorschau/", sent()).status_code == 403
