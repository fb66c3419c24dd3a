"""Lists of the back office: as many queries for more rows, words where there are none."""

import pytest
from django.contrib import admin

from offenbach_wir.roles import ROLES

from .rows import MAKERS, ONE_ONLY

LABELS = sorted(model._meta.label_lower for model in admin.site._registry)


def address(label):
    return f"/verwaltung/{label.replace('.', '/')}/"


def test_every_list_with_many_rows_is_measured_here():
    assert {*MAKERS, *ONE_ONLY} == set(LABELS)


# There is one row a job, however long the portal runs.
@pytest.mark.parametrize("label", sorted(set(MAKERS) - {"offenbach_wir.jobrun"}))
def test_search_of_a_list_takes_as_many_queries_for_more_rows(administrator, count_queries, label):
    path = f"{address(label)}?q=Titel"
    for n in range(10):
        MAKERS[label](n)
    for_ten = count_queries(path)
    for n in range(10, 20):
        MAKERS[label](n)
    assert count_queries(path) == for_ten


@pytest.mark.parametrize("label", LABELS)
def test_list_leads_to_its_tables(administrator, label):
    if label == "offenbach_wir.mailtext":
        pytest.skip("a page of its own, no list")
    if "view" not in ROLES["administrator"].permissions.get(label, ()):
        pytest.skip("closed to every role")
    app, model = label.split(".")
    page = administrator.get(address(label)).text
    assert f'href="/verwaltung/tabelle/{app}/{model}.csv' in page


def test_empty_answer_says_so(editor):
    page = editor.get(address("projects.project"), {"q": "gibtesnicht"}).text
    assert 'class="empty"' in page


@pytest.mark.parametrize("page", ["0", "-1", "99999", "x"])
def test_page_that_is_not_there_is_no_error(editor, page):
    response = editor.get(address("projects.project"), {"p": page}, follow=True)
    assert response.status_code == 200
