"""A search that takes words literally and ignores case and marks, alike on both databases.

A word becomes a regular expression that either database matches by code points, so that neither
its collation nor its idea of upper case matters: "bürg" finds "Bürgel", "BÜRGEL", "Burgel" and
"Buergel". Pure: no database, no request.
"""

import re
import unicodedata
from collections import defaultdict

from offenbach_wir.search import MOST_WORDS, as_typed, fold

# Letters of Latin alphabets; what is written otherwise has upper and lower case at most.
_LATIN = range(0x41, 0x250)
_WRITTEN_OUT = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}


def _alike():
    """{plain letter: all letters that are it with a mark or in capitals}."""
    found = defaultdict(set)
    for number in _LATIN:
        letter = chr(number)
        if letter.isalpha() and len(plain := fold(letter)) == 1:
            found[plain].add(letter)
    return {plain: "".join(sorted(letters)) for plain, letters in found.items()}


_ALIKE = _alike()


def patterns(query):
    """One pattern a word of what somebody typed, bounded in length and number."""
    words = unicodedata.normalize("NFC", as_typed(query)).split()
    return [_pattern(word) for word in dict.fromkeys(words[:MOST_WORDS])]


def _pattern(word):
    parts, rest = [], word.casefold().replace("ß", "ss")
    rest = unicodedata.normalize("NFC", rest)
    while rest:
        taken = next(n for n in (2, 1) if len(rest) >= n and _of(rest[:n]))
        parts.append(_of(rest[:taken]))
        rest = rest[taken:]
    return "".join(parts)


def _of(letters):
    """The pattern of one letter, or of two that are one written out; None for any other two."""
    if len(letters) == 2:
        one = next((one for one, two in _WRITTEN_OUT.items() if two == letters), None)
        return one and f"(?:{_class(letters[0])}{_class(letters[1])}|[{one}{_capital(one)}])"
    two = _WRITTEN_OUT.get(letters)
    if two is None:
        return _class(letters)
    return f"(?:{_class(letters)}|{_class(two[0])}{_class(two[1])})"


def _class(letter):
    """A letter in every case and with every mark; any other sign as it is."""
    if same := _ALIKE.get(fold(letter)):
        return f"[{same}]"
    if not letter.isalnum():
        return re.escape(letter)
    cases = {letter, letter.upper(), letter.lower(), letter.title()}
    return f"[{''.join(sorted(one for one in cases if len(one) == 1))}]"


def _capital(letter):
    return "ẞ" if letter == "ß" else letter.upper()
