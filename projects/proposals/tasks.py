"""Work on proposals outside the request."""

from django_tasks import task

from . import stored_pdf
from .models import Version


@task()
def make_version_pdf(version_pk):
    """Makes the PDF of what was handed in; safe to repeat, nothing where it is gone."""
    version = Version.objects.select_related("proposal").filter(pk=version_pk).first()
    if version is not None:
        stored_pdf.make(version)
