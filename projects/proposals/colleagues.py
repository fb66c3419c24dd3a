"""Who of the city looks after cases, and for whom somebody stands in."""

from offenbach_wir.models import User
from projects.proposals.models import Substitution


def who_look_after():
    """Colleagues a case can be given to: active, and allowed to work on proposals."""
    return _holding("change_proposal").order_by("name", "email", "pk")


def who_read():
    """Colleagues who may open a case."""
    return _holding("view_proposal").order_by("pk")


def _holding(codename):
    found = User.objects.filter(
        groups__permissions__codename=codename,
        groups__permissions__content_type__app_label="proposals",
    )
    return User.objects.filter(is_active=True, is_staff=True, pk__in=found.order_by().values("pk"))


def stood_in_for(user, today):
    """The keys of the colleagues for whom this one stands in on that day."""
    return Substitution.objects.on(today).filter(substitute=user).order_by().values("absent")
