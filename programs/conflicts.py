"""Two people, one record: what the second one typed is laid beside what the first one saved.

The form carries the version of the record it was opened with, and for each field a short sum of
what stood there. Saving takes the version by one UPDATE; who comes second sees a page on which each
field that differs is chosen by itself. Nothing is overwritten, and all that was typed stays there.
"""

import hashlib
import json
import re
from dataclasses import dataclass

from django import forms
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.db.models import F
from django.forms.formsets import DELETION_FIELD_NAME
from django.template.response import TemplateResponse
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django_prose_editor.fields import ProseEditorFormField
from parler.utils.i18n import get_language_title

from offenbach_wir.changes import last_changes
from offenbach_wir.richtext import evened
from offenbach_wir.templatetags.portal import rich

# What the conflict page adds to what was typed.
CHOICE = "choice:"
OWN_FIELDS = ("csrfmiddlewaretoken", "version", "conflict")
BUTTONS = ("_save", "_continue", "_state", "_addanother")
MOST_ROWS = 1000


class StaleError(Exception):
    """Somebody else saved the record since this form was opened."""


@dataclass
class Difference:
    """One field (or all rows of an inline) in which typed and stored differ."""

    name: str
    label: str
    mine: str
    theirs: str
    is_mine: bool
    change: object = None


def claim(obj, version):
    """Takes the version for this saving; of two people at the same moment one gets it.

    Raises StaleError where the form or the row in memory is older than what is stored.
    """
    rows = type(obj).objects.filter(pk=obj.pk, version=version)
    if obj.version != version or not rows.update(version=F("version") + 1):
        raise StaleError


def sent(form, name):
    """What a browser sends for that field untouched: a list of texts, empty where nothing."""
    field = form.fields[name]
    value = form[name].value()
    if value is None or value == "" or isinstance(field, forms.FileField):
        return []
    if isinstance(value, bool):
        return ["on"] if value else []
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        return [str(getattr(entry, "pk", entry)) for entry in value]
    widget = getattr(field.widget, "widget", field.widget)
    shown = widget.format_value(value)
    return [str(entry) for entry in (shown if isinstance(shown, list | tuple) else [shown])]


def _bare(field, values):
    """Values to compare."""
    is_rich = isinstance(field, ProseEditorFormField)
    return sorted(filter(None, (evened(value, is_rich=is_rich) for value in values)))


def _sum(value):
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


def _shown(field, values):
    """Values in words."""
    values = [value for value in values if value]
    if isinstance(field, forms.BooleanField):
        return _("Yes") if values else _("No")
    if choices := getattr(field, "choices", None):
        labels = [str(label) for key, label in _flat(choices) if str(key) in values]
        return ", ".join(labels) or "–"
    return "\n".join(values) or "–"


def _flat(choices):
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label


class Rows:
    """The rows of one inline, as stored and as typed."""

    def __init__(self, formset):
        self.formset = formset
        self.key = f"rows:{formset.prefix}"
        self.empty = formset.empty_form
        self.pk_name = formset.model._meta.pk.name
        # Whether a text counts as checked is said anew with every saving.
        hidden = {self.pk_name, formset.fk.name, "is_right"}
        self.names = [*self.empty.fields]
        self.told = [name for name in self.names if name not in hidden]

    def stored(self):
        return [
            {name: sent(form, name) for name in form.fields} for form in self.formset.initial_forms
        ]

    def typed(self, data):
        """The rows of a POST, without those nobody filled in."""
        try:
            total = min(int(data.get(f"{self.formset.prefix}-TOTAL_FORMS", "")), MOST_ROWS)
        except ValueError:
            return self.stored()
        rows = [
            {name: data.getlist(f"{self.formset.prefix}-{n}-{name}") for name in self.names}
            for n in range(total)
        ]
        blank = self._compared({name: sent(self.empty, name) for name in self.names})
        return [row for row in rows if any(row[self.pk_name]) or self._compared(row) != blank]

    def _compared(self, row):
        return [_bare(self.empty.fields[name], row.get(name, [])) for name in self.told]

    def sum_of(self, rows):
        return _sum([[row.get(self.pk_name), self._compared(row)] for row in rows])

    def shown(self, rows):
        return [
            [
                (capfirst(field.label or name), _shown(field, row.get(name, [])))
                for name in self.told
                if (field := self.empty.fields[name])
                and (name != DELETION_FIELD_NAME or any(row.get(name, [])))
            ]
            for row in rows
        ]

    def write(self, data, rows):
        """Puts these rows into a POST; a row that somebody deleted meanwhile becomes a new one."""
        prefix = self.formset.prefix
        for name in [name for name in data if re.match(rf"{re.escape(prefix)}-\d+-", name)]:
            del data[name]
        alive = {str(form.instance.pk) for form in self.formset.initial_forms}
        known = [row for row in rows if "".join(row.get(self.pk_name, [])) in alive]
        new = [row | {self.pk_name: []} for row in rows if row not in known]
        for n, row in enumerate([*known, *new]):
            for name, values in row.items():
                if values:
                    data.setlist(f"{prefix}-{n}-{name}", values)
        data[f"{prefix}-TOTAL_FORMS"] = str(len(rows))
        data[f"{prefix}-INITIAL_FORMS"] = str(len(known))


class ConflictMixin:
    """For admins of translated content; others say what the two methods below answer for them."""

    def language_of_texts(self, request, obj):
        return self.get_form_language(request, obj)

    def changes_so_far(self, obj, language):
        return last_changes(obj, language)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            self._settle(request, unquote(object_id))
            return super().changeform_view(request, object_id, form_url, extra_context)
        except StaleError:
            return self._conflict_page(request, unquote(object_id))

    def _settle(self, request, object_id):
        """Finds the version this saving builds on; StaleError where somebody has to choose."""
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_change_permission(request):
            return
        is_current = request.POST.get("version") == str(obj.version)
        if not self.has_change_permission(request, obj):
            if is_current and not getattr(obj, "is_binned", False):
                return
            # Binned or published meanwhile: what was typed is shown all the same.
            raise StaleError
        form, inlines = self._stored_form(request, obj)
        if is_current and "conflict" in request.POST:
            request.POST = self._as_chosen(request, form, inlines)
        elif not is_current and (
            "conflict" in request.POST or self._touched(request, form, inlines)
        ):
            raise StaleError
        request.version = obj.version

    def save_model(self, request, obj, form, change):
        if change:
            claim(obj, getattr(request, "version", None))
        super().save_model(request, obj, form, change)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and self.has_change_permission(request, obj):
            is_sent = request.method == "POST"
            context["version"] = getattr(request, "version", obj.version)
            context["opened"] = request.POST.get("opened", "")
            if not is_sent:
                form = context["adminform"].form
                rows = [Rows(inline.formset) for inline in context["inline_admin_formsets"]]
                context["opened"] = json.dumps(self._sums(form, rows, obj))
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _stored_form(self, request, obj):
        """The form and the rows of its inlines as they would open now."""
        fields = flatten_fieldsets(self.get_fieldsets(request, obj))
        form = self.get_form(request, obj, change=True, fields=fields)(instance=obj)
        inlines, prefixes = [], {}
        for formset_class, inline in self.get_formsets_with_inlines(request, obj):
            prefix = formset_class.get_default_prefix()
            prefixes[prefix] = prefixes.get(prefix, 0) + 1
            if prefixes[prefix] != 1:
                prefix = f"{prefix}-{prefixes[prefix]}"
            queryset = inline.get_queryset(request)
            inlines.append(Rows(formset_class(instance=obj, prefix=prefix, queryset=queryset)))
        return form, inlines

    def _sums(self, form, inlines, obj):
        sums = {name: _sum(_bare(field, sent(form, name))) for name, field in form.fields.items()}
        sums |= {rows.key: rows.sum_of(rows.stored()) for rows in inlines}
        return sums | {"state": getattr(obj, "state", "")}

    def _touched(self, request, form, inlines):
        """Whether something on this form is stored otherwise than when it was opened."""
        return self._sums(form, inlines, form.instance) != _opened(request)

    def _as_chosen(self, request, form, inlines):
        """What was typed, with what is stored where that was chosen."""
        data = request.POST.copy()
        data["opened"] = json.dumps(self._sums(form, inlines, form.instance))
        for name in form.fields:
            if request.POST.get(CHOICE + name) == "theirs":
                data.setlist(name, sent(form, name))
                if not data.getlist(name):
                    del data[name]
        for rows in inlines:
            is_theirs = request.POST.get(CHOICE + rows.key) == "theirs"
            rows.write(data, rows.stored() if is_theirs else rows.typed(request.POST))
        for name in [name for name in data if name.startswith(CHOICE)]:
            del data[name]
        return data

    def _conflict_page(self, request, object_id):
        obj = self.get_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        form, inlines = self._stored_form(request, obj)
        language = self.language_of_texts(request, obj)
        button = next((name for name in BUTTONS if name in request.POST), "_save")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Somebody else has changed this meanwhile"),
            "subtitle": str(obj),
            "object": obj,
            "opts": self.opts,
            "language": get_language_title(language),
            "differences": self._differences(request, form, inlines, language),
            "newest": self.changes_so_far(obj, language).newest,
            "typed": _carried(request.POST),
            "files": [form[name] for name in form.fields if name in request.FILES],
            "button": (button, request.POST.get(button, "1")),
            "is_binned": getattr(obj, "is_binned", False),
            "can_save": self.has_change_permission(request, obj),
            "has_new_state": getattr(obj, "state", "") != _opened(request).get("state", ""),
        }
        return TemplateResponse(request, "admin/content/conflict.html", context, status=409)

    def _differences(self, request, form, inlines, language):
        opened, changes = _opened(request), self.changes_so_far(form.instance, language)
        found = []
        for name, field in form.fields.items():
            mine, theirs = request.POST.getlist(name), sent(form, name)
            if isinstance(field, forms.FileField) or _bare(field, mine) == _bare(field, theirs):
                continue
            found.append(
                Difference(
                    name=CHOICE + name,
                    label=capfirst(field.label or name),
                    mine=_as_html(field, mine),
                    theirs=_as_html(field, theirs),
                    is_mine=_sum(_bare(field, mine)) != opened.get(name),
                    change=changes.of(name),
                )
            )
        for rows in inlines:
            mine, theirs = rows.typed(request.POST), rows.stored()
            if rows.sum_of(mine) != rows.sum_of(theirs):
                found.append(
                    Difference(
                        name=CHOICE + rows.key,
                        label=capfirst(rows.formset.model._meta.verbose_name_plural),
                        mine=_rows_as_html(rows.shown(mine)),
                        theirs=_rows_as_html(rows.shown(theirs)),
                        is_mine=rows.sum_of(mine) != opened.get(rows.key),
                    )
                )
        return found


def _as_html(field, values):
    if isinstance(field, ProseEditorFormField):
        return format_html_join("", "{}", ((rich(value),) for value in values))
    lines = _shown(field, values).splitlines()
    return format_html_join("", "<p>{}</p>", ((line,) for line in lines))


def _rows_as_html(rows):
    return format_html_join(
        "",
        "<dl>{}</dl>",
        ((format_html_join("", "<dt>{}</dt><dd>{}</dd>", row),) for row in rows),
    )


def _opened(request):
    """What stood in the fields when the form was opened; nothing where it cannot be read."""
    try:
        sums = json.loads(request.POST.get("opened", ""))
    except ValueError:
        return {}
    return sums if isinstance(sums, dict) else {}


def _carried(data):
    """(name, value) of everything typed, to be sent again with the choice."""
    return [
        (name, value)
        for name, values in data.lists()
        if name not in (*OWN_FIELDS, *BUTTONS) and not name.startswith(CHOICE)
        for value in values
    ]
