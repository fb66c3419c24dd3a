"""Report a barrier: the form of the accessibility statement."""

import datetime
import time

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.db.utils import OperationalError
from django.utils import timezone
from post_office.models import Email

from offenbach_wir.models import BarrierReport

FORM = "/de/barriere-melden/"

from tests.factories import shown_at as form_shown_at


def test_report_is_saved_as_it_was_written(client, db, barrier_report):
    client.post(FORM, barrier_report)
    saved = BarrierReport.objects.get()
    assert saved.description == barrier_report["description"]
    assert (saved.name, saved.contact) == ("Ada Beispiel", "ada@example.org")
    assert saved.state == BarrierReport.State.NEW


def test_report_is_answered_within_six_weeks(client, db, barrier_report):
    client.post(FORM, barrier_report)
    due_on = BarrierReport.objects.get().due_on
    assert due_on == timezone.localdate() + datetime.timedelta(days=42)


def test_sender_is_led_to_a_page_with_reference_and_day(client, db, barrier_report):
    response = client.post(FORM, barrier_report, follow=True)
    saved = BarrierReport.objects.get()
    assert response.redirect_chain == [(f"{FORM}{saved.reference}/", 302)]
    assert saved.reference in response.text


def test_page_after_sending_shows_nothing_that_was_written(client, db, barrier_report):
    response = client.post(FORM, barrier_report, follow=True)
    for secret in (barrier_report["description"], "Ada Beispiel", "ada@example.org"):
        assert secret not in response.text


def test_reloading_the_page_after_sending_sends_nothing(client, db, barrier_report):
    client.post(FORM, barrier_report)
    client.get(f"{FORM}{BarrierReport.objects.get().reference}/")
    assert BarrierReport.objects.count() == 1


def test_form_sent_twice_is_one_report(client, db, barrier_report):
    answers = [client.post(FORM, barrier_report)["Location"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert BarrierReport.objects.count() == 1
    assert Email.objects.count() == 1


def test_form_sent_again_with_other_words_is_a_report_of_its_own(client, db, barrier_report):
    client.post(FORM, barrier_report)
    response = client.post(FORM, barrier_report | {"description": "Noch etwas anderes."})
    assert response.status_code == 302
    assert BarrierReport.objects.count() == 2


def test_two_forms_with_the_same_words_are_two_reports(client, db, barrier_report):
    client.post(FORM, barrier_report)
    client.post(FORM, barrier_report | {"shown_at": form_shown_at(int(time.time()) - 30)})
    assert BarrierReport.objects.count() == 2


def test_unknown_reference_is_not_found(client, db):
    assert client.get(f"{FORM}B-222222/").status_code == 404


def test_report_remembers_the_language_of_its_page(client, db, barrier_report):
    client.post("/ar/barriere-melden/", barrier_report)
    assert BarrierReport.objects.get().language == "ar"


def test_report_needs_neither_name_nor_contact(client, db, barrier_report):
    client.post(FORM, barrier_report | {"name": "", "contact": "", "page_address": ""})
    assert BarrierReport.objects.count() == 1


def test_office_is_told_by_mail(client, db, barrier_report):
    client.post(FORM, barrier_report)
    mail = Email.objects.get()
    reference = BarrierReport.objects.get().reference
    assert mail.to == [django_settings.OFFICE_EMAIL]
    assert reference in mail.subject
    assert reference in mail.message


def test_mail_to_the_office_repeats_no_personal_data(client, db, barrier_report):
    client.post(FORM, barrier_report)
    message = Email.objects.get().message
    assert "Ada Beispiel" not in message
    assert "ada@example.org" not in message


def _no_mail(execute, sql, params, many, context):
    if sql.startswith("INSERT") and "post_office_email" in sql:
        raise OperationalError("the disk is full")
    return execute(sql, params, many, context)


def test_report_is_not_kept_where_its_mail_cannot_be_queued(client, db, barrier_report):
    with connection.execute_wrapper(_no_mail):
        response = client.post(FORM, barrier_report)
    assert response.status_code == 503
    assert BarrierReport.objects.count() == 0


def test_link_in_the_footer_brings_the_address_of_the_page(client, db):
    assert f'href="{FORM}?seite=/de/projekte/"' in client.get("/de/projekte/").text
    assert 'value="/de/projekte/"' in client.get(f"{FORM}?seite=/de/projekte/").text


def test_empty_description_keeps_what_was_typed(client, db, barrier_report):
    response = client.post(FORM, barrier_report | {"description": ""})
    assert response.status_code == 200
    assert 'value="Ada Beispiel"' in response.text
    assert 'value="ada@example.org"' in response.text
    assert BarrierReport.objects.count() == 0


def test_error_summary_leads_to_the_field(client, db, barrier_report):
    page = client.post(FORM, barrier_report | {"description": ""}).text
    assert 'class="error-summary" role="alert"' in page
    assert 'href="#id_description"' in page
    assert 'id="id_description_error"' in page
    assert 'aria-invalid="true"' in page


def test_title_of_a_refused_form_says_so(client, db, barrier_report):
    page = client.post(FORM, barrier_report | {"description": ""}).text
    assert "<title>Fehler:" in page


def test_filled_trap_is_explained_and_keeps_what_was_typed(client, db, barrier_report):
    response = client.post(FORM, barrier_report | {"website": "https://spam.example"})
    assert "Bitte lassen Sie das versteckte Feld leer" in response.text
    assert barrier_report["description"] in response.text
    assert BarrierReport.objects.count() == 0


def test_form_sent_at_once_is_explained_and_keeps_what_was_typed(client, db, barrier_report):
    just_now = form_shown_at(int(time.time()))
    response = client.post(FORM, barrier_report | {"shown_at": just_now})
    assert "Das ging sehr schnell" in response.text
    assert barrier_report["description"] in response.text
    assert BarrierReport.objects.count() == 0


def test_form_sent_at_once_can_simply_be_sent_again(client, barrier_report, still_clock, db):
    just_now = form_shown_at(int(time.time()))
    client.post(FORM, barrier_report | {"shown_at": just_now})
    still_clock.shift(5)
    assert client.post(FORM, barrier_report | {"shown_at": just_now}).status_code == 302


@pytest.mark.parametrize("shown_at", ["", "made-up", "1:2:3", "\x00", "ü:ü"])
def test_unreadable_moment_of_showing_is_replaced(
    client, db, barrier_report, still_clock, shown_at
):
    response = client.post(FORM, barrier_report | {"shown_at": shown_at})
    assert response.status_code == 200
    fresh = response.context["form"]["shown_at"].value()
    still_clock.shift(5)
    assert client.post(FORM, barrier_report | {"shown_at": fresh}).status_code == 302


@pytest.mark.parametrize("field", ["page_address", "description", "name", "contact", "wish"])
@pytest.mark.parametrize("text", ["a\x00b", "x" * 100_000], ids=["NUL", "100000 characters"])
def test_text_no_database_can_keep_gets_a_message(client, db, barrier_report, field, text):
    response = client.post(FORM, barrier_report | {field: text})
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {field}
    assert "error-summary" in response.text


def test_odd_letters_are_kept_as_they_are(client, db, barrier_report):
    odd = "Zażółć 🦔 العربية \u202eumgedreht <b>fett</b> {{ 7*7 }} %s"
    client.post(FORM, barrier_report | {"description": odd})
    assert BarrierReport.objects.get().description == odd


def test_markup_in_a_refused_form_is_shown_as_text(client, db, barrier_report):
    page = client.post(FORM, barrier_report | {"name": '"><script>x</script>', "description": ""})
    assert "<script>x" not in page.text


@pytest.mark.parametrize("asked", ["%00", "x" * 5000, "%3Cscript%3E"])
def test_odd_page_address_in_the_link_does_no_harm(client, db, asked):
    response = client.get(f"{FORM}?seite={asked}")
    assert response.status_code == 200
    assert "<script>" not in response.text


def test_open_reports_leave_out_the_answered_ones(db):
    BarrierReport.objects.create(description="offen")
    BarrierReport.objects.create(description="fertig", state=BarrierReport.State.ANSWERED)
    assert [report.description for report in BarrierReport.objects.open()] == ["offen"]
