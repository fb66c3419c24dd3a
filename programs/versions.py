"""Who changed what, and bringing back how something was."""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from offenbach_wir import languages
from offenbach_wir.changes import MOST, changes_of, difference
from offenbach_wir.translated import is_same_text

from .conflicts import StaleError, claim

# What stays as it is now: where the content stands, its address, and what is counted or derived.
KEPT = {
    *("id", "state", "review_asked_by", "deleted_at", "published_from", "published_until"),
    *("created_at", "updated_at", "slug", "key", "number", "is_example", "german_revision"),
    *("sort_title", "focus_keys", "group_keys", "language_keys"),
}
SOURCES = ("record", "text")


class VersionsMixin:
    """For admins of translated content."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_restore_version"
        view = self.admin_site.admin_view(self.restore_version_view)
        return [
            path("<int:pk>/history/<slug:source>/<int:version>/", view, name=name),
            *super().get_urls(),
        ]

    def history_view(self, request, object_id, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        changes = changes_of(obj)
        if self.has_change_permission(request, obj):
            _offer_restoring(obj, changes)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Who changed what: %s") % obj,
            "object": obj,
            "opts": self.opts,
            "changes": changes,
        }
        return TemplateResponse(request, "admin/content/history.html", context)

    def restore_version_view(self, request, pk, source, version):
        """Shows what would change; on POST brings it back as a new version."""
        obj = self.get_object(request, str(pk))
        if obj is None or source not in SOURCES:
            raise Http404
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        record, text = _as_it_was(obj, source, version)
        if request.method == "POST":
            return self._restore(request, obj, record, text)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Restore this version?"),
            "object": obj,
            "opts": self.opts,
            "when": (text or record).history_date,
            "language": languages.name_in_itself(text.language_code) if text else "",
            "fields": _what_changes(obj, record, text),
        }
        return TemplateResponse(request, "admin/content/restore.html", context)

    def _restore(self, request, obj, record, text):
        history = reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_history", args=[obj.pk]
        )
        try:
            with transaction.atomic():
                claim(obj, int(request.POST.get("version") or -1))
                _write_record(obj, record)
                if text:
                    _write_text(obj, text)
                self.reindex(obj)
        except (StaleError, ValueError):
            messages.error(
                request,
                _("Somebody has changed this meanwhile. Nothing was restored; please look again."),
            )
            return redirect(history)
        except ValidationError as error:
            messages.error(request, _("This version does not fit any more:"))
            for sentence in error.messages:
                messages.error(request, sentence)
            return redirect(history)
        self.log_change(request, obj, _("Older version restored."))
        messages.success(request, _("The older version is back. The newer one is in the history."))
        return redirect(history)


def _as_it_was(obj, source, version):
    """The stored record and, for a version of a text, that text; 404 where there is none."""
    root = obj._parler_meta.root_model
    rows = root.history.filter(master_id=obj.pk) if source == "text" else obj.history.all()
    chosen = rows.filter(history_id=version).exclude(history_type="-").first()
    if chosen is None:
        raise Http404
    if source == "record":
        return chosen, None
    then = obj.history.filter(history_date__lte=chosen.history_date).first()
    return then or obj.history.last(), chosen


def _offer_restoring(obj, changes):
    """Marks the versions that differ from what is stored now."""
    records = list(obj.history.all()[: MOST + 1])
    for change in changes:
        record, text = change.stored, None
        if change.source == "text":
            text = change.stored
            older = (row for row in records if row.history_date <= text.history_date)
            record = next(older, records[-1] if records else None)
        is_there = change.stored.history_type != "-"
        change.is_restorable = is_there and any(_differing(obj, record, text))


def _restorable(model, record):
    if record is None:
        return []
    tracked = {model_field.name for model_field in record.tracked_fields}
    return [
        model_field
        for model_field in model._meta.concrete_fields
        if model_field.name in tracked - KEPT
    ]


def _differing(obj, record, text):
    """(field, as it is now, as it was then) of all that restoring would change; reads no row."""
    for model_field in _restorable(type(obj), record):
        now, then = (getattr(row, model_field.attname) for row in (obj, record))
        is_same = str(now) == str(then) or is_same_text(model_field, now, then)
        if model_field.editable and not is_same and not _is_gone(model_field, then):
            yield model_field, now, then
    if text:
        rows = {row.language_code: row for row in obj.translations.all()}
        row = rows.get(text.language_code)
        for name in text.instance_type.get_translated_fields():
            model_field = text.instance_type._meta.get_field(name)
            now, then = getattr(row, name, ""), getattr(text, name)
            if model_field.editable and not is_same_text(model_field, now, then):
                yield model_field, now or "", then or ""


def _what_changes(obj, record, text):
    return [
        difference(model_field, *(_shown(model_field, value) for value in (now, then)))
        for model_field, now, then in _differing(obj, record, text)
    ]


def _shown(model_field, value):
    if not model_field.is_relation:
        return value
    return model_field.related_model._default_manager.filter(pk=value).first()


def _is_gone(model_field, name):
    """Whether a file of that version is no longer there; then today's stays."""
    return (
        isinstance(model_field, models.FileField)
        and bool(name)
        and not model_field.storage.exists(str(name))
    )


def _write_record(obj, record):
    if record is None:
        return
    fields = _restorable(type(obj), record)
    lost = any(
        _is_gone(model_field, getattr(record, model_field.attname)) for model_field in fields
    )
    for model_field in fields:
        if not (lost and model_field.name in ("file", "sizes", "width", "height")):
            setattr(obj, model_field.attname, getattr(record, model_field.attname))
    obj.full_clean()
    obj.save()


def _write_text(obj, text):
    row = _row_of(obj, text.language_code)
    for name in row.get_translated_fields():
        setattr(row, name, getattr(text, name))
    row.full_clean(exclude=["master"])
    row.save()
    if row.language_code != "de":
        # An old translation keeps up with the German text of its day, not of today.
        checked = min(text.checked_revision, row.checked_revision)
        type(row).objects.filter(pk=row.pk).update(checked_revision=checked)


def _row_of(obj, language):
    root = obj._parler_meta.root_model
    row = root.objects.filter(master=obj, language_code=language).first()
    return row or root(master=obj, language_code=language)
