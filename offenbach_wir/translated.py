"""Content in several languages, with German as the authority's language.

A translation remembers the revision of the German text it was checked against. One that is missing
or older is not shown: the page shows the German text whole, marked with its own language and a
notice, never a mix of the two.
"""

import re

from django.conf import settings
from django.db import models
from django.db.models import Count, F, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.html import format_html
from parler.managers import TranslatableQuerySet
from parler.models import TranslatableModel, TranslatedFieldsModel
from simple_history.models import HistoricalRecords

from . import languages

GERMAN = settings.LANGUAGE_CODE


class TranslatedContentQuerySet(TranslatableQuerySet):
    def with_texts(self):
        return self.prefetch_related("translations")

    def lacking_translations(self):
        """Rows whose text is missing or older than the German one in some language switched on."""
        others = [code for code in languages.codes() if code != GERMAN]
        keeping_up = (
            self.model._parler_meta.root_model.objects.filter(
                master=OuterRef("pk"),
                language_code__in=others,
                checked_revision__gte=OuterRef("german_revision"),
            )
            .order_by()
            .values("master")
            .annotate(n=Count("pk"))
            .values("n")
        )
        return self.alias(
            complete_translations=Coalesce(Subquery(keeping_up), 0, output_field=IntegerField())
        ).filter(complete_translations__lt=len(others))


class TranslatedContent(TranslatableModel):
    german_revision = models.PositiveIntegerField(default=0, editable=False)
    # Counts the savings of the whole record; a form that was opened before the last one is stale.
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = TranslatedContentQuerySet.as_manager()
    history = HistoricalRecords(
        inherit=True, excluded_fields=["search_title", "search_text", "version"]
    )

    class Meta:
        abstract = True

    def __str__(self):
        text = self.text_in(GERMAN)
        return str(text) if text else f"{self._meta.verbose_name} {self.pk or ''}".strip()

    def save(self, *args, **kwargs):
        """Counts the version in the database, whatever number this row was read with."""
        if not self._state.adding:
            self.version = F("version") + 1
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "version"}
        super().save(*args, **kwargs)
        if not isinstance(self.version, int):
            # Read anew when somebody asks.
            del self.version

    @property
    def text(self):
        """The translation row to show on a page in the active language."""
        return self.text_in(languages.active())

    def text_in(self, language):
        """The row of that language if it keeps up with the German one, else the German row."""
        rows = {row.language_code: row for row in self.translations.all()} if self.pk else {}
        german = rows.get(GERMAN)
        wanted = rows.get(language)
        if wanted and (german is None or wanted.checked_revision >= self.german_revision):
            return wanted
        return german or wanted or next(iter(rows.values()), None)

    def translation_state(self, language):
        """ "missing", "outdated" or "complete", computed from the stored revisions."""
        row = next((t for t in self.translations.all() if t.language_code == language), None)
        if row is None:
            return "missing"
        return "outdated" if row.checked_revision < self.german_revision else "complete"


class ContentTranslation(TranslatedFieldsModel):
    checked_revision = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(inherit=True)

    class Meta:
        abstract = True

    def __str__(self):
        return str(
            getattr(self, "title", None) or getattr(self, "name", None) or self.language_code
        )

    def save(self, *args, **kwargs):
        """A changed German text starts a new revision; every saved text belongs to the newest."""
        master_model = type(self.master)
        counted = {"version": F("version") + 1}
        if self.language_code == GERMAN and self._text_changed():
            counted["german_revision"] = F("german_revision") + 1
        master_model.objects.filter(pk=self.master_id).update(**counted)
        self.checked_revision = master_model.objects.values_list("german_revision", flat=True).get(
            pk=self.master_id
        )
        self.master.german_revision = self.checked_revision
        super().save(*args, **kwargs)

    def _text_changed(self):
        fields = self.get_translated_fields()
        before = type(self).objects.filter(pk=self.pk).values(*fields).first() if self.pk else None
        return before is None or any(
            _bare(before[name]) != _bare(getattr(self, name)) for name in fields
        )

    @property
    def is_fallback(self):
        return self.language_code != languages.active()

    @property
    def lang_attrs(self):
        """` lang="…" dir="…"` where the text is not in the language of its page, else nothing."""
        if not self.is_fallback:
            return ""
        code = self.language_code
        return format_html(' lang="{}" dir="{}"', languages.bcp47(code), languages.direction(code))


def _bare(text):
    """A text without what browsers and the editor change unasked: line ends, space around tags."""
    return re.sub(r">\s+<", "><", " ".join(text.split())) if isinstance(text, str) else text


def labels(rows, field="name", key="slug"):
    """[(pk, key, label, language)] of a QuerySet in the active language, in one query.

    The same rule as `text_in`, read without building rows: lists of filters need it on every page.
    """
    language = languages.active()
    related = rows.model._parler_meta.root_rel_name
    found = (
        rows.filter(translations__language_code__in={language, GERMAN})
        .order_by("position", "pk")
        .values_list(
            "pk",
            key,
            f"{related}__language_code",
            f"{related}__{field}",
            F(f"{related}__checked_revision") - F("german_revision"),
        )
    )
    shown, german = {}, {}
    for pk, slug, code, label, lag in found:
        if code == GERMAN:
            german[pk] = (pk, slug, label, code)
        if code == language and lag >= 0:
            shown[pk] = (pk, slug, label, code)
    order = dict.fromkeys(row[0] for row in found)
    return [shown.get(pk) or german[pk] for pk in order if pk in shown or pk in german]
