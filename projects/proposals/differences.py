"""What is different in two versions of one proposal, in words a person reads.

Pure: made from the plain values of snapshot.py, with the labels of document.py.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from offenbach_wir import languages

from . import document, plan_differences, text_differences
from .questions import BY_KEY
from .snapshot import name_in


@dataclass(frozen=True)
class FieldChange:
    """Empty where nothing stood. `is_written` where a person wrote it, in any script."""

    label: str
    before: str
    after: str
    is_written: bool = False


@dataclass(frozen=True)
class AnswerChange:
    """Passages (text_differences) of the answer and of its German version; `code` is the language
    it is written in now.
    """

    label: str
    code: str
    passages: list
    german: list


@dataclass(frozen=True)
class FileChange:
    """`state` is "added", "removed", "replaced" (other content) or "renamed" (the same content)."""

    state: str
    kind: str
    before: dict | None
    after: dict | None


@dataclass(frozen=True)
class Differences:
    fields: tuple
    answers: tuple
    plan: plan_differences.PlanDifferences
    files: tuple

    @property
    def is_empty(self):
        return not (self.fields or self.answers or self.files) and self.plan.is_empty


def between(old, new):
    """Differences of two snapshots of one proposal (Version.data), the earlier one first."""
    return Differences(
        fields=_fields(old, new),
        answers=_answers(old, new),
        plan=plan_differences.between(old, new),
        files=_files(old["enclosures"], new["enclosures"]),
    )


# --- Fields and answers -------------------------------------------------------------------------
def _fields(old, new):
    pairs = [*_columns(old, new), *_about(old, new), *_declarations(old, new)]
    return tuple(change for change in pairs if change.before != change.after)


def _entries(old, new):
    """Pairs of document.Entry, one for each question."""
    earlier, later = (
        {entry.key: entry for part in document.parts_of(data) for entry in part.entries}
        for data in (old, new)
    )
    return [(earlier[key], entry) for key, entry in later.items()]


def _columns(old, new):
    return [
        FieldChange(after.label, before.text, after.text, bool(after.code))
        for before, after in _entries(old, new)
        if not BY_KEY[after.key].is_text
    ]


def _about(old, new):
    written_in = [name_in(data["language"]["name"], languages.active()) for data in (old, new)]
    return [
        FieldChange(_("Written in"), *written_in),
        *(
            FieldChange(label, before, after, is_written=True)
            for (label, before), (_label, after) in zip(
                document.about_of(old), document.about_of(new), strict=True
            )
        ),
    ]


def _declarations(old, new):
    before, after = (document.declarations_of(data) for data in (old, new))
    return [
        FieldChange(str(sentence), _ticked(was), _ticked(is_now))
        for (sentence, was), (_sentence, is_now) in zip(before, after, strict=True)
    ]


def _ticked(is_ticked):
    return _("Yes") if is_ticked else _("not ticked")


def _answers(old, new):
    changes = (
        AnswerChange(
            after.label,
            after.code,
            text_differences.passages(before.text, after.text),
            text_differences.passages(before.german, after.german),
        )
        for before, after in _entries(old, new)
        if BY_KEY[after.key].is_text
    )
    return tuple(change for change in changes if change.passages or change.german)


# --- Files --------------------------------------------------------------------------------------
def _files(old, new):
    """In the order of the new list; what was removed comes last.

    The same content is the same file, whatever it is called; then the name and what it is decide,
    and a single file left of a kind replaces the single one before.
    """
    before, after, pairs = list(old), list(new), []
    for key in (_content_and_name, _content, _name_and_kind, _name):
        _take_pairs(before, after, key, pairs)
    _take_single_ones(before, after, pairs)
    earlier = {id(later): one for one, later in pairs}
    changes = [_file(earlier.get(id(row)), row) for row in new]
    changes += [_file(row, None) for row in before]
    return tuple(change for change in changes if change)


def _content_and_name(row):
    return (row["sha256"], row["name"], _kind(row))


def _content(row):
    return row["sha256"]


def _name_and_kind(row):
    return (row["name"], _kind(row))


def _name(row):
    return row["name"]


def _kind(row):
    return name_in(row["kind"], "de")


def _take_pairs(before, after, key, pairs):
    """Moves rows with the same key out of both lists, in their order."""
    for later in list(after):
        one = next((row for row in before if key(row) == key(later)), None)
        if one is not None:
            before.remove(one)
            after.remove(later)
            pairs.append((one, later))


def _take_single_ones(before, after, pairs):
    for later in list(after):
        ones, others = (
            [row for row in rows if _kind(row) == _kind(later)] for rows in (before, after)
        )
        if len(ones) == len(others) == 1:
            before.remove(ones[0])
            after.remove(later)
            pairs.append((ones[0], later))


def _file(before, after):
    """None where the file is the same."""
    kind = name_in((after or before)["kind"], languages.active())
    if before is None or after is None:
        return FileChange("added" if before is None else "removed", kind, before, after)
    if _content_and_name(before) == _content_and_name(after):
        return None
    is_same = before["sha256"] == after["sha256"]
    return FileChange("renamed" if is_same else "replaced", kind, before, after)
