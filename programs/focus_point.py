"""The point of a picture that stays visible where it is cut: one of 25, chosen by radio buttons."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

STEPS = (0, 25, 50, 75, 100)
ACROSS = (_("far left"), _("left"), _("middle"), _("right"), _("far right"))
DOWN = (_("very top"), _("top"), _("middle height"), _("bottom"), _("very bottom"))
CHOICES = [
    (f"{x}-{y}", format_lazy("{down}, {across}", down=down, across=across))
    for y, down in zip(STEPS, DOWN, strict=True)
    for x, across in zip(STEPS, ACROSS, strict=True)
]


def nearest(picture):
    """The choice nearest to what is stored."""
    return f"{round(picture.focus_x / 25) * 25}-{round(picture.focus_y / 25) * 25}"


class FocusPointWidget(forms.RadioSelect):
    """A grid laid over the picture; `picture` is set by the form that has one."""

    template_name = "admin/content/focus_point.html"
    picture = None

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        return context | {"picture": self.picture, "chosen": value}


class FocusPointField(forms.ChoiceField):
    widget = FocusPointWidget

    def __init__(self, **kwargs):
        super().__init__(
            label=_("What must stay visible"), choices=CHOICES, required=False, **kwargs
        )
