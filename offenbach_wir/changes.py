"""Who changed what, read from the stored versions of a row and of its texts."""

from dataclasses import dataclass, field

from django.db import models
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from . import languages

HIDDEN = {"german_revision", "checked_revision", "updated_at", "search_title", "search_text"}
MOST = 100


@dataclass
class Change:
    when: object
    who: str
    what: str
    language: str = ""
    fields: list = field(default_factory=list)


def changes_of(obj):
    """The newest changes of the object and of its translations, newest first."""
    records = list(obj.history.select_related("history_user")[:MOST])
    texts = obj._parler_meta.root_model.history.filter(master_id=obj.pk)
    records += list(texts.select_related("history_user")[:MOST])
    made = [change for record in records if (change := _change(record))]
    return sorted(made, key=lambda change: change.when, reverse=True)[:MOST]


def _change(record):
    code = getattr(record, "language_code", "")
    names = {"+": _("created"), "~": _("changed"), "-": _("deleted")}
    change = Change(
        when=record.history_date,
        who=str(record.history_user) if record.history_user else _("the portal itself"),
        what=names[record.history_type],
        language=languages.name_in_itself(code) if code else "",
    )
    before = record.prev_record if record.history_type == "~" else None
    if before is not None:
        for delta in record.diff_against(before).changes:
            if delta.field not in HIDDEN:
                model_field = record.instance_type._meta.get_field(delta.field)
                change.fields.append(
                    (model_field.verbose_name, _shown(delta.old), _shown(delta.new))
                )
        if not change.fields:
            return None
    return change


def _shown(value):
    if isinstance(value, models.Model):
        return str(value)
    return Truncator(strip_tags(str(value if value is not None else "–"))).chars(300)
