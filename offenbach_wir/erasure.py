"""Export and erasure of what the portal keeps about one person, across all apps.

A person is found by account and by confirmed addresses, through the registry of retention.py.
Legal holds are respected; the receipt names what stayed and why.
"""

import datetime
import json
import logging
import secrets
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from . import events, retention
from .deleting import history_models
from .models import Erasure, Event, User
from .page_cache import forget_pages
from .retention import After

logger = logging.getLogger(__name__)

# No 0/O and 1/I, for reading out on the phone.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
STAYS = "stays"
MOST_SHOWN = 20
# What fields without a name of their own are called here.
NAMED_FOR_THE_CATALOGUES = (
    *(gettext_noop("created at"), gettext_noop("updated at")),
    *(gettext_noop("last updated"), gettext_noop("last seen at"), gettext_noop("last used at")),
    *(gettext_noop("ip"), gettext_noop("user agent"), gettext_noop("type"), gettext_noop("data")),
    *(gettext_noop("scheduled time"), gettext_noop("number of retries")),
    *(gettext_noop("backend alias"), gettext_noop("recipient delivery status")),
    *(gettext_noop("set by"), gettext_noop("asked by"), gettext_noop("user")),
)


@dataclass(frozen=True)
class Person:
    """Known by an account, by addresses, or by a phone number (digits only) alone."""

    emails: frozenset
    user_id: int | None = None
    phones: frozenset = frozenset()

    @property
    def is_known_by_account(self):
        return self.user_id is not None


@dataclass(frozen=True)
class Part:
    """The rows of one model that belong to a person."""

    kept: retention.Kept
    free: list  # keys that may be erased
    held: list  # keys under a legal hold

    @property
    def done(self):
        if self.kept.on_erasure is None:
            return STAYS
        return str(self.kept.on_erasure.value if self.is_deleted else After.ANONYMISE.value)

    @property
    def is_deleted(self):
        return self.kept.on_erasure is After.DELETE

    @property
    def count(self):
        return len(self.free) + len(self.held)

    @property
    def title(self):
        return capfirst(str(self.kept.title))

    @property
    def outcome(self):
        """What becomes of the rows when they are erased, in words."""
        if self.done == STAYS:
            return self.kept.stays_because or _("stays")
        return After(self.done).label

    @property
    def periods(self):
        """How long the rows are kept: a sentence a rule."""
        reason = self.kept.no_period_because
        return [*filter(None, [str(reason)]), *(period_of(rule) for rule in self.kept.rules)]

    @property
    def fields(self):
        """The fields a person may see, in the order of the model."""
        kept = self.kept
        names = kept.exported
        if names is None:
            names = (kept.personal | kept.other) - kept.unshown
        return [field for field in kept.model._meta.concrete_fields if field.name in names]

    @property
    def rows(self):
        return self.kept.model._base_manager.filter(pk__in=[*self.free, *self.held])

    @property
    def newest(self):
        """[[(name, value in words)]] of the newest rows, without what is empty."""
        return [
            [
                (_name_of(field), words)
                for field in self.fields
                # A number of a row tells nobody anything.
                if not field.primary_key and not field.is_relation
                if (words := _in_words(row, field))
            ]
            for row in self.rows.order_by("-pk")[:MOST_SHOWN]
        ]

    @property
    def left_out(self):
        """How many older rows `newest` does not hold."""
        return max(0, self.count - MOST_SHOWN)


def person_of(user_or_contact):
    """The person behind an account, or behind an address (its account too, if it is confirmed),
    or behind a phone number, for those who gave nothing else.
    """
    if isinstance(user_or_contact, User):
        user, emails = user_or_contact, set()
    elif "@" not in user_or_contact:
        return Person(frozenset(), phones=frozenset({retention.dialled(user_or_contact)} - {""}))
    else:
        address = user_or_contact.strip().lower()
        emails = {address}
        confirmed = EmailAddress.objects.filter(email__iexact=address, verified=True)
        user = User.objects.filter(
            Q(email__iexact=address) | Q(pk__in=confirmed.values("user"))
        ).first()
    if user is None:
        return Person(frozenset(emails))
    more = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    emails |= {user.email.lower(), *(email.lower() for email in more)}
    return Person(frozenset(emails), user.pk)


def parts_of(person):
    """[Part] of every model with rows of this person; the account itself comes last."""
    rows = {}
    for label, kept in retention.registry().items():
        if kept.find is not None:
            rows[label] = set(
                kept.find(kept.model._base_manager.all(), person).values_list("pk", flat=True)
            )
    _add_rows_about(rows)
    parts, holds = [], retention.active_holds()
    for label, keys in rows.items():
        if keys:
            kept = retention.registry()[label]
            free, held = retention.split_by_hold(
                kept.model._base_manager.filter(pk__in=keys), kept, holds
            )
            parts.append(
                Part(kept, *(sorted(r.values_list("pk", flat=True)) for r in (free, held)))
            )
    return sorted(parts, key=lambda part: part.kept.model is User)


def _add_rows_about(rows):
    """Mails about a record of the person belong to the person as well."""
    erased = {
        label: keys
        for label, keys in rows.items()
        if keys and retention.registry()[label].on_erasure is After.DELETE
    }
    for label, kept in retention.registry().items():
        if kept.about is not None and kept.find is not None:
            for about, keys in erased.items():
                if all(isinstance(key, int) for key in keys):
                    wanted = {
                        f"{kept.about}subject_type": about,
                        f"{kept.about}subject_id__in": keys,
                    }
                    found = kept.model._base_manager.filter(**wanted)
                    rows[label] |= set(found.values_list("pk", flat=True))


# --- Export -------------------------------------------------------------------------------------
def export_of(user_or_email):
    """Everything about the person in plain values and readable words, ready for JSON."""
    person = person_of(user_or_email)
    return {
        _("made on"): date_format(timezone.localtime(), "DATETIME_FORMAT"),
        _("addresses"): sorted(person.emails | person.phones),
        _("records"): [_exported(part) for part in parts_of(person)],
    }


def _exported(part):
    return {
        _("what"): part.title,
        _("record"): part.kept.label,
        _("what for"): str(part.kept.purpose),
        _("legal basis"): str(part.kept.basis),
        _("how long"): part.periods,
        _("entries"): [_entry(row, part) for row in part.rows.order_by("pk")],
    }


def period_of(rule):
    """ "2 years after the last use: deleted" """
    return f"{rule.period_in_words} {rule.since}: {rule.after.label}"


def _entry(row, part):
    entry = {_name_of(field): _plain(row, field) for field in part.fields}
    shown = part.kept.relations
    for relation in row._meta.many_to_many:
        if shown is None or relation.name in shown:
            entry[capfirst(str(relation.verbose_name))] = [
                str(other) for other in getattr(row, relation.name).all()
            ]
    return entry


def _name_of(field):
    """Also of fields that nobody gave a name, as in packages."""
    return capfirst(_(str(field.verbose_name)))


def _plain(row, field):
    value = getattr(row, field.attname)
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | str):
        return value
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder, default=str))


def _in_words(row, field):
    """The value as a page shows it; empty where there is none."""
    value = getattr(row, field.attname)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime.datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, datetime.date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if value in (None, "", [], {}):
        return ""
    plain = _plain(row, field)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


# --- What an account is needed for --------------------------------------------------------------
@dataclass(frozen=True)
class Obstacle:
    """Why an account cannot go yet, in a sentence with the way out, and the page where that is."""

    sentence: str
    url: str


class NotYetError(Exception):
    """Something stands in the way of deleting the account."""

    def __init__(self, obstacles):
        self.obstacles = obstacles


_obstacles, _farewells = [], []


def before_an_account_goes(*, obstacles, farewell):
    """For apps in which something must not be left without its owner.

    `obstacles(user_id)` are [Obstacle]; `farewell(user_id)` deletes what goes with the account, in
    the transaction of the erasure. It may raise NotYetError.
    """
    _obstacles.append(obstacles)
    _farewells.append(farewell)


def obstacles_for(user_id):
    if user_id is None:
        return []
    return [obstacle for find in _obstacles for obstacle in find(user_id)]


def _say_farewell(user_id):
    if obstacles := obstacles_for(user_id):
        raise NotYetError(obstacles)
    for farewell in _farewells if user_id is not None else ():
        farewell(user_id)


# --- Erasure ------------------------------------------------------------------------------------
def erase(user_or_email, asked_by=None):
    """Erases what may be erased, all of it or nothing, and returns the receipt (Erasure).

    Raises NotYetError where the account is still needed.
    """
    with transaction.atomic():
        person = person_of(user_or_email)
        _say_farewell(person.user_id)
        rows = {part.kept.label: _carried_out(part) for part in parts_of(person)}
        actor_is_left = asked_by is not None and User.objects.filter(pk=asked_by.pk).exists()
        receipt = Erasure.objects.create(
            reference="L-" + "".join(secrets.choice(REFERENCE_ALPHABET) for _i in range(10)),
            person=hash_of(min(person.emails or person.phones)),
            asked_by_id=asked_by.pk if actor_is_left else None,
            rows=rows,
        )
        counts = {label: entry["count"] for label, entry in rows.items()}
        events.record(Event.Kind.ERASED, actor=asked_by, subject=receipt, counts=counts)
        transaction.on_commit(lambda: _write_file(receipt))
        transaction.on_commit(forget_pages)
    return receipt


def hash_of(email):
    return salted_hmac("erasure", email, algorithm="sha256").hexdigest()


def _carried_out(part):
    """Erases the free rows of one model: what the receipt says of it."""
    kept, stuck = part.kept, 0
    entry = {"done": part.done, "count": len(part.free), "held": len(part.held)}
    if part.is_deleted:
        _deleted, stuck = kept.delete_keys(part.free)
    elif part.kept.on_erasure is not None:
        _clear(kept, part.free)
    entry["count"] -= stuck
    if stuck:
        entry["stuck"] = stuck
    # Only rows that say when they were made: after a restore a number may be given out anew.
    if kept.created and part.done != STAYS:
        entry["keys"] = part.free
    return entry


def _clear(kept, keys):
    if kept.before_clearing is not None:
        kept.before_clearing(keys)
    kept.model._base_manager.filter(pk__in=keys).update(**kept.on_erasure)
    history = history_models().get(kept.model)
    if history is not None:
        history._base_manager.filter(id__in=keys).update(**kept.on_erasure)


# --- After a restore ----------------------------------------------------------------------------
# A restored database does not know of erasures after its backup. So each receipt is also a file,
# which is kept outside the database.
def folder():
    return settings.ERASURES_DIR


def _write_file(receipt):
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder() / f"{receipt.reference}.json").write_text(
            json.dumps(
                {
                    "reference": receipt.reference,
                    "person": receipt.person,
                    "at": receipt.at.isoformat(),
                    "rows": receipt.rows,
                }
            )
        )
    except OSError as error:
        logger.error("Receipt %s was not written to a file: %s", receipt.reference, error)


def forget_files(references):
    for reference in references:
        (folder() / f"{reference}.json").unlink(missing_ok=True)


def receipts():
    """All receipts, also those that a restored database has lost; these are stored again."""
    for path in sorted(folder().glob("L-*.json")):
        kept = json.loads(path.read_text())
        receipt, is_new = Erasure.objects.get_or_create(
            reference=kept["reference"], defaults={"person": kept["person"], "rows": kept["rows"]}
        )
        if is_new:
            Erasure.objects.filter(pk=receipt.pk).update(at=parse_datetime(kept["at"]))
    return Erasure.objects.order_by("at")


def erase_again(receipt):
    """Erases what a restore brought back: {label: count}. Safe to repeat.

    Rows made after the erasure are left alone, whatever their numbers.
    """
    with transaction.atomic():
        counts = {}
        for part in _parts_again(receipt):
            if part.free and part.done != STAYS:
                again = _carried_out(part)["count"]
                counts[part.kept.label] = counts.get(part.kept.label, 0) + again
        if counts:
            events.record(Event.Kind.ERASED, subject=receipt, again=True, counts=counts)
            transaction.on_commit(forget_pages)
    return counts


def _parts_again(receipt):
    old = {label: _old_keys(receipt, label) for label in receipt.rows}
    parts, holds = {}, retention.active_holds()
    for user in User.objects.filter(pk__in=old.get("offenbach_wir.user", ())):
        try:
            _say_farewell(user.pk)
        except NotYetError:
            # The backup is from before the organisation was handed over; staff must look.
            logger.error("Account %s is needed again after the restore and stays.", user.pk)
        for part in parts_of(Person(frozenset(), user.pk)):
            parts[part.kept.label] = part
    for label, keys in old.items():
        if keys:
            kept = retention.registry()[label]
            rows = kept.model._base_manager.filter(pk__in=keys)
            free, held = retention.split_by_hold(rows, kept, holds)
            known = parts.get(label, Part(kept, [], []))
            parts[label] = Part(
                kept,
                sorted({*known.free, *free.values_list("pk", flat=True)}),
                sorted({*known.held, *held.values_list("pk", flat=True)}),
            )
    return sorted(parts.values(), key=lambda part: part.kept.model is User)


def _old_keys(receipt, label):
    """The keys of the receipt that still, or again, name rows older than the erasure."""
    kept = retention.registry().get(label)
    keys = receipt.rows[label].get("keys")
    if kept is None or not kept.created or not keys:
        return []
    rows = kept.model._base_manager.filter(pk__in=keys, **{f"{kept.created}__lte": receipt.at})
    return list(rows.values_list("pk", flat=True))
