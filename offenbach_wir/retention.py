"""What the portal keeps about people, why, how long, and what happens then.

Each app says so for all its models in its module `personal_data.py`, with `keep` for models that
hold something about people and `nothing_personal` for the others. Every field is named in one of
them; a test fails on a field that nobody thought about. Earlier versions (simple_history) are
classified by the model they belong to.

The nightly job applies the rules in small transactions. It may be killed, repeated and run twice
at once; what it did stands in the audit trail as counts.
"""

import datetime
import functools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction
from django.db.models import Count, DateField, F, Q, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from . import events
from .bin import KEPT_IN_THE_BIN
from .deleting import delete_rows, fields_naming_users, history_models
from .models import Event, LegalHold

DAY = datetime.timedelta(days=1)
YEAR = datetime.timedelta(days=365)
BATCH = 200
LONGEST_RUN_SECONDS = 60 * 60
VERSIONS_KEPT = 2 * YEAR
OVERDUE = "retention-overdue"


class After(models.TextChoices):
    DELETE = "delete", _("deleted")
    ANONYMISE = "anonymise", _("made anonymous")
    COUNT = "count", _("text and recipients deleted, the number of mails stays")


@dataclass(frozen=True)
class Rule:
    """What happens to rows when their period is over.

    `counted_from` names the date or moment it counts from (or is an expression), `since` says it
    in words: "after the last log-in". `only` narrows the rows. `clear` holds what the fields of an
    anonymised row become. `perform(rows, moment)` replaces deleting and returns how many rows.
    """

    after: After
    period: datetime.timedelta
    counted_from: Any
    since: str
    only: Q = Q()  # noqa: RUF009 - a Q is never changed
    clear: dict | None = None
    perform: Callable | None = None

    @property
    def period_in_words(self):
        days = self.period.days
        if days == 0:
            return _("at once")
        if days % 365 == 0:
            return ngettext_lazy("%(n)s year", "%(n)s years", "n") % {"n": days // 365}
        return ngettext_lazy("%(n)s day", "%(n)s days", "n") % {"n": days}


def delete(after, counted_from, since, **options):
    return Rule(After.DELETE, after, counted_from, since, **options)


def anonymise(after, counted_from, since, *, clear, **options):
    return Rule(After.ANONYMISE, after, counted_from, since, clear=clear, **options)


@dataclass(frozen=True)
class Kept:
    """What is kept about people in one model.

    `find(rows, person)` narrows to the rows of a person (erasure.py). `on_erasure` is what becomes
    of them when the person asks: After.DELETE, the values of the cleared fields, or None with the
    reason in `stays_because`. `part_of` names the relation whose legal hold covers this row too,
    `about` the prefix of the two columns (subject_type, subject_id) that do the same.
    `created` names the moment of creation; only rows with one can be erased again by key.
    `delete(keys)` replaces `delete_rows`; `before_clearing(keys)` comes before clearing fields.
    """

    model: type
    title: str
    owner: str
    purpose: str
    basis: str
    personal: frozenset
    other: frozenset
    unshown: frozenset
    rules: tuple
    no_period_because: str = ""
    find: Callable | None = None
    on_erasure: Any = None
    stays_because: str = ""
    part_of: str = ""
    about: str | None = None
    created: str = ""
    delete: Callable | None = None
    # Called with the keys before fields of theirs are cleared, for files that say the same.
    before_clearing: Callable | None = None
    # What an export shows; everything but the unshown unless said otherwise.
    exported: frozenset | None = None
    # Which lists of related rows it shows; all unless said otherwise.
    relations: frozenset | None = None

    @property
    def label(self):
        return self.model._meta.label_lower

    def delete_keys(self, keys):
        """(deleted, held back by other records)"""
        return self.delete(keys) if self.delete else delete_rows(self.model, keys)


_kept, _impersonal = {}, {}


def keep(label, *, owner, purpose, basis, personal, other="", unshown="", rules=(), **options):
    """Says what is kept about people in that model. Fields are named in one text: "name email".

    `owner` is the role that answers for the data. `unshown` are personal fields that even their
    owner is not shown (keys, hashes). Without `rules` there is a reason: `no_period_because`.
    """
    model = apps.get_model(label)
    rules = (rules,) if isinstance(rules, Rule) else tuple(rules)
    if not rules and not options.get("no_period_because"):
        raise ImproperlyConfigured(f"{label} is kept for ever without a reason.")
    _refuse_second(label)
    options.setdefault("title", model._meta.verbose_name_plural)
    _kept[label] = Kept(
        model=model,
        owner=owner,
        purpose=purpose,
        basis=basis,
        personal=_names(personal) | _names(unshown),
        other=_names(other),
        unshown=_names(unshown),
        rules=rules,
        **options,
    )
    registry.cache_clear()


def nothing_personal(label, *fields):
    """Says that the model holds nothing about people, in any of these fields."""
    _refuse_second(label)
    _impersonal[label] = _names(" ".join(fields))
    registry.cache_clear()


def _refuse_second(label):
    if label in _kept or label in _impersonal:
        raise ImproperlyConfigured(f"{label} is classified twice.")


def _names(text):
    return frozenset(text.split())


CONTENT = "id german_revision version"
BINNABLE_CONTENT = f"{CONTENT} deleted_at"
PUBLISHED_CONTENT = (
    f"{BINNABLE_CONTENT} state published_from published_until created_at updated_at"
    " search_title search_text"
)
TEXT = "id language_code checked_revision master"


def emptied_bin():
    return delete(KEPT_IN_THE_BIN, "deleted_at", _("after it went into the bin"))


def keep_until_binned(label, *fields):
    """Content about nobody that is there until an editor deletes it."""
    keep(
        label,
        title=_("Content that names nobody"),
        owner="editor",
        purpose=_("Inform the public."),
        basis=_("Art. 6 (1) e GDPR: duties of a public body"),
        personal="",
        other=" ".join((BINNABLE_CONTENT, *fields)),
        rules=emptied_bin(),
    )


def keep_published(label, *fields, personal=""):
    """Content with review and bin: who asked for the review is the one person in it."""
    keep(
        label,
        owner="editor",
        purpose=_("Inform the public; know who asked for a review."),
        basis=_("Art. 6 (1) e GDPR: duties of a public body"),
        personal=f"review_asked_by {personal}",
        other=" ".join((PUBLISHED_CONTENT, *fields)),
        rules=emptied_bin(),
        find=found_by(user="review_asked_by"),
        on_erasure={"review_asked_by": None},
    )


def dialled(number):
    """A phone number as it is dialled here, whatever stands between the digits: "06990009123"."""
    digits = "".join(str(int(c)) for c in number if c.isdecimal())
    if number.strip().startswith("+"):
        return f"0{digits[2:]}" if digits.startswith("49") else f"00{digits}"
    return f"0{digits[4:]}" if digits.startswith("0049") else digits


def found_by(*, user="", email="", phone=""):
    """Finds rows by fields that hold the account, the address alone, or the phone number alone."""

    def find(rows, person):
        wanted = Q(pk__in=[])
        for name in user.split() if person.user_id else ():
            wanted |= Q(**{name: person.user_id})
        for name in email.split():
            for address in person.emails:
                wanted |= Q(**{f"{name}__iexact": address})
        for name in phone.split() if person.phones else ():
            # People write numbers in many ways; what is kept with a number is kept for days only.
            known = rows.exclude(**{name: ""}).values_list("pk", name)
            keys = [pk for pk, number in known if dialled(number) in person.phones]
            wanted |= Q(pk__in=keys)
        return rows.filter(wanted)

    return find


def mentioning(fields):
    """Finds rows that mention an address of the person anywhere in those fields."""

    def find(rows, person):
        texts = {f"text_of_{name}": Cast(name, models.TextField()) for name in fields.split()}
        wanted = Q(pk__in=[])
        for name in texts:
            for address in person.emails:
                wanted |= Q(**{f"{name}__icontains": address})
        # "ada@example.org" is no part of "nada@example.org" or "ada@example.org.uk".
        whole = [
            re.compile(rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)", re.IGNORECASE)
            for address in person.emails
        ]
        found = rows.annotate(**texts).filter(wanted).values_list("pk", *texts)
        keys = [
            pk
            for pk, *values in found
            if any(pattern.search(value or "") for pattern in whole for value in values)
        ]
        return rows.filter(pk__in=keys)

    return find


# --- Earlier versions ---------------------------------------------------------------------------
VERSION_FIELDS = _names("history_id history_date history_change_reason history_type")


def _versions(history, tracked):
    """How long earlier versions are kept follows from what the model itself holds."""
    names = {field.name for field in history._meta.concrete_fields}
    users = fields_naming_users(history)
    tracked_personal = tracked.personal if tracked else frozenset()
    clear = dict.fromkeys(sorted(users))
    if tracked_personal - users:
        rule = delete(VERSIONS_KEPT, "history_date", _("after the change"))
    else:
        rule = anonymise(VERSIONS_KEPT, "history_date", _("after the change"), clear=clear)
    return Kept(
        model=history,
        title=_("Earlier versions of content"),
        owner="administrator",
        purpose=_("Show who changed what, and restore earlier versions."),
        basis=_("Art. 6 (1) e GDPR: duties of a public body"),
        personal=frozenset((tracked_personal | users) & names),
        other=frozenset(names - tracked_personal - users),
        unshown=frozenset(),
        rules=(rule,),
        find=found_by(user=" ".join(sorted(users))),
        on_erasure=clear,
        exported=_names("history_date history_type"),
    )


@functools.cache
def registry():
    """{label: Kept} of all models with something about people."""
    found = dict(_kept)
    for tracked, history in history_models().items():
        label = tracked._meta.label_lower
        if label in _kept or label in _impersonal:
            found[history._meta.label_lower] = _versions(history, _kept.get(label))
    return found


def impersonal_labels():
    return list(_impersonal)


def unclassified():
    """ "app.model.field" of every stored field that nobody classified."""
    missing = []
    for model in apps.get_models():
        label = model._meta.label_lower
        kept = registry().get(label)
        known = kept.personal | kept.other if kept else _impersonal.get(label, frozenset())
        if not model._meta.proxy:
            names = {field.name for field in model._meta.concrete_fields}
            missing += [f"{label}.{name}" for name in sorted(names - known)]
    return missing


def classified_in_vain():
    """What was classified twice over, or does not exist (any more)."""
    wrong = []
    for label, known in [
        *((label, kept.personal | kept.other) for label, kept in registry().items()),
        *_impersonal.items(),
    ]:
        names = {field.name for field in apps.get_model(label)._meta.concrete_fields}
        wrong += [f"{label}.{name}" for name in sorted(known - names)]
    both = [(label, kept.personal & kept.other) for label, kept in registry().items()]
    return wrong + [f"{label}.{name}" for label, names in both for name in sorted(names)]


# --- Legal holds --------------------------------------------------------------------------------
def active_holds():
    """{label: keys} of all records that must stay for now."""
    holds = {}
    for label, key in LegalHold.objects.active().values_list("subject_type", "subject_id"):
        holds.setdefault(label, []).append(key)
    return holds


def split_by_hold(rows, kept, holds):
    """(free, held): the rows that the holds do not and do exempt."""
    held = Q(pk__in=holds.get(kept.label, ()))
    if kept.part_of:
        whole = kept.model._meta.get_field(kept.part_of).related_model
        held |= Q(**{f"{kept.part_of}__in": holds.get(whole._meta.label_lower, ())})
    if kept.about is not None:
        for label, keys in holds.items():
            about = {f"{kept.about}subject_type": label, f"{kept.about}subject_id__in": keys}
            held |= Q(**about)
    if not holds:
        return rows, rows.none()
    held_rows = kept.model._base_manager.filter(held).values("pk")
    return rows.exclude(pk__in=held_rows), rows.filter(pk__in=held_rows)


# --- What is due --------------------------------------------------------------------------
def rules():
    return [(kept, rule) for kept in registry().values() for rule in kept.rules]


def due_rows(kept, rule, now, holds=None):
    """The rows whose period is over and that no legal hold exempts."""
    rows = kept.model._base_manager.alias(
        counts_from=F(rule.counted_from)
        if isinstance(rule.counted_from, str)
        else rule.counted_from
    )
    rows = rows.filter(rule.only, counts_from__lt=_last_moment(kept.model, rule, now))
    if rule.clear is not None:
        rows = rows.exclude(**rule.clear)
    return split_by_hold(rows, kept, active_holds() if holds is None else holds)[0]


def due_counts(now):
    """[(Kept, Rule, how many rows are due)], counted in one statement."""
    legs, holds = [], active_holds()
    for number, (kept, rule) in enumerate(rules()):
        rows = (
            due_rows(kept, rule, now, holds).order_by().annotate(rule=Value(number)).values("rule")
        )
        legs.append(rows.annotate(n=Count("pk")).values_list("rule", "n"))
    counts = dict(legs[0].union(*legs[1:], all=True))
    return [(kept, rule, counts.get(number, 0)) for number, (kept, rule) in enumerate(rules())]


def overdue(now=None):
    """How many rows the nightly job should have dealt with a day ago and did not."""
    return sum(n for _kept, _rule, n in overdue_counts(now or timezone.now()))


def overdue_counts(now):
    """As due_counts, of what the nightly job should have dealt with a day ago."""
    return due_counts(now - DAY)


def overdue_lately():
    """For the start page, which many open: counted anew every ten minutes."""
    return cache.get_or_set(OVERDUE, overdue, 600)


def forget_overdue():
    """Has the start page count anew, so that it says what the page of rules says."""
    cache.delete(OVERDUE)


def _last_moment(model, rule, now):
    moment = now - rule.period
    field = rule.counted_from
    is_date = isinstance(field, str) and type(model._meta.get_field(field)) is DateField
    return timezone.localdate(moment) if is_date else moment


# --- Applying the rules -------------------------------------------------------------------------
@dataclass
class Outcome:
    done: int = 0
    stuck: int = 0

    def add(self, done, stuck):
        self.done += done
        self.stuck += stuck


def run(now=None, longest=LONGEST_RUN_SECONDS):
    """Applies every rule; returns how many rows it reached and how many other records held back."""
    now = now or timezone.now()
    stop_at = time.monotonic() + longest
    total = Outcome()
    for kept, rule in rules():
        outcome = apply(kept, rule, now, stop_at)
        total.add(outcome.done, outcome.stuck)
    forget_overdue()
    return total


def apply(kept, rule, now, stop_at=float("inf")):
    """Applies one rule in batches, each its own transaction."""
    outcome, last = Outcome(), None
    while time.monotonic() < stop_at:
        with transaction.atomic():
            keys = _locked_keys(due_rows(kept, rule, now), last)
            if not keys:
                return outcome
            last = keys[-1]
            done, stuck = _perform(kept, rule, keys, now)
            outcome.add(done, stuck)
            if done:
                events.record(
                    Event.Kind.RETENTION,
                    record=kept.label,
                    what=str(rule.after.value),
                    rows=done,
                )
    return outcome


def _locked_keys(due, last):
    """The next keys in order, locked; rows that a second run is working on are left to it."""
    rows = due.model._base_manager.filter(pk__in=due.values("pk")).order_by("pk")
    if last is not None:
        rows = rows.filter(pk__gt=last)
    return list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])


def _perform(kept, rule, keys, now):
    """(rows reached, rows that other records hold back)"""
    # Asked again now that the rows are locked: somebody may have signed in meanwhile.
    keys = list(due_rows(kept, rule, now).filter(pk__in=keys).values_list("pk", flat=True))
    rows = kept.model._base_manager.filter(pk__in=keys)
    if rule.perform:
        return rule.perform(rows, now - rule.period), 0
    if rule.clear is not None:
        return rows.update(**rule.clear), 0
    return kept.delete_keys(keys)
