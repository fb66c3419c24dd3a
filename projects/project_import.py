"""From a row of the coordinator's list to a draft project.

A row is taken whole or refused with every reason at once; each reason names the column, the value
and the way out.
"""

import datetime
import difflib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.html import format_html_join
from django.utils.text import slugify
from django.utils.translation import gettext as _

from offenbach_wir.money import MOST, parse_euros
from offenbach_wir.search import fold, index_text
from programs.models import FocusArea, FundingLine

from .models import District, Organisation, Project, SpokenLanguage, TargetGroup
from .models.project import ProjectTranslation

NUMBER, TITLE, CARRIER = "Projektnummer", "Titel", "Träger"
REQUIRED = (NUMBER, TITLE, CARRIER)
TEXTS = {
    TITLE: "title",
    "Kurzbeschreibung": "summary",
    "Beschreibung": "body",
    "Ergebnisse": "results",
    "Gesuchte Hilfe": "help_wanted",
}
RICH = {"body", "results"}
ONE_LINE = (NUMBER, TITLE, CARRIER, "Ort")
DAYS = {"Beginn": "starts_on", "Ende": "ends_on"}
SUMS = {
    "Gesamtkosten": "total_cost",
    "Anteil Land": "state_share",
    "Anteil Stadt": "city_share",
    "Eigenmittel": "own_share",
    "Dritte": "third_party_share",
}
LISTS = {
    "Schwerpunkte": ("focus_areas", FocusArea),
    "Zielgruppen": ("target_groups", TargetGroup),
    "Sprachen": ("languages", SpokenLanguage),
}
DISTRICT, LINE, PLACE, HELP = "Stadtteil", "Förderlinie", "Ort", "Hilfe gesucht"
FIELDS = {DISTRICT: "district", LINE: "funding_line", PLACE: "place", HELP: "looks_for_help"}
HEADINGS = [NUMBER, TITLE, CARRIER, *TEXTS, *DAYS, *SUMS, *LISTS, *FIELDS]
HEADINGS = list(dict.fromkeys(HEADINGS))
COLUMN_OF = {field: heading for group in (TEXTS, DAYS, SUMS) for heading, field in group.items()}
YES, NO = {"ja", "j", "x", "1", "true", "wahr", "yes"}, {"", "nein", "n", "0", "false", "falsch"}
MOST_CHARACTERS = 50_000
# Texts are rows of their own, which full_clean() of the project does not reach.
MOST_CHARACTERS_IN = {TITLE: ProjectTranslation._meta.get_field("title").max_length}
_CONTROLS = dict.fromkeys(c for c in (*range(0x20), 0x7F) if chr(c) not in "\t\n")


@dataclass(frozen=True)
class Refusal:
    row: int
    column: str
    value: str
    reason: str

    def __str__(self):
        return _("Row %(row)s, column “%(column)s”, value “%(value)s”: %(reason)s") % {
            "row": self.row,
            "column": self.column,
            # A cell could hold line breaks or terminal controls and so write lines of its own.
            "value": "".join(c if c.isprintable() else " " for c in self.value[:60]),
            "reason": self.reason,
        }


def match_headings(headings):
    """({heading: index}, unknown headings, missing headings); spelling and case do not matter."""
    known = {fold(heading): heading for heading in HEADINGS}
    found, unknown = {}, []
    for index, heading in enumerate(headings):
        name = known.get(fold(heading))
        if name and name not in found:
            found[name] = index
        elif heading:
            unknown.append(heading)
    return found, unknown, [heading for heading in REQUIRED if heading not in found]


class Importer:
    """Takes rows one after the other; keeps refusals, and counts what became of the others."""

    def __init__(self, columns, *, update=False):
        self.columns = columns
        self.update = update
        self.refusals = []
        self.created = self.updated = self.kept = 0
        self.seen = {}
        self.names = {
            District: {fold(k): d for d in District.objects.all() for k in (d.slug, d.name)},
            FundingLine: _by_name(FundingLine),
            FocusArea: _by_name(FocusArea),
            TargetGroup: _by_name(TargetGroup),
            SpokenLanguage: _by_name(SpokenLanguage),
        }

    def take(self, row):
        """Imports one row in a transaction of its own, or notes why not."""
        before = len(self.refusals)
        values = self._read(row)
        if len(self.refusals) > before:
            return
        existing = Project.objects.filter(number=values[NUMBER]).first()
        if existing and not self.update:
            self.kept += 1
            return
        try:
            with transaction.atomic():
                self._save(row, values, existing)
        except ValidationError as error:
            self._refuse_invalid(row, error)

    def _refuse(self, row, column, value, reason):
        self.refusals.append(Refusal(row.number, column, str(value), reason))

    def _cell(self, row, heading):
        index = self.columns.get(heading)
        if index is None or index >= len(row.cells):
            return ""
        value = row.cells[index]
        return "" if value is None else value

    def _read(self, row):
        """The typed values of a row by heading; refusals are noted on the way."""
        values = {}
        if len(row.cells) > max(self.columns.values()) + 50:
            self._refuse(row, "–", len(row.cells), _("This row has too many cells."))
        for heading in (NUMBER, CARRIER, PLACE, *TEXTS):
            text = str(self._cell(row, heading)).translate(_CONTROLS).strip()
            if heading in ONE_LINE:
                text = " ".join(text.split())
            if heading == NUMBER and text.endswith(".0"):
                text = text[:-2]  # a spreadsheet's number
            if heading in REQUIRED and not text:
                self._refuse(row, heading, "", _("This cell is needed. Please fill it in."))
            if len(text) > MOST_CHARACTERS_IN.get(heading, MOST_CHARACTERS):
                self._refuse(row, heading, text, _("This text is too long."))
            values[heading] = text
        number = values[NUMBER]
        if number and number in self.seen:
            self._refuse(
                row,
                NUMBER,
                number,
                _("This number is in row %s already. Each project has its own.")
                % self.seen[number],
            )
        self.seen.setdefault(number, row.number)
        for heading in DAYS:
            values[heading] = self._day(row, heading)
        for heading in SUMS:
            values[heading] = self._sum(row, heading)
        for heading, (_field, model) in LISTS.items():
            values[heading] = self._rows(row, heading, model)
        for heading, model in ((DISTRICT, District), (LINE, FundingLine)):
            values[heading] = next(iter(self._rows(row, heading, model, many=False)), None)
        values[HELP] = self._yes(row)
        return values

    def _day(self, row, heading):
        value = self._cell(row, heading)
        if isinstance(value, datetime.datetime):
            return value.date()
        if isinstance(value, datetime.date) or value == "":
            return value or None
        for pattern in ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y", "%d/%m/%Y"):
            try:
                return datetime.datetime.strptime(str(value).strip(), pattern).date()  # noqa: DTZ007
            except ValueError:
                continue
        self._refuse(
            row, heading, value, _("This is not a day. Please write it like this: 31.12.2020")
        )
        return None

    def _sum(self, row, heading):
        value = self._cell(row, heading)
        if value == "":
            return None
        try:
            if isinstance(value, int | float):
                amount = Decimal(str(value)).quantize(Decimal("0.01"))
                if not 0 <= amount <= MOST:
                    raise InvalidOperation
                return amount
            return parse_euros(str(value))
        except (ValidationError, InvalidOperation):
            self._refuse(
                row,
                heading,
                value,
                _("This is not a sum of money. Please write it like this: 10.000,00"),
            )
        return None

    def _rows(self, row, heading, model, *, many=True):
        text = str(self._cell(row, heading)).strip()
        parts = (
            [part.strip() for part in text.split("|" if "|" in text else ",")] if many else [text]
        )
        whole = self.names[model].get(fold(text))
        if whole:
            return [whole]
        found = []
        for part in filter(None, parts):
            match = self.names[model].get(fold(part))
            if match:
                found.append(match)
            else:
                self._refuse(row, heading, part, self._unknown(model, part))
        return found

    def _unknown(self, model, part):
        near = difflib.get_close_matches(fold(part), self.names[model], n=3, cutoff=0.6)
        names = ", ".join(dict.fromkeys(str(self.names[model][key]) for key in near))
        if names:
            return _("We do not know this name. Did you mean %s?") % names
        return _("We do not know this name. Please use a name from the portal or leave it empty.")

    def _yes(self, row):
        text = str(self._cell(row, HELP)).strip().casefold()
        if text not in YES | NO:
            self._refuse(row, HELP, text, _("Please write “ja” or “nein”."))
        return text in YES

    def _save(self, row, values, existing):
        """Writes what the file has columns for; an update leaves everything else as it is."""
        project = existing or Project(number=values[NUMBER], state=Project.State.DRAFT)
        project.organisation = self._organisation(values[CARRIER])
        project.slug = project.slug or _free_slug(values[TITLE], values[NUMBER])
        for heading, field in (FIELDS | DAYS | SUMS).items():
            if heading in self.columns:
                setattr(project, field, values[heading])
        project.set_current_language("de")
        for heading, field in TEXTS.items():
            if heading in self.columns:
                text = values[heading]
                setattr(project, field, _paragraphs(text) if field in RICH else text)
        project.summary = project.summary or project.title
        project.full_clean(exclude=["organisation"])
        project.save()
        for heading, (field, _model) in LISTS.items():
            if heading in self.columns:
                getattr(project, field).set(values[heading])
        project.refresh_index()
        if existing:
            self.updated += 1
        else:
            self.created += 1

    def _organisation(self, name):
        same = Q(name=name)
        if folded := index_text(name):
            same |= Q(search_title=folded)  # upper and lower case alike on every database
        found = Organisation.objects.outside_the_bin().filter(same).order_by("pk").first()
        if found:
            return found
        made = Organisation(
            name=name,
            slug=_free_slug(name, "", model=Organisation),
            kind=Organisation.Kind.ASSOCIATION,
        )
        made.full_clean(exclude=["email"])
        made.save()
        made.refresh_index()
        return made

    def _refuse_invalid(self, row, error):
        messages = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for field, texts in messages.items():
            heading = COLUMN_OF.get(field) or {"number": NUMBER, "name": CARRIER}.get(field, "–")
            for text in texts:
                column = _column_of_constraint(text) or heading
                self._refuse(row, column, self._cell(row, column), text)


def _column_of_constraint(text):
    """A broken constraint names no field; the column is the one most likely mistyped."""
    columns = {
        "project_ends_after_it_starts": "Ende",
        "project_shares_make_the_total": "Gesamtkosten",
    }
    for constraint in Project._meta.constraints:
        if text == constraint.violation_error_message:
            return columns.get(constraint.name)
    return None


def _by_name(model):
    """Rows by their folded German and other names, slugs and codes."""
    names = {}
    for obj in model.objects.outside_the_bin().with_texts():
        for key in (getattr(obj, "slug", ""), getattr(obj, "code", "")):
            if key:
                names[fold(key)] = obj
        for text in obj.translations.all():
            names[fold(str(text))] = obj
    return names


def _paragraphs(text):
    parts = [part.strip() for part in text.split("\n") if part.strip()]
    return format_html_join("", "<p>{}</p>", ((part,) for part in parts))


def _free_slug(title, number, *, model=Project):
    german = title.casefold().translate(str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}))
    base = slugify(german)[:70] or slugify(number) or "projekt"
    slug, n = base, 2
    while slug == "feed" or model.objects.filter(slug=slug).exists():
        slug, n = f"{base}-{n}", n + 1
    return slug
