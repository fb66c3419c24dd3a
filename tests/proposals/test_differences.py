"""What is different in two versions, as tables of plain values and as the page shows it."""

from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from projects.proposals import differences, plan_differences, text_differences
from projects.proposals.questions import BY_KEY

from . import plain_data
from .plain_data import cost, in_kind, income

D = Decimal


def columns(**changes):
    return plain_data.data()["columns"] | changes


def about(**changes):
    return plain_data.data()["applicant"] | changes


def between(new, old=None):
    return differences.between(old or plain_data.data(), new)


def fields_of(**changes):
    found = between(plain_data.data(**changes))
    return [(change.label, change.before, change.after) for change in found.fields]


def page_of(found):
    return render_to_string("proposals/differences.html", {"differences": found})


def test_same_values_have_no_differences():
    found = between(plain_data.data())
    assert found.is_empty
    assert "sagen dasselbe" in page_of(found) or "say the same" in page_of(found)


# --- Fields -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("key", "value", "before", "after"),
    [
        ("title", "Ein Garten", "Ein Garten für alle", "Ein Garten"),
        ("place", "", "Hof der Schule", ""),
        ("participants", 60, "40", "60"),
        ("participants", None, "40", ""),
        ("starts_on", "2027-04-01", "1. März 2027", "1. April 2027"),
        ("wants_early_start", True, "Nein", "Ja"),
        ("funding_line", None, "Modellprojekte", ""),
        ("languages", [{"code": "ar", "name": {"de": "Arabisch"}}], "", "Arabisch"),
        (
            "districts",
            [
                {"slug": "nordend", "name": {"de": "Nordend"}},
                {"slug": "bieber", "name": {"de": "Bieber"}},
            ],
            "Nordend",
            "Nordend, Bieber",
        ),
    ],
)
def test_changed_column_is_shown_in_the_words_of_its_question(key, value, before, after):
    assert fields_of(columns=columns(**{key: value})) == [(BY_KEY[key].label, before, after)]


def test_changed_organisation_is_shown_in_its_own_words():
    changed = about(is_charitable=False, street="Neue Straße 2")
    values = [(before, after) for _label, before, after in fields_of(applicant=changed)]
    assert values == [
        ("Ja", "Nein"),
        (
            "Musterstraße 1, 63065 Offenbach am Main",
            "Neue Straße 2, 63065 Offenbach am Main",
        ),
    ]


def test_declaration_that_was_ticked_is_named_by_its_sentence():
    ((label, before, after),) = fields_of(declarations=["true", "may_sign"])
    assert "Organisation" in label
    assert after == "Ja"
    assert before != after


def test_other_language_is_a_change():
    found = between(plain_data.data("ar"))
    assert [(change.before, change.after) for change in found.fields] == [("Deutsch", "Arabisch")]


def test_names_are_those_of_the_active_language():
    line = {"slug": "other", "name": {"de": "Andere Linie", "en": "Another line"}}
    with translation.override("en"):
        ((_label, _before, after),) = fields_of(columns=columns(funding_line=line))
    assert after == "Another line"


# --- Texts --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("old", "new", "passages"),
    [
        ("Gleich.", "Gleich.", []),
        ("Gleich.\r\n\r\nAuch.", "  Gleich. \nAuch.", []),
        ("", "", []),
        ("", "Neu.", [[("in", "Neu.")]]),
        ("Alt.", "", [[("out", "Alt.")]]),
        (
            "Wir treffen uns am Montag.",
            "Wir treffen uns am Dienstag.",
            [
                [
                    ("same", "Wir treffen uns am "),
                    ("out", "Montag"),
                    ("in", "Dienstag"),
                    ("same", "."),
                ]
            ],
        ),
        # Nothing in common: two paragraphs read better than marks in each word.
        (
            "Ein Haus.",
            "Viele Kinder singen",
            [[("out", "Ein Haus."), ("in", "Viele Kinder singen")]],
        ),
        ("Eins\nZwei\nDrei", "Eins\nDrei", [[("gap", "")], [("out", "Zwei")], [("gap", "")]]),
        ("Eins\nDrei", "Eins\nZwei\nDrei", [[("gap", "")], [("in", "Zwei")], [("gap", "")]]),
    ],
)
def test_passages_of_two_texts(old, new, passages):
    assert text_differences.passages(old, new) == passages


def test_changed_words_in_a_row_are_one_change():
    old, new = "Wir kochen am Montag um zehn im Hof", "Wir kochen jeden Dienstag um zehn im Hof"
    (words,) = text_differences.passages(old, new)
    assert words[1:3] == [("out", "am Montag"), ("in", "jeden Dienstag")]


def test_long_text_is_shortened_to_what_changed():
    lines = [f"Absatz {n} " + "bleibt gleich " * 40 for n in range(20)]
    changed = [*lines[:9], lines[9] + "mit neuem Ende", *lines[10:]]
    found = text_differences.passages("\n".join(lines), "\n".join(changed))
    assert [words[0][0] for words in found] == ["gap", "same", "gap"]
    assert found[1][1] == ("in", " mit neuem Ende")
    assert len(found[1][0][1]) < 150


def test_every_word_of_both_texts_is_in_the_passages():
    old, new = "Eins zwei drei vier fünf", "Eins drei sechs vier"
    (words,) = text_differences.passages(old, new)
    assert "".join(text for kind, text in words if kind != "in").split() == old.split()
    assert "".join(text for kind, text in words if kind != "out").split() == new.split()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 2500, "a b " * 1250),
        ("a\n" * 2500, "a\nb\n" * 1250),
        (" ".join(map(str, range(900))), " ".join(map(str, range(1, 901)))),
    ],
)
def test_text_that_would_take_long_to_compare_is_shown_as_a_whole(old, new):
    (words,) = text_differences.passages(old, new)
    assert [(kind, text.split()) for kind, text in words] == [
        ("out", old.split()),
        ("in", new.split()),
    ]


def test_answer_and_its_german_version_are_told_apart():
    old = plain_data.data("tr", text="Bahçe", german="Ein Garten")
    new = plain_data.data("tr", text="Bahçe", german="Ein großer Garten")
    found = between(new, old)
    first = found.answers[0]
    assert len(found.answers) == sum(question.is_text for question in BY_KEY.values())
    assert (first.code, first.passages) == ("tr", [])
    assert ("in", "großer ") in first.german[0] or ("in", " großer") in first.german[0]


def test_answer_that_was_not_given_before_is_new():
    old = plain_data.data()
    del old["answers"]["afterwards"]
    (change,) = between(plain_data.data(), old).answers
    assert change.label == BY_KEY["afterwards"].label
    assert change.passages == [[("in", "Ein Text.")]]


def test_arabic_keeps_its_direction_and_its_language():
    old = plain_data.data("ar", text="نلتقي يوم الاثنين في الحديقة")
    new = plain_data.data("ar", text="نلتقي يوم الثلاثاء في الحديقة")
    found = between(new, old)
    words = found.answers[0].passages[0]
    assert ("out", "الاثنين") in words
    assert ("in", "الثلاثاء") in words
    page = page_of(found)
    assert '<dd lang="ar">' in page
    assert '<p class="passage" dir="auto">' in page
    # Words for ears only have a direction of their own, so that they do not turn the paragraph.
    assert '<span class="visually-hidden" lang="de" dir="auto">' in page


# --- The plan -----------------------------------------------------------------------------------
def rows_of(before, after, kind="costs"):
    found = plan_differences.between(
        plain_data.data(plan=plain_data.plan(**{kind: before})),
        plain_data.data(plan=plain_data.plan(**{kind: after})),
    )
    return [
        (row.state, row.description, row.amount.before, row.amount.after)
        for table in found.tables
        for row in table.rows
    ]


RENT = cost(kind="rent", description="Raum", amount="100.00")
PAINT = cost(kind="material_costs", description="Farben", amount="50.00")


@pytest.mark.parametrize(
    ("before", "after", "rows"),
    [
        ([RENT, PAINT], [RENT, PAINT], []),
        # The order says nothing.
        ([RENT, PAINT], [PAINT, RENT], []),
        ([RENT], [RENT, PAINT], [("added", "Farben", None, D("50.00"))]),
        ([RENT, PAINT], [PAINT], [("removed", "Raum", D("100.00"), None)]),
        (
            [RENT],
            [RENT | {"amount": "150.00"}],
            [("changed", "Raum", D("100.00"), D("150.00"))],
        ),
        (
            [RENT],
            [RENT | {"year": 2028}],
            [("changed", "Raum", D("100.00"), D("100.00"))],
        ),
        (
            [RENT],
            [RENT | {"kind": "other_running"}],
            [("changed", "Raum", D("100.00"), D("100.00"))],
        ),
        # Nearly the same words, another sum, another place.
        (
            [RENT | {"description": "Miete für den Raum"}, PAINT],
            [PAINT, RENT | {"description": "Miete für die Räume", "amount": "90.00"}],
            [("changed", "Miete für die Räume", D("100.00"), D("90.00"))],
        ),
        # Other words, the same sum.
        (
            [RENT],
            [RENT | {"description": "Saal"}],
            [("changed", "Saal", D("100.00"), D("100.00"))],
        ),
        # Nothing in common.
        (
            [RENT],
            [PAINT],
            [("added", "Farben", None, D("50.00")), ("removed", "Raum", D("100.00"), None)],
        ),
        # Two rows alike, one of them twice as much.
        (
            [RENT, RENT],
            [RENT | {"amount": "200.00"}, RENT],
            [("changed", "Raum", D("100.00"), D("200.00"))],
        ),
        ([RENT, RENT], [RENT], [("removed", "Raum", D("100.00"), None)]),
        ([], [RENT], [("added", "Raum", None, D("100.00"))]),
    ],
)
def test_rows_of_two_plans(before, after, rows):
    assert rows_of(before, after) == rows


@pytest.mark.parametrize(
    ("kind", "row", "change"),
    [
        ("incomes", income(), {"amount": "600.00"}),
        ("in_kind", in_kind(), {"hours": "50.00", "amount": "750.00"}),
    ],
)
def test_income_and_volunteer_work_are_compared_too(kind, row, change):
    ((state, *_rest, after),) = rows_of([row], [row | change], kind)
    assert (state, after) == ("changed", D(change["amount"]))


def test_changed_row_says_what_else_changed():
    found = plan_differences.between(
        plain_data.data(plan=plain_data.plan(costs=[cost()])),
        plain_data.data(plan=plain_data.plan(costs=[cost(quantity="20.00", amount="900.00")])),
    )
    (row,) = found.tables[0].rows
    ((_label, before, after),) = row.details
    assert (before, after) == ("12,5 Stunden × 45,00 EUR", "20 Stunden × 45,00 EUR")
    assert row.amount.difference in ("337,50 EUR more", "337,50 EUR mehr")


def sums_of(**result):
    plan = plain_data.plan()
    plan["result"] |= result
    found = plan_differences.between(plain_data.data(), plain_data.data(plan=plan))
    return [(s.before, s.after, s.difference) for s in found.sums if s.is_changed]


def test_sums_say_how_much_they_differ():
    ((before, after, difference),) = sums_of(requested_share="0.50")
    assert (before, after) == (D("0.00"), D("0.50"))
    assert difference.startswith("0,50 EUR ")


def test_sum_that_only_one_plan_has_is_shown_without_a_difference():
    assert sums_of(allowed_share="500.00") == [(None, D("500.00"), "")]


def test_other_rules_of_the_same_line_are_said():
    plans = [plain_data.plan() | {"terms": {"line": "pilot", "percent": p}} for p in ("50", "40")]
    old, new = (plain_data.data(plan=plan) for plan in plans)
    assert between(new, old).plan.has_other_terms
    assert not between(new, new).plan.has_other_terms


# --- Files --------------------------------------------------------------------------------------
def file(name="Zeitplan.pdf", sha256="a", kind="Konzept", **changes):
    row = {"kind": {"de": kind}, "name": name, "size": 10, "content_type": "application/pdf"}
    return row | {"sha256": sha256, "key": f"{name}{sha256}"} | changes


@pytest.mark.parametrize(
    ("before", "after", "states"),
    [
        ([file()], [file()], []),
        # Taken along into the new version under another key.
        ([file()], [file(key="another")], []),
        ([], [file()], ["added"]),
        ([file()], [], ["removed"]),
        ([file()], [file(sha256="b")], ["replaced"]),
        ([file()], [file("Neuer Plan.pdf", "b")], ["replaced"]),
        ([file()], [file("Umbenannt.pdf")], ["renamed"]),
        ([file()], [file(kind="Satzung")], ["renamed"]),
        ([file()], [file("Satzung.pdf", "b", "Satzung")], ["added", "removed"]),
        # Of two files of one kind nobody can say which replaces which.
        (
            [file("a.pdf", "a"), file("b.pdf", "b")],
            [file("c.pdf", "c"), file("d.pdf", "d")],
            ["added", "added", "removed", "removed"],
        ),
        ([file("a.pdf"), file("b.pdf", "b")], [file("b.pdf", "b"), file("a.pdf")], []),
    ],
)
def test_files_of_two_versions(before, after, states):
    found = between(plain_data.data(enclosures=after), plain_data.data(enclosures=before))
    assert [change.state for change in found.files] == states


# --- As a page ----------------------------------------------------------------------------------
def test_markup_of_writers_is_shown_as_text():
    nasty = "<script>alert(1)</script>"
    new = plain_data.data(
        text=f"Ein {nasty} Text.",
        columns=columns(title=nasty),
        plan=plain_data.plan(costs=[cost(description=nasty)]),
        enclosures=[file(f"{nasty}.pdf")],
    )
    page = page_of(between(new))
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 3


def test_page_says_in_words_what_colour_says():
    new = plain_data.data(
        text="Ein anderer Text.",
        columns=columns(participants=60),
        plan=plain_data.plan(costs=[RENT], incomes=[], in_kind=[in_kind()]),
        enclosures=[file()],
    )
    page = page_of(between(new))
    for heading in ("different-fields", "different-answers", "different-plan", "different-files"):
        assert f'aria-labelledby="{heading}"' in page
    assert page.count("<del>") == page.count("</del>")
    for mark in ("<del>", "<ins>"):
        for after in page.split(mark)[1:]:
            assert after.startswith(('<span class="side">', '<span class="visually-hidden"'))


def test_page_in_arabic_is_whole(settings):
    new = plain_data.data(columns=columns(participants=60), text="Ein anderer Text.")
    with translation.override("ar"):
        page = page_of(between(new))
    assert 'lang="ar" dir="auto"' in page
