"""Content in several languages, with German as the authority's language.

A translation remembers the revision of the German text it was checked against. One that is missing
or older is not shown: the page shows the German text whole, marked with its own language and a
notice, never a mix of the two.
"""

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.utils.html import format_html
from parler.managers import TranslatableQuerySet
from parler.models import TranslatableModel, TranslatedFieldsModel
from simple_history.models import HistoricalRecords

from . import languages
from .richtext import RichTextField, evened

GERMAN = settings.LANGUAGE_CODE


class TranslatedContentQuerySet(TranslatableQuerySet):
    def with_texts(self):
        return self.prefetch_related("translations")

    def with_names(self):
        """With what `str()` needs of each row; more where a row is called after another."""
        return self.with_texts()

    def or_previewed(self, request):
        """And the row of which staff asked for a preview, as if the public saw it already.

        Only the back office puts a row on a request (programs.content_admin), on a copy of its own.
        """
        row = getattr(request, "previewed", None)
        return self | self.model.objects.filter(pk=row.pk) if isinstance(row, self.model) else self

    def for_translators(self):
        """Rows whose texts are worth translating: all, unless a kind knows of some nobody sees."""
        return self

    def lacking_translations(self):
        """Rows that in some language switched on lack their text, or a text of one of their parts,
        or have it older than the German one.
        """
        in_parts = Q()
        for name in self.model.parts:
            part = self.model._meta.get_field(name)
            lacking = part.related_model.objects.for_translators()._lacking_own_texts()
            in_parts |= Q(pk__in=lacking.order_by().values(part.field.name))
        return self._lacking_own_texts(in_parts)

    def _lacking_own_texts(self, or_else=Q()):  # noqa: B008
        # A set to look in, made once: asked for each row anew it takes seconds with 20,000 rows.
        others = [code for code in languages.codes() if code != GERMAN]
        complete = (
            self.model._parler_meta.root_model.objects.filter(
                language_code__in=others, checked_revision__gte=F("master__german_revision")
            )
            .order_by()
            .values("master")
            .annotate(n=Count("pk"))
            .filter(n__gte=len(others))
        )
        return self.filter(~Q(pk__in=complete.values("master")) | or_else)


class TranslatedContent(TranslatableModel):
    # Relations to translated rows that belong to this one and stand in the same form.
    parts = ()

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

    @property
    def is_for_translators(self):
        """The same rule as `for_translators`."""
        return True

    def whole_translation_state(self, language):
        """As `translation_state`; "parts" where only a text of its parts is missing or older."""
        own = self.translation_state(language)
        if own != "complete":
            return own
        rows = (row for name in self.parts for row in getattr(self, name).all())
        lacks = any(
            row.is_for_translators and row.translation_state(language) != "complete" for row in rows
        )
        return "parts" if lacks else own

    @classmethod
    def with_parts(cls):
        """What to prefetch so that the states above need no query for each row."""
        return ["translations", *(f"{name}__translations" for name in cls.parts)]


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
            not is_same_text(self._meta.get_field(name), before[name], getattr(self, name))
            for name in fields
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


def is_same_text(model_field, before, after):
    """Whether two texts say the same; of values of other fields, whether they are equal."""
    if not isinstance(model_field, models.CharField | models.TextField):
        return before == after
    is_rich = isinstance(model_field, RichTextField)
    return evened(before or "", is_rich=is_rich) == evened(after or "", is_rich=is_rich)


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
