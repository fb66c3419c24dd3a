"""Two wordings of one answer: the paragraphs that changed, and in them the words. Pure."""

import difflib
import re
from collections import Counter

from offenbach_wir.changes import word_changes

# Comparing takes longer the more often the same word or line comes again, and texts may be odd. Up
# to here it is a matter of moments; what is more is shown as a whole, before and after.
MOST_WORDS = 300
MOST_EQUAL_PAIRS = 15_000
# Less than this in common, and words marked one by one are harder to read than two paragraphs.
LEAST_ALIKE = 0.35
WORD = re.compile(r"\w+|[^\w\s]")
GAP = "gap"


def passages(old, new):
    """What changed, as lists of ("same" | "out" | "in", text) in the order of the text.

    Paragraphs that did not change are left out: ("gap", "") stands alone in their place. Empty
    where nothing differs but spaces and line breaks.
    """
    before, after = _paragraphs(old), _paragraphs(new)
    if " ".join(before).split() == " ".join(after).split():
        return []
    if not _is_soon_compared(before, after):
        return _changed(["\n".join(before)], ["\n".join(after)])
    found = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found.append([(GAP, "")])
        else:
            found += _changed(before[a:b], after[c:d])
    return found


def _paragraphs(text):
    return [line for line in map(str.strip, text.splitlines()) if line]


def _changed(before, after):
    """As many paragraphs on both sides are compared one by one, others as one stretch of text."""
    if len(before) == len(after):
        return [_marked(*pair) for pair in zip(before, after, strict=True)]
    return [_marked("\n".join(before), "\n".join(after))]


def _marked(old, new):
    if not (old and new and _is_alike(WORD.findall(old), WORD.findall(new))):
        return [(kind, text) for kind, text in (("out", old), ("in", new)) if text]
    return _in_runs(word_changes(old, new))


def _is_alike(before, after):
    if max(len(before), len(after)) > MOST_WORDS or not _is_soon_compared(before, after):
        return False
    return difflib.SequenceMatcher(None, before, after, autojunk=False).ratio() >= LEAST_ALIKE


def _is_soon_compared(before, after):
    many = Counter(after)
    pairs = sum(n * many[word] for word, n in Counter(before).items())
    return pairs <= MOST_EQUAL_PAIRS


def _in_runs(words):
    """Neighbouring changes with nothing but a space between them become one."""
    runs, out, put_in = [], "", ""
    for n, (kind, text) in enumerate(words):
        is_between = kind == "same" and not text.strip() and (out or put_in) and n < len(words) - 1
        if kind == "out" or is_between:
            out += text
        if kind == "in" or is_between:
            put_in += text
        if kind == "same" and not is_between:
            runs += [*_run(out, put_in), (kind, text)]
            out = put_in = ""
    return [*runs, *_run(out, put_in)]


def _run(out, put_in):
    return [(kind, text) for kind, text in (("out", out), ("in", put_in)) if text]
