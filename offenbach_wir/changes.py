"""Who changed what, read from the stored versions of a row and of its texts."""

import datetime
import difflib
import re
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import models
from django.utils import formats, timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from . import languages
from .richtext import RichTextField
from .translated import is_same_text

HIDDEN = {
    *("german_revision", "checked_revision", "updated_at", "search_title", "search_text"),
    *("sort_title", "focus_keys", "group_keys", "language_keys", "sizes", "deleted_at"),
}
MOST = 100
# So much of an unchanged text is shown before and after what changed.
WORDS_AROUND = 12
_BLOCK = re.compile(r"</(?:p|h[1-6]|li|blockquote)>|<br ?/?>", re.IGNORECASE)


@dataclass
class Change:
    when: object
    who: str
    what: str
    language: str = ""
    language_code: str = ""
    # The stored version, so that it can be restored: "record" or "text", and its number.
    source: str = "record"
    pk: int = 0
    stored: object = None
    is_restorable: bool = False
    fields: list = field(default_factory=list)


@dataclass
class FieldChange:
    """What happened to one field; `words` for texts, `old` and `new` for everything else."""

    label: str
    old: str = ""
    new: str = ""
    words: list = field(default_factory=list)


def changes_of(obj):
    """The newest changes of the object and of its translations, newest first."""
    texts = obj._parler_meta.root_model.history.filter(master_id=obj.pk)
    made = _changes(list(obj.history.select_related("history_user")[: MOST + 1]))
    by_language = {}
    for record in texts.select_related("history_user")[: 5 * MOST]:
        by_language.setdefault(record.language_code, []).append(record)
    for records in by_language.values():
        made += _changes(records)
    made.sort(key=lambda change: change.when, reverse=True)
    return made[:MOST]


def _changes(records):
    """The changes between neighbours of one row's stored versions, newest first."""
    pairs = _with_the_one_before(records)
    return [change for pair in pairs if (change := _change(*pair)) is not None]


def _with_the_one_before(records):
    """(version, the one before it) of stored versions, newest first; None before the oldest."""
    return zip(records, [*records[1:], None], strict=False)


def _change(record, before):
    code = getattr(record, "language_code", "")
    names = {"+": _("created"), "~": _("changed"), "-": _("deleted")}
    change = Change(
        when=record.history_date,
        who=_who(record),
        what=names[record.history_type],
        language=languages.name_in_itself(code) if code else "",
        language_code=code,
        source="text" if code else "record",
        pk=record.history_id,
        stored=record,
    )
    if record.history_type == "~" and before is not None:
        change.fields = _differences(record, before)
        if not change.fields:
            return None
    return change


def _differences(record, before):
    changes = record.diff_against(before, foreign_keys_are_objs=True).changes
    return [
        difference(model_field, delta.old, delta.new)
        for delta in changes
        if delta.field not in HIDDEN
        and not is_same_text(
            model_field := record.instance_type._meta.get_field(delta.field), delta.old, delta.new
        )
    ] + _way_to_the_bin(record, before)


def _way_to_the_bin(record, before):
    """Of content with states the state tells it; the date is no field of any form."""
    if hasattr(record, "state") or not hasattr(record, "deleted_at"):
        return []
    old, new = before.deleted_at, record.deleted_at
    model_field = record.instance_type._meta.get_field("deleted_at")
    return [difference(model_field, old, new)] if old != new else []


def difference(model_field, old, new):
    """How a field changed, in words a person reads."""
    label = model_field.verbose_name
    if isinstance(model_field, models.TextField | models.CharField) and not model_field.choices:
        is_rich = isinstance(model_field, RichTextField)
        before, after = (_plain(text, is_rich) for text in (old, new))
        return FieldChange(label, words=word_changes(before, after))
    return FieldChange(label, shown(model_field, old), shown(model_field, new))


def _plain(text, is_rich):
    text = str(text or "")
    if is_rich:
        text = strip_tags(_BLOCK.sub("\n", text)).strip()
    return text


def word_changes(old, new):
    """[(kind, words)] with kind "same", "out" or "in"; long unchanged stretches are cut."""
    before, after = (re.findall(r"\s+|\w+|[^\w\s]", text) for text in (old, new))
    found = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found.append(("same", before[a:b]))
            continue
        if a != b:
            found.append(("out", before[a:b]))
        if c != d:
            found.append(("in", after[c:d]))
    last = len(found) - 1
    return [
        (kind, _cut(words, n == 0, n == last) if kind == "same" else "".join(words))
        for n, (kind, words) in enumerate(found)
    ]


def _cut(words, is_first, is_last):
    around = 2 * WORDS_AROUND
    head = [] if is_first else words[:around]
    tail = [] if is_last else words[-around:]
    if len(words) <= len(head) + len(tail):
        return "".join(words)
    return f"{''.join(head)} … {''.join(tail)}"


def shown(model_field, value):
    """A stored value in the words and formats of the person reading."""
    if value is None or value == "":
        return "–"
    if choices := dict(model_field.flatchoices):
        return str(choices.get(value, value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime.datetime):
        return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, datetime.date):
        return formats.date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, Decimal):
        return formats.number_format(value, force_grouping=True)
    return str(value)


def _who(record):
    return str(record.history_user) if record.history_user else _("the portal itself")


@dataclass
class LastChanges:
    """Who last changed each field of a record and of its texts in one language."""

    newest: Change | None
    by_field: dict

    def of(self, name):
        """The change of that field; of the whole record where the field has no history."""
        return self.by_field.get(name, self.newest)


def last_changes(obj, language):
    texts = obj._parler_meta.root_model.history.filter(
        master_id=obj.pk, language_code=language
    ).select_related("history_user")
    histories = [
        list(obj.history.select_related("history_user")[:MOST]),
        list(texts[:MOST]),
    ]
    by_field, firsts = {}, []
    for records in histories:
        if records:
            firsts.append(records[0])
        for record, before in _with_the_one_before(records):
            for model_field in record.tracked_fields:
                name = model_field.attname
                is_new = before is None or not is_same_text(
                    model_field, getattr(before, name), getattr(record, name)
                )
                if model_field.name not in by_field and is_new:
                    by_field[model_field.name] = Change(record.history_date, _who(record), "")
    newest = max(firsts, key=lambda record: record.history_date, default=None)
    return LastChanges(newest and Change(newest.history_date, _who(newest), ""), by_field)


def german_since(obj, revision):
    """{field: word changes} of the German text since that revision; {} where it is not known."""
    root = obj._parler_meta.root_model
    german = root.objects.filter(master=obj.pk, language_code="de").first()
    then = (
        root.history.filter(master_id=obj.pk, language_code="de", checked_revision__lte=revision)
        .exclude(history_type="-")
        .first()
    )
    if german is None or then is None:
        return {}
    texts = {
        root._meta.get_field(name): (getattr(then, name), getattr(german, name))
        for name in root.get_translated_fields()
    }
    return {
        model_field.name: difference(model_field, *texts).words
        for model_field, texts in texts.items()
        if not is_same_text(model_field, *texts)
    }
