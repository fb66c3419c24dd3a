"""Papers of an organisation: given once, used by every proposal."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy as _

from . import files
from .applicants import locked
from .models import Applicant, Paper

MOST_PAPERS = 40


class CameBeforeError(Exception):
    """The same shown form was sent already."""


def add(applicant, form, *, user, request=None):
    """The paper of a valid PaperForm; it may be infected, then its bytes are not kept.

    Raises ValidationError in words, CameBeforeError, and PermissionDenied where the person has
    lost the right while the file was on its way.
    """

    def inside():
        locked(applicant)
        if not Applicant.objects.writable_by(user).filter(pk=applicant.pk).exists():
            raise PermissionDenied
        if not form.is_first_sending():
            raise CameBeforeError
        if Paper.objects.current().filter(applicant=applicant).count() >= MOST_PAPERS:
            raise ValidationError(
                _("There are %(most)s papers already. Please remove one first."),
                code="too_many",
                params={"most": MOST_PAPERS},
            )

    return files.take_in(
        Paper,
        form.cleaned_data["file"],
        kind=form.cleaned_data["kind"],
        user=user,
        request=request,
        inside=inside,
        applicant=applicant,
        expires_on=form.cleaned_data["expires_on"],
    )
