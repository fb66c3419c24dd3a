"""The PDF of a proposal: what was written, the plan, the index of enclosures, the receipt.

Made from the plain values of snapshot.py, no database and no request. The document is German, the
authority's language; answers keep their own language, direction and script.
"""

import datetime
from decimal import Decimal

from django.template.defaultfilters import filesizeformat
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from offenbach_wir import languages, times
from offenbach_wir.money import format_to_the_cent

from . import document, plan_tables, typesetting
from .questions import BY_KEY, SectionKey
from .snapshot import name_in

GERMAN = "de"
TEMPLATE = "proposal.typ"
# What carries the moment of a file made of a draft, so that the same draft gives the same bytes.
NO_MOMENT = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
LONGEST_IN_HEADER = 60


def make(data, contact=None, *, checksum="", language=GERMAN):
    """The bytes of a tagged PDF (PDF/UA-1) of what snapshot.of() gave.

    `language` is that of the labels. typesetting.FontsMissingError where the machine has no fonts,
    with a sentence for operators.
    """
    with translation.override(language):
        values = _values(data, contact or {}, checksum, language)
    handed_in = _moment(data)
    content, _squares = typesetting.make(TEMPLATE, values, made_at=handed_in or NO_MOMENT)
    return content


def _values(data, contact, checksum, language):
    code = data["language"]["code"]
    title = data["columns"]["title"] or _("Proposal without a title")
    return {
        "lang": languages.bcp47(language).partition("-")[0],
        "dir": languages.direction(language),
        "words": _words(),
        "title": typesetting.line(title, code),
        "header": typesetting.line(_shortened(title), code),
        "reference": data["reference"] or _("Draft"),
        "applicant": typesetting.line(data["applicant"]["name"]),
        "receipt": _receipt(data),
        "glance": _glance(data),
        "is_draft": not data["reference"],
        "about": _about(data),
        "parts": [_part(part, data, language) for part in document.parts_of(data, contact)],
        "checksum": checksum,
    }


def _words():
    return {
        "kind": _("Project outline with financing plan"),
        "programme": _("WIR programme, City of Offenbach am Main"),
        "not_yet": _("This is not yet the application to the state."),
        "not_yet_why": _(
            "The binding application is made to the Regierungspräsidium Darmstadt. "
            "The WIR coordination tells you when it is time."
        ),
        "draft": _("This is a draft. It has not been handed in."),
        "receipt": _("Receipt"),
        "glance": _("At a glance"),
        "about": _("Who applies"),
        "page": _("Page %(n)s of %(all)s") % {"n": "{n}", "all": "{all}"},
        "no_answer": _("No answer"),
        "squares": _(
            "Some signs have no picture in the fonts of this file. A white square (□) stands in "
            "their place. The portal keeps them as they were written."
        ),
        "checksum": _("Checksum (SHA-256)"),
        "checksum_why": _(
            "The checksum covers everything in this file but the contact person. Who has the file "
            "“%(file)s” from the portal can compute it again."
        )
        % {"file": "proposal.json"},
        "total": _("Total"),
    }


def _receipt(data):
    handed_in = _moment(data)
    return _facts(
        (_("Reference"), data["reference"]),
        (_("Handed in"), _in_words(handed_in) if handed_in else ""),
        (_("Version"), data["version"]),
    )


def _glance(data):
    columns, result = data["columns"], data["plan"]["result"]
    line = columns["funding_line"]
    days = [columns[key] for key in ("starts_on", "ends_on")]
    return _facts(
        (_("Funding line"), name_in(line["name"], translation.get_language()) if line else ""),
        (_("Running time"), " – ".join(_day(day) for day in days if day)),
        (_("Total costs"), format_to_the_cent(Decimal(result["costs"]))),
        (
            _("Grant requested here"),
            format_to_the_cent(Decimal(result["requested_share"])),
        ),
        (_("Written in"), name_in(data["language"]["name"], translation.get_language())),
    )


def _facts(*rows):
    """What is empty is left out."""
    return [
        {"label": str(label), "value": typesetting.line(value)} for label, value in rows if value
    ]


def _about(data):
    return _facts(*document.about_of(data))


def _part(part, data, language):
    values = {
        "title": str(part.title),
        "entries": [_entry(entry, data, language) for entry in part.entries],
        "tables": [],
        "lists": [],
    }
    if part.section == SectionKey.COSTS:
        values["tables"] = _plan(data["plan"], data["language"]["code"])
    elif part.section == SectionKey.ENCLOSURES:
        values["lists"] = [_enclosures(data)]
    elif part.section == SectionKey.DECLARATIONS:
        values["lists"] = [_declarations(data)]
    return values


def _entry(entry, data, language):
    is_long = BY_KEY[entry.key].is_text
    write = typesetting.paragraphs if is_long else lambda *args: [typesetting.line(*args)]
    answer = {
        "label": entry.label,
        "is_long": is_long,
        "text": write(entry.text, entry.code or language) if entry.text.strip() else [],
        "german": write(entry.german, GERMAN) if entry.german.strip() else [],
    }
    if answer["german"]:
        answer["captions"] = [
            name_in(data["language"]["name"], translation.get_language()),
            _("German version"),
        ]
    return answer


# --- The plan -----------------------------------------------------------------------------------
def _plan(plan, code):
    tables = [
        _table(
            _("Costs"),
            [(_("Item"), "text"), (_("Quantity"), "end"), (_("Each, EUR"), "end")],
            [
                [
                    _item(plan_tables.cost_kind(row), row, code),
                    typesetting.line(f"{_number(row['quantity'])} {row['unit']}", code),
                    _euros(row["unit_amount"]),
                ]
                for row in plan["costs"]
            ],
            plan["costs"],
            plan["result"]["costs"],
        ),
        _table(
            _("Income"),
            [(_("Item"), "text")],
            [[_item(plan_tables.income_kind(row), row, code)] for row in plan["incomes"]],
            plan["incomes"],
            plan["result"]["income"],
        ),
    ]
    if plan["in_kind"]:
        tables.append(
            _table(
                _("Volunteer work and things given, on both sides"),
                [(_("Item"), "text"), (_("Hours"), "end"), (_("Per hour, EUR"), "end")],
                [
                    [
                        _item("", row, code),
                        typesetting.line(_number(row["hours"])),
                        _euros(row["rate"]),
                    ]
                    for row in plan["in_kind"]
                ],
                plan["in_kind"],
                plan["result"]["in_kind"],
            )
        )
    years = plan_tables.years_of(plan)
    return [*tables, *([_years(years)] if len(years) > 1 else []), _result(plan["result"])]


def _table(title, columns, cells, rows, total):
    """Year and amount are the last two columns of every table of the plan."""
    return {
        "title": title,
        "columns": [
            *({"label": label, "align": align} for label, align in columns),
            {"label": _("Year"), "align": "end"},
            {"label": _("Amount, EUR"), "align": "end"},
        ],
        "rows": [
            [*line, typesetting.line(str(row["year"])), _euros(row["amount"])]
            for line, row in zip(cells, rows, strict=True)
        ],
        "total": _euros(total),
    }


def _item(kind, row, code):
    return {"kind": kind, "text": typesetting.line(row["description"], code)}


def _years(years):
    return {
        "title": _("Budget years"),
        "columns": [
            {"label": _("Year"), "align": "text"},
            {"label": _("Costs, EUR"), "align": "end"},
            {"label": _("Income, EUR"), "align": "end"},
            {"label": _("Difference, EUR"), "align": "end"},
        ],
        "rows": [
            [{"kind": "", "text": typesetting.line(str(year))}, *map(_euros, sums)]
            for year, *sums in years
        ],
        "total": None,
    }


def _result(result):
    return {
        "title": _("Result"),
        "columns": [
            {"label": _("Sum"), "align": "text"},
            {"label": _("Amount, EUR"), "align": "end"},
        ],
        "rows": [
            [{"kind": "", "text": typesetting.line(words)}, _euros(value)]
            for words, value in plan_tables.sums_of(result)
        ],
        "total": None,
    }


def _euros(value):
    return typesetting.line(format_to_the_cent(Decimal(value)).removesuffix(" EUR"))


def _number(value):
    """ "12" or "1,5": a quantity without empty places."""
    value = Decimal(value)
    whole = value.to_integral_value()
    return number_format(whole if value == whole else value.normalize())


# --- Enclosures, declarations -------------------------------------------------------------------
def _enclosures(data):
    return {
        "title": "",
        "empty": _("No enclosures."),
        "columns": [_("Enclosure"), _("Size")],
        "rows": [
            {
                "kind": name_in(file["kind"], translation.get_language()),
                "text": typesetting.line(file["name"]),
                "small": f"SHA-256: {file['sha256']}",
                "end": filesizeformat(file["size"]),
            }
            for file in data["enclosures"]
        ],
    }


def _declarations(data):
    return {
        "title": _("Declarations"),
        "empty": "",
        "columns": [_("Declaration"), _("Declared")],
        "rows": [
            {
                "kind": "",
                "text": typesetting.line(str(sentence)),
                "small": "",
                "end": _("Yes") if declared else _("No"),
            }
            for sentence, declared in document.declarations_of(data)
        ],
    }


# --- Words --------------------------------------------------------------------------------------
def _moment(data):
    at = data["submitted_at"]
    return datetime.datetime.fromisoformat(at) if at else None


def _day(day):
    return date_format(datetime.date.fromisoformat(day), "SHORT_DATE_FORMAT")


def _in_words(moment):
    return _("%(day)s, %(time)s (Offenbach time)") % {
        "day": times.day_in_words(moment),
        "time": timezone.localtime(moment).strftime("%H:%M:%S"),
    }


def _shortened(title):
    if len(title) <= LONGEST_IN_HEADER:
        return title
    return title[:LONGEST_IN_HEADER].rstrip() + "…"
