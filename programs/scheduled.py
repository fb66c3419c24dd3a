"""Work on content that comes round by itself."""

import datetime

from django.utils.translation import gettext_lazy as _

from offenbach_wir.background import enqueue_missing
from offenbach_wir.jobs import job

from .models import Picture
from .tasks import make_picture_sizes

MOST_PICTURES = 200


@job("picture_sizes", title=_("Make missing sizes of pictures"), every=datetime.timedelta(hours=6))
def ask_again_for_missing_sizes(now):
    """For pictures whose task was lost or failed; one that still waits is not queued twice."""
    lacking = Picture.objects.lacking_sizes().order_by("pk")
    n = enqueue_missing(make_picture_sizes, lacking, MOST_PICTURES)
    return _("%(n)s pictures queued") % {"n": n}
