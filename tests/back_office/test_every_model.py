"""Every list, every empty form and every filled form of the back office opens."""

import pytest
from django.contrib import admin

from .rows import MAKERS, ONE_ONLY

LABELS = sorted(model._meta.label_lower for model in admin.site._registry)
# There is one row a job, however long the portal runs.
MANY = sorted(set(MAKERS) - {"offenbach_wir.jobrun"})
# Reports and mails come from elsewhere, accounts from invitations; organisations register.
NOT_ADDED = {
    *("offenbach_wir.barrierreport", "offenbach_wir.user", "offenbach_wir.queuedmail"),
    *("offenbach_wir.event", "offenbach_wir.jobrun", "offenbach_wir.foundlink"),
    *("offenbach_wir.erasure", "proposals.applicant"),
    "proposals.lettertemplate",
    *ONE_ONLY,
}


def address(label):
    return f"/verwaltung/{label.replace('.', '/')}/"


def a_row(label):
    model = next(m for m in admin.site._registry if m._meta.label_lower == label)
    return model.objects.first() or MAKERS[label](1)


def test_every_registered_model_is_tried_here():
    assert {*MAKERS, *ONE_ONLY} == set(LABELS)


def test_records_of_packages_are_not_in_the_back_office():
    apps = {label.partition(".")[0] for label in LABELS}
    assert apps == {"programs", "projects", "proposals", "consultations", "offenbach_wir"}


def test_first_page_leads_to_every_list(administrator):
    page = administrator.get("/verwaltung/").text
    for label in LABELS:
        assert f'href="{address(label)}"' in page


@pytest.mark.parametrize("label", LABELS)
def test_list_opens(administrator, label):
    assert administrator.get(address(label)).status_code == 200


@pytest.mark.parametrize("label", LABELS)
def test_empty_form_opens_where_rows_can_be_added(administrator, label):
    expected = 403 if label in NOT_ADDED else 200
    assert administrator.get(f"{address(label)}add/").status_code == expected


@pytest.mark.parametrize("label", LABELS)
def test_filled_form_opens(administrator, label):
    response = administrator.get(f"{address(label)}{a_row(label).pk}/change/")
    assert response.status_code == 200


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_filled_form_opens_for_each_language_of_the_text(administrator, label, language):
    path = f"{address(label)}{a_row(label).pk}/change/?language={language}"
    assert administrator.get(path).status_code == 200


@pytest.mark.parametrize("label", LABELS)
def test_history_opens(administrator, label):
    assert administrator.get(f"{address(label)}{a_row(label).pk}/history/").status_code == 200


@pytest.mark.parametrize("label", LABELS)
def test_unknown_row_is_answered_politely(administrator, label):
    response = administrator.get(f"{address(label)}999999/change/", follow=True)
    assert response.status_code == (404 if label == "offenbach_wir.queuedmail" else 200)


@pytest.mark.parametrize("label", MANY)
def test_list_takes_as_many_queries_for_more_rows(administrator, count_queries, label):
    for n in range(10):
        MAKERS[label](n)
    for_ten = count_queries(address(label))
    for n in range(10, 20):
        MAKERS[label](n)
    assert count_queries(address(label)) == for_ten


@pytest.mark.parametrize("query", ["Sprachkurs", "%", "ü", "x" * 5000, "'"])
@pytest.mark.parametrize("label", ["projects.project", "projects.organisation"])
def test_list_can_be_searched_for_anything(administrator, label, query):
    assert administrator.get(address(label), {"q": query}).status_code == 200


def test_search_of_the_list_finds_what_the_public_finds(administrator):
    page = administrator.get(address("projects.project"), {"q": "Sprachkurs"}).text
    assert "Sprachkurse" in page
