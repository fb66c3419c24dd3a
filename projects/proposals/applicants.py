"""An organisation registers, changes what it told, and goes again. Each step is one transaction.

Registering publishes nothing: the public profile (projects.Organisation) is made unlisted, and
staff decide about it, or join it to a profile that is there already.
"""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import slugify

from offenbach_wir import events, retention
from offenbach_wir.deleting import delete_rows
from offenbach_wir.models import Event
from projects.models import Organisation

from .models import Applicant, Enclosure, Paper, Proposal
from .models.applicants import new_key

# What a new profile is called by kind of applicant; staff change it before the public sees it.
KIND_OF_PROFILE = {
    "municipal": Organisation.Kind.MUNICIPAL,
    "kreis-oder-kreisfreie-stadt": Organisation.Kind.MUNICIPAL,
    "church": Organisation.Kind.RELIGIOUS,
    "migrant-organisation": Organisation.Kind.MIGRANT_ORGANISATION,
    "group-without-legal-form": Organisation.Kind.INITIATIVE,
}
LONGEST_SLUG = 70


class CannotGoError(Exception):
    """The city has something of this organisation, or a legal hold keeps it."""


class StaleFormError(Exception):
    """Somebody else saved since the form was shown; `current` is what is stored now."""

    def __init__(self, current):
        self.current = current


def locked(applicant):
    """The organisation's row, taken for this transaction; None where it has gone.

    Whatever must not cross with deleting it, joining it or changing its members takes this first.
    """
    return Applicant.objects.select_for_update().filter(pk=applicant.pk).first()


@transaction.atomic
def register(form, *, owner, request=None):
    """The new organisation; the same one where the same shown form comes twice.

    None where the form comes again after that organisation was deleted.
    """
    if not form.is_first_sending():
        return Applicant.objects.owned_by(owner).order_by("-pk").first()
    applicant = form.save(commit=False)
    applicant.organisation = _new_profile(form.cleaned_data["name"], applicant.kind)
    applicant.owner = owner
    applicant.save()
    form.save_m2m()
    events.record(Event.Kind.REGISTERED, request=request, actor=owner, subject=applicant)
    return applicant


def _new_profile(name, kind):
    base = slugify(name)[:LONGEST_SLUG].strip("-") or "organisation"
    fields = {
        "name": name,
        "kind": KIND_OF_PROFILE.get(kind.slug, Organisation.Kind.ASSOCIATION),
        "is_listed": False,
    }
    try:
        with transaction.atomic():
            profile = Organisation.objects.create(slug=base, **fields)
    except IntegrityError:
        profile = Organisation.objects.create(slug=f"{base}-{new_key()[:8]}", **fields)
    _index(profile)
    return profile


def _index(profile):
    """For the search of the back office. Words of what is not public are suggested to nobody."""
    Organisation.objects.filter(pk=profile.pk).update(**profile.index_columns())


@transaction.atomic
def change(form):
    """Saves what the form holds; StaleFormError where somebody else was quicker."""
    current = locked(form.instance)
    if current is None:
        raise PermissionDenied
    if current.version != form.cleaned_data["version"]:
        current = Applicant.objects.select_related("organisation").get(pk=current.pk)
        raise StaleFormError(current)
    applicant = form.save(commit=False)
    applicant.version = F("version") + 1
    applicant.save()
    form.save_m2m()
    if "name" in form.changed_data:
        profile = applicant.organisation
        profile.name = form.cleaned_data["name"]
        profile.save(update_fields=["name"])
        _index(profile)


def may_go(applicant):
    """Whether the city was never given anything by this organisation, and no hold keeps it."""
    states = dict(applicant.proposals.values_list("pk", "state"))
    drafts = [pk for pk, state in states.items() if state == Proposal.State.DRAFT]
    return len(drafts) == len(states) and not _is_held(applicant, drafts)


@transaction.atomic
def delete(applicant, *, by=None, alone=False, request=None):
    """Drafts, papers, members and invitations go with it; the public profile goes too, unless staff
    have made something of it.

    `by` must still be the owner; `alone` says that it goes only if nobody else is in it. Raises
    CannotGoError where the organisation has to stay.
    """
    current = locked(applicant)
    if current is None:
        return
    if by is not None and current.owner_id != by.pk:
        raise PermissionDenied
    # Locked in one order, so that none is handed in meanwhile.
    rows = Proposal.objects.select_for_update().filter(applicant=current).order_by("pk")
    drafts = list(rows.values_list("pk", flat=True))
    if not may_go(current) or (alone and current.memberships.exists()):
        raise CannotGoError
    _delete_rows(Enclosure.objects.filter(proposal__in=drafts))
    _delete_rows(Paper.objects.filter(applicant=current))
    _delete_rows(Proposal.objects.filter(pk__in=drafts))
    events.record(Event.Kind.DELETED, request=request, actor=by, subject=current)
    profile = current.organisation
    current.delete()
    if not is_used_otherwise(profile):
        delete_rows(Organisation, [profile.pk])


def _is_held(applicant, drafts):
    holds = retention.active_holds()
    is_held = applicant.pk in holds.get(Applicant._meta.label_lower, ())
    return is_held or not set(drafts).isdisjoint(holds.get(Proposal._meta.label_lower, ()))


def _delete_rows(rows):
    """With their files, which go when the transaction is through."""
    delete_rows(rows.model, list(rows.values_list("pk", flat=True)))


def is_used_otherwise(profile):
    """Whether the profile is more than what registering made of it."""
    return (
        profile.is_listed
        or profile.translations.exists()
        or profile.projects.exists()
        or profile.partner_projects.exists()
    )


@transaction.atomic
def join(applicant, profile, *, request):
    """The applicant goes with a profile that is there already; its own unused one goes away.

    Raises IntegrityError where that profile belongs to another applicant.
    """
    current = locked(applicant)
    if current is None or current.organisation_id == profile.pk:
        return
    former = current.organisation
    Applicant.objects.filter(pk=current.pk).update(organisation=profile, version=F("version") + 1)
    events.record(
        Event.Kind.JOINED_PROFILES,
        request=request,
        subject=current,
        record=Organisation._meta.label_lower,
        number=profile.pk,
    )
    if not is_used_otherwise(former):
        delete_rows(Organisation, [former.pk])
