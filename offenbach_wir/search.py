"""Search that is the same on both databases: folded text and stems instead of full-text search.

A text is stored folded (lower case, no marks, ß→ss, ı→i), with a second spelling of each word that
has one (ü as ue, ue as u). A query word is folded once, cut to its stem, and looked for anywhere
in the stored text; so "Mittel" is found inside "Fördermittel", and "Bürgel", "Buergel" and "burgel"
find each other. PostgreSQL serves the same question from a trigram index and, where nothing was
found, also mends a typing error with the nearest word that stands in some text.
"""

import functools
import re
import unicodedata

import snowballstemmer
from django.contrib.postgres.search import TrigramSimilarity
from django.db import connections, models
from django.db.models import Case, IntegerField, Value, When
from django.utils.html import strip_tags

from .models import SearchWord

LONGEST_QUERY = 200
MOST_WORDS = 8
# Below this length a part of a word matches nearly everything; such a word must start one.
SHORTEST_PART = 3
TYPING_ERROR_SIMILARITY = 0.4
SHORTEST_WORD, LONGEST_WORD = 4, 80

_LETTERS = str.maketrans(
    {"ß": "ss", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ة": "ه", "ى": "ي"}
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_WORD = re.compile(r"[^\W_]+")
# Drawn or broken differently, the same word: soft hyphen, joiners, the Arabic stretching line.
_UNSEEN = dict.fromkeys((0xAD, 0x640, 0x200C, 0x200D, 0x2060, 0xFEFF))
# NUL, and the controls that turn the direction of whatever follows them on a page.
_NEVER_SHOWN = dict.fromkeys((0, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_BLOCK = re.compile(r"<(?=/?(?:p|h[1-6]|li|ul|ol|blockquote|br)\b)", re.IGNORECASE)


def fold(text):
    """Lower case without marks: "Bürgel" → "burgel", "Straße" → "strasse"."""
    text = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(c for c in text if not unicodedata.combining(c)).translate(_LETTERS)


def words_of(text):
    """The words of a text; marks are no letters, whether composed (é) or apart (Arabic vowels)."""
    text = unicodedata.normalize("NFC", text.translate(_UNSEEN))
    return _WORD.findall("".join(c for c in text if not unicodedata.combining(c)))


def spellings(word):
    """The folded forms under which a word of a text can be found, the plain one first."""
    word = unicodedata.normalize("NFC", word.casefold())
    plain = fold(word)
    written_out = fold(word.translate(_UMLAUTS))
    contracted = plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    return list(dict.fromkeys([plain, written_out, contracted]))


def index_text(*parts):
    """The folded text of all parts, one space around every word, each spelling once."""
    words = {}
    for part in parts:
        plain = strip_tags(_BLOCK.sub(" <", part or "")).replace("\x00", "")
        for word in words_of(plain):
            words.update(dict.fromkeys(spellings(word)))
    return f" {' '.join(words)} " if words else ""


def sort_key(text):
    """Letters and digits only, so that every database sorts it alike."""
    return "".join(_WORD.findall(fold(text)))[:200]


def as_typed(query):
    """What a visitor typed, as a page may show it again."""
    return query[:LONGEST_QUERY].translate(_NEVER_SHOWN).strip()


def query_words(query):
    """The words of what a visitor typed, bounded in length and number, without repetition."""
    words = words_of(query[:LONGEST_QUERY].replace("\x00", " "))
    return list(dict.fromkeys(word.casefold() for word in words))[:MOST_WORDS]


@functools.lru_cache(maxsize=4096)
def query_part(word):
    """The folded stem to look for: "sprachkurse" → "sprachkurs".

    A German or English stem matches more than the word itself, so the shorter one is taken as long
    as it is a part worth looking for. Arabic words lose their article. The stemmers keep state
    while they work, so each call makes its own.
    """
    folded = fold(word).removeprefix("ال") if len(word) > 4 else fold(word)
    stems = [fold(snowballstemmer.stemmer(name).stemWord(word)) for name in ("german", "english")]
    usable = [s for s in (*stems, folded) if len(s) >= SHORTEST_PART and s in folded]
    return min(usable, key=len) if usable else f" {folded}"


def query_parts(query):
    parts = (query_part(word) for word in query_words(query))
    return list(dict.fromkeys(part for part in parts if part.strip()))


class SearchableQuerySet(models.QuerySet):
    def matching(self, query):
        """Rows that hold every word of the query, annotated with `score`; all where it is empty."""
        parts = query_parts(query)
        rows = self.holding(parts, query)
        if parts and connections[self.db].vendor == "postgresql" and not rows.exists():
            rows = self.holding(mended_parts(query, parts) or parts, query)
        return rows

    def holding(self, parts, query):
        """Rows that hold all parts; none for a query of signs alone, as "%" or an emoji."""
        rows = self.annotate(score=_score(parts))
        if not parts and query.strip():
            return rows.filter(pk=0)
        for part in parts:
            rows = rows.filter(search_text__contains=part)
        return rows


def mended_parts(query, parts):
    """What to look for where `parts` found nothing: typing errors mended (PostgreSQL), or None."""
    if not parts or connections[SearchWord.objects.db].vendor != "postgresql":
        return None
    mended = list(dict.fromkeys(_mended_part(word) for word in query_words(query)))
    return mended if mended != parts else None


def _mended_part(word):
    """What to look for instead of a word that stands in no text: the nearest one that does."""
    part, folded = query_part(word), fold(word)
    if SearchWord.objects.filter(word__contains=part.strip()).exists():
        return part
    nearest = (
        SearchWord.objects.filter(word__trigram_similar=folded)
        .annotate(closeness=TrigramSimilarity("word", folded))
        .filter(closeness__gte=TYPING_ERROR_SIMILARITY)
        .order_by("-closeness", "word")
        .first()
    )
    return query_part(nearest.word) if nearest else part


def remember_words(text):
    """Adds the words of a folded text to those that a typing error can be mended with."""
    words = {w for w in text.split() if SHORTEST_WORD <= len(w) <= LONGEST_WORD and w.isalpha()}
    # Not asked first which are known: PostgreSQL would look for equal words in the trigrams, which
    # takes a hundred times as long as the key that tells the known ones here.
    SearchWord.objects.bulk_create(
        [SearchWord(word=word) for word in sorted(words)], ignore_conflicts=True
    )


def _score(parts):
    """Per word 8 for a title word that starts with it, 4 inside a title, 1 in the text."""
    score = Value(0, IntegerField())
    for part in parts:
        score = score + Case(
            When(search_title__contains=f" {part.strip()}", then=Value(8)),
            When(search_title__contains=part, then=Value(4)),
            default=Value(1),
        )
    return score


class Searchable(models.Model):
    """Two folded columns, filled by `refresh_index` from the model's own `search_parts()`:
    (what is title, what is text), each a list of plain or HTML strings in all languages.
    """

    search_title = models.TextField(editable=False, default="")
    search_text = models.TextField(editable=False, default="")

    class Meta:
        abstract = True

    def index_columns(self):
        titles, texts = self.search_parts()
        return {
            "search_title": index_text(*titles),
            "search_text": index_text(*titles, *texts),
        }

    def refresh_index(self):
        """Writes the index columns from what is stored now. Call after texts and relations."""
        columns = self.index_columns()
        type(self).objects.filter(pk=self.pk).update(**columns)
        remember_words(columns["search_text"])
