"""Writing the audit trail: one function, used wherever something happens that must be provable."""

from django.utils.crypto import salted_hmac

from .models import Event
from .rate_limits import client_address


def record(kind, *, request=None, actor=None, subject=None, **detail):
    """Appends one event. `detail` holds ids and codes only: no names, no texts, no secrets.

    The actor is the signed-in person of the request unless another is given.
    """
    if actor is None and request is not None and request.user.is_authenticated:
        actor = request.user
    return Event.objects.create(
        kind=kind,
        actor_id=actor.pk if actor else None,
        sender=_hashed(client_address(request)) if request else "",
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        detail=detail,
    )


def _hashed(address):
    return salted_hmac("event-sender", address, algorithm="sha256").hexdigest()[:16]
