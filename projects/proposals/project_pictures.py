"""Pictures that were enclosed with an approved proposal, taken over to its public project.

Staff choose them one by one and say of each who made it, under which rights, who is in it and what
it shows; without that none is made. The copy in the public media is cleaned as every picture is.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from offenbach_wir import events
from offenbach_wir.enclosure_files import PICTURES
from offenbach_wir.models import Event
from programs.tasks import make_picture_sizes
from projects.models import Project, ProjectPicture

from . import public_project
from .models import Enclosure, TakenPicture

RIGHTS = ("proposals.change_proposal", "programs.add_picture", "projects.add_projectpicture")


def may_take(proposal, user):
    """Whether this person may put pictures of the case at its project as it is now."""
    return proposal.project is not None and _may_at(proposal.project, user)


def _may_at(project, user):
    return user.has_perms(RIGHTS) and public_project.may_take_over(project, user)


def found(proposal):
    """[Enclosure]: the pictures of the newest version, which is the one the grant was given for.

    Files that were not scanned or are infected are not among them. `taken` is there where a picture
    was made of it before.
    """
    version = proposal.versions.first()
    if version is None:
        return []
    keys = [entry["key"] for entry in version.data["enclosures"]]
    rows = (
        Enclosure.objects.filter(proposal=proposal, key__in=keys, extension__in=list(PICTURES))
        .select_related("kind", "taken__picture")
        .prefetch_related("kind__translations", "taken__picture__translations")
    )
    return [row for row in rows if row.may_be_passed_on]


def offered(proposal):
    """Those that no picture was made of yet."""
    return [row for row in found(proposal) if not hasattr(row, "taken")]


def number_for(proposal, user):
    """How many of them this person may take over."""
    return len(offered(proposal)) if may_take(proposal, user) else 0


def take(proposal, forms, *, user, request=None):
    """Makes a picture of each valid TakePictureForm and puts it at the project; returns how many.

    Pressed twice, or by two people at once, one picture is made. PermissionDenied where the project
    has been published or put into the bin meanwhile and is not for this person any more.
    """
    made = []
    try:
        with transaction.atomic():
            project = _locked(proposal, user)
            taken = TakenPicture.objects.filter(enclosure__proposal=proposal)
            before = set(taken.values_list("enclosure", flat=True))
            for form in forms:
                if form.enclosure.pk not in before:
                    made.append(form.instance)
                    _take_one(project, form)
            if made:
                _record(proposal, project, made, user, request)
    except BaseException:
        for picture in made:
            if picture.file._committed:
                picture.file.storage.delete(picture.file.name)
        raise
    return len(made)


def _locked(proposal, user):
    project = Project.objects.select_for_update(of=("self",)).filter(pk=proposal.project_id).first()
    if project is None or not _may_at(project, user):
        raise PermissionDenied
    return project


def _take_one(project, form):
    picture = form.save()
    last = project.project_pictures.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    ProjectPicture.objects.create(project=project, picture=picture, position=position)
    TakenPicture.objects.create(enclosure=form.enclosure, picture=picture)
    make_picture_sizes.enqueue(picture.pk)


def _record(proposal, project, made, user, request):
    # Whoever has the project open is told that it has changed.
    project.save(update_fields=["updated_at"])
    events.record(
        Event.Kind.CASE_CHANGED,
        request=request,
        actor=user,
        subject=proposal,
        change="pictures",
        project=project.pk,
        pictures=[picture.pk for picture in made],
    )
