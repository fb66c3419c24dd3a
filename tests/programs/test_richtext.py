"""The editor's HTML: what is allowed stays, everything else goes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offenbach_wir.richtext import clean
from programs.models import Page
from tests.factories import make_page_text


@pytest.mark.parametrize(
    "html",
    [
        "<h2>Eins</h2><h3>Zwei</h3>",
        "<ul><li>Eins</li><li>Zwei</li></ul>",
        '<ol start="3"><li>Drei</li></ol>',
        "<p><strong>fett</strong> <em>schräg</em><br>neu</p>",
        "<blockquote><p>Zitat</p></blockquote>",
        '<p><a href="https://example.org" rel="noopener">Verweis</a></p>',
        '<p><a href="mailto:a@example.org" rel="noopener">Post</a></p>',
        '<p><a href="tel:+4969" rel="noopener">Anruf</a></p>',
        '<p><a href="/de/beratung/" rel="noopener">Beratung</a></p>',
        "<p>Grüße, مرحبا, 🦔</p>",
    ],
)
def test_what_the_editor_offers_stays(html):
    assert clean(html) == html


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
        ("<style>p{color:red}</style><p>a</p>", "<p>a</p>"),
        ('<p onclick="alert(1)">a</p>', "<p>a</p>"),
        ('<p style="color:red" class="x" id="y">a</p>', "<p>a</p>"),
        ('<p><a href="javascript:alert(1)">a</a></p>', '<p><a rel="noopener">a</a></p>'),
        ('<p><a href="JaVaScRiPt:alert(1)">a</a></p>', '<p><a rel="noopener">a</a></p>'),
        ('<p><a href="data:text/html,x">a</a></p>', '<p><a rel="noopener">a</a></p>'),
        ('<p><a href="vbscript:x">a</a></p>', '<p><a rel="noopener">a</a></p>'),
        ('<p><img src="x" onerror="alert(1)">a</p>', "<p>a</p>"),
        ("<iframe src='https://example.org'></iframe><p>a</p>", "<p>a</p>"),
        ("<svg onload=alert(1)></svg><p>a</p>", "<p>a</p>"),
        ("<form action='/x'><input></form><p>a</p>", "<p>a</p>"),
        ("<h1>a</h1>", "<h2>a</h2>"),
        ("<!-- geheim --><p>a</p>", "<p>a</p>"),
        ("<p>a\x00b</p>", "<p>ab</p>"),
        ("<p></p>", ""),
        ("", ""),
    ],
)
def test_what_the_editor_does_not_offer_goes(html, left):
    assert clean(html) == left


@settings(derandomize=True, database=None, deadline=None)
@given(st.text())
def test_cleaning_twice_is_cleaning_once(html):
    assert clean(clean(html)) == clean(html)


@settings(derandomize=True, database=None, deadline=None)
@given(
    st.lists(st.sampled_from(["<", ">", "script", "/", "img", " ", '"', "onerror=", "a", "<p>"]))
)
def test_no_pieces_add_up_to_a_script(pieces):
    cleaned = clean("".join(pieces)).lower()
    assert "<script" not in cleaned
    assert "<img" not in cleaned


def test_text_is_cleaned_when_it_is_stored_by_a_form(db):
    field = Page._parler_meta.root_model._meta.get_field("body")
    assert field.clean("<p onclick='x'>a</p>", None) == "<p>a</p>"


def test_text_that_came_in_another_way_is_cleaned_on_its_way_out(client, db):
    make_page_text("datenschutz", "ar", title="x", body="<p>a</p><script>alert(1)</script>")
    assert "<script>alert" not in client.get("/ar/datenschutz/").text


WORD_LIST = """
<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0}</style>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
</head><body lang=DE style='tab-interval:35.4pt'><!--StartFragment-->
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'>
<![if !supportLists]><span style='font-family:Symbol;mso-fareast-font-family:Symbol'><span
style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span>
</span></span><![endif]><span lang=DE>Erster Punkt<o:p></o:p></span></p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o
&nbsp;</span><span lang=DE>Darunter</span></p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·
&nbsp;</span>Zweiter <b>Punkt</b><o:p></o:p></p>
<!--EndFragment--></body></html>
"""


def flat(html):
    return " ".join(html.split()).replace("> <", "><").replace("<li> ", "<li>")


def test_bullets_of_word_become_a_list():
    assert flat(clean(WORD_LIST)) == (
        "<ul><li>Erster Punkt<ul><li>Darunter</li></ul></li>"
        "<li>Zweiter <strong>Punkt</strong></li></ul>"
    )


def test_numbers_of_word_become_a_numbered_list():
    html = "".join(
        f"<p style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>{n}.<span>&nbsp; </span>"
        f"</span>Punkt {n}</p>"
        for n in (1, 2)
    )
    assert clean(html) == "<ol><li>Punkt 1</li><li>Punkt 2</li></ol>"


def test_list_of_word_ends_with_the_next_paragraph():
    html = (
        "<p style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>Punkt</p>"
        "<p class=MsoNormal>Danach</p>"
    )
    assert clean(html) == "<ul><li>Punkt</li></ul><p>Danach</p>"


def test_bullets_the_editor_made_paragraphs_of_become_a_list():
    html = "<p>·   Eins</p><p>· &nbsp;Zwei</p><p>Danach</p>"
    assert clean(html) == "<ul><li>Eins</li><li>Zwei</li></ul><p>Danach</p>"


@pytest.mark.parametrize(
    ("html", "left"),
    [
        (
            "<p class=MsoNormal><span lang=DE style='font-size:12.0pt;font-family:\"Arial\"'>Der"
            " <b style='mso-bidi-font-weight:normal'>Garten</b> <i>lebt</i><o:p></o:p></span></p>",
            "<p>Der <strong>Garten</strong> <em>lebt</em></p>",
        ),
        ("<p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>a</p>", "<p>a</p>"),
        ("<p class=MsoTitle><b>Titel</b></p>", "<h2>Titel</h2>"),
        ("<h1 style='mso-list:none'><b>Titel</b></h1>", "<h2>Titel</h2>"),
        (
            "<p>In <st1:place w:st='on'><st1:City w:st='on'>Offenbach</st1:City></st1:place>"
            "<o:p></o:p></p>",
            "<p>In Offenbach</p>",
        ),
        (
            "<p><a name='_Toc1'></a><a name='_Toc2'><span>Kapitel</span></a></p>",
            "<p>Kapitel</p>",
        ),
        (
            "<!--[if supportFields]><span>FELD</span><![endif]--><p><span>a</span></p>",
            "<p>a</p>",
        ),
    ],
)
def test_text_from_word_is_plain(html, left):
    assert clean(html) == left


@pytest.mark.parametrize(
    ("html", "left"),
    [
        (
            '<p style="margin-bottom: 0cm"><font face="Liberation Serif, serif">'
            '<font size="3" style="font-size: 12pt"><b>Fett</b>, <i>kursiv</i></font></font></p>',
            "<p><strong>Fett</strong>, <em>kursiv</em></p>",
        ),
        (
            '<ul><li><p style="margin-bottom: 0cm"><font color="#000000">Eins</font></p></li></ul>',
            "<ul><li><p>Eins</p></li></ul>",
        ),
        (
            '<h1 class="western"><font size="5">Titel</font></h1><p><span lang="de">a</span></p>',
            "<h2>Titel</h2><p>a</p>",
        ),
    ],
)
def test_text_from_libreoffice_is_plain(html, left):
    assert clean(html) == left


@pytest.mark.parametrize(
    ("html", "left"),
    [
        (
            '<b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr" style="x:y">'
            '<span style="font-weight:700;font-style:normal">Fett</span>'
            '<span style="font-weight:400;font-style:italic"> schraeg</span></p></b>',
            "<p><strong>Fett</strong><em> schraeg</em></p>",
        ),
        (
            '<ul><li dir="ltr" style="list-style-type:disc" aria-level="1"><p dir="ltr"><span>Eins'
            "</span></p></li></ul>",
            "<ul><li><p>Eins</p></li></ul>",
        ),
        (
            '<p><a href="https://example.org" style="x:y"><span style="color:#15c">'
            "Verweis</span></a></p>",
            '<p><a href="https://example.org" rel="noopener">Verweis</a></p>',
        ),
        (
            "<div><span>Eins</span></div><div><div>Zwei</div></div>",
            "<p>Eins</p><p>Zwei</p>",
        ),
        (
            "<table><tbody><tr><td><p><span>Eins</span></p></td><td>Zwei</td></tr></tbody></table>",
            "<p>Eins</p><p>Zwei</p>",
        ),
    ],
)
def test_text_from_google_docs_and_the_web_is_plain(html, left):
    assert clean(html) == left


@pytest.mark.parametrize(
    "html",
    [
        "<b><b><b>a</b></b></b>",
        '<span style="font-weight:bold"><strong>a</strong></span>',
        "<strong><span>a</span></strong>",
    ],
)
def test_emphasis_is_not_nested(html):
    assert clean(html) == "<strong>a</strong>"


def test_text_nested_deeper_than_anybody_writes_is_kept():
    assert "Kern" in clean("<span>" * 5000 + "Kern" + "</span>" * 5000)


@settings(derandomize=True, database=None, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *("<b>", "</b>", "<i>", "</i>", "<p>", "</p>", "<div>", "</div>", "<h1>", "</h1>"),
                *("<span style='font-weight:bold'>", "</span>", "a", " ", "· ", "&nbsp;"),
                *("<p style='mso-list:l0 level2 lfo1'>", "<br>", "<ul>", "<li>", "</ul>", "&lt;"),
                *("<a href='/x/'>", "</a>", "<td>", "<script>", "</script>", "<o:p>"),
            ]
        ),
        max_size=30,
    )
)
def test_cleaning_what_was_pasted_twice_is_cleaning_it_once(pieces):
    once = clean("".join(pieces))
    assert clean(once) == once
    assert "<script" not in once
