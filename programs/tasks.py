"""Work on pictures outside the request."""

import logging

from django.core.exceptions import ValidationError
from django_tasks import task

from offenbach_wir import images
from offenbach_wir.page_cache import forget_pages

from .models import Picture

logger = logging.getLogger(__name__)


@task()
def make_picture_sizes(pk):
    """Makes the AVIF and WebP sizes of a picture; safe to repeat, nothing where it is gone."""
    picture = Picture.objects.filter(pk=pk).first()
    if picture is None:
        return
    try:
        sizes = images.make_sizes(picture.file.storage, picture.file.name)
    except (OSError, ValidationError) as error:
        logger.warning("Picture %s stays without sizes: %s", pk, error)
        return
    Picture.objects.filter(pk=pk).update(sizes=sizes)
    forget_pages()
