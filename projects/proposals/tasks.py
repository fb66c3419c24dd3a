"""Work on proposals outside the request."""

from django_tasks import task

from . import stored_pdf, stored_previews
from .models import Enclosure, Paper, Version


@task()
def make_version_pdf(version_pk):
    """Makes the PDF of what was handed in; safe to repeat, nothing where it is gone."""
    version = Version.objects.select_related("proposal").filter(pk=version_pk).first()
    if version is not None:
        stored_pdf.make(version)


# One task for each model: the key of a row is all that a task may carry (enqueue_missing).
@task()
def draw_enclosure(enclosure_pk):
    """Draws the first page of a PDF; safe to repeat, nothing where it is gone."""
    _draw(Enclosure, enclosure_pk)


@task()
def draw_paper(paper_pk):
    _draw(Paper, paper_pk)


DRAWS = {Enclosure: draw_enclosure, Paper: draw_paper}


def _draw(model, pk):
    row = stored_previews.lacking(model).filter(pk=pk).first()
    if row is not None:
        stored_previews.make(row)


def draw_later(row):
    """Queues the drawing of a file that was taken in or scanned, if there is something to draw."""
    if stored_previews.lacking(type(row)).filter(pk=row.pk).exists():
        DRAWS[type(row)].enqueue(row.pk)
