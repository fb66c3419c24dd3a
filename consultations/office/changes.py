"""Between a change and its saving: the page with the talks that the change touches."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from consultations import touched
from consultations.models import Booking

from . import rights

# What the page adds to what was typed.
SEEN, BACK = "touched_seen", "touched_back"
OWN_FIELDS = ("csrfmiddlewaretoken", SEEN, BACK)


def watched(request, change, *, back_url=""):
    """Does `change()` as one transaction and returns its response, or, where it touches talks that
    were not seen yet, undoes it and returns the page that shows them.

    `change` calls `request.watch.check()` when everything is written.
    """
    request.watch = touched.Watch(_seen(request))
    try:
        with transaction.atomic():
            return change()
    except touched.TouchedError as error:
        return touched_page(request, error.talks, back_url)


def _seen(request):
    return [int(key) for key in request.POST.get(SEEN, "").split(",") if key.isdecimal()]


def touched_page(request, talks, back_url):
    """Names only for those who may read bookings; times for everybody who changes hours."""
    rows = Booking.objects.filter(pk__in=talks).for_display().order_by("starts_at", "pk")
    context = rights.context(
        request,
        _("This touches talks that are booked"),
        talks=[
            {"talk": talk, "reasons": [reason.label for reason in sorted(talks[talk.pk])]}
            for talk in rows
        ],
        typed=[
            (name, value)
            for name, values in request.POST.lists()
            if name not in OWN_FIELDS
            for value in values
        ],
        seen=",".join(str(pk) for pk in talks),
        back_url=back_url,
    )
    return TemplateResponse(request, "consultations/office/touched.html", context, status=409)


class BackToTyping:
    """A form that comes back as it was typed and is not saved."""

    def clean(self):
        super().clean()
        raise ValidationError(
            _("Nothing is saved yet. What you typed is still here."), code="not_yet"
        )


class TouchesTalksMixin:
    """For admins of records that say when talks are possible. Stands before all other mixins."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        view = super().changeform_view
        if request.method != "POST":
            return view(request, object_id, form_url, extra_context)
        return watched(request, lambda: view(request, object_id, form_url, extra_context))

    def delete_view(self, request, object_id, extra_context=None):
        view = super().delete_view
        if request.method != "POST":
            return view(request, object_id, extra_context)
        return watched(
            request, lambda: view(request, object_id, extra_context), back_url=request.path
        )

    def restore_version_view(self, request, pk, source, version):
        """For content, whose older versions can be brought back."""
        view = super().restore_version_view
        if request.method != "POST":
            return view(request, pk, source, version)
        return watched(request, lambda: view(request, pk, source, version), back_url=request.path)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if BACK in request.POST:
            form = type(form)(form.__name__, (BackToTyping, form), {})
        return form

    # Everything is written when these are called, and nothing is said yet.
    def log_addition(self, request, obj, message):
        request.watch.check()
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        request.watch.check()
        return super().log_change(request, obj, message)

    def response_delete(self, request, obj_display, obj_id):
        request.watch.check()
        return super().response_delete(request, obj_display, obj_id)

    def get_actions(self, request):
        """Deleting many at once would show nothing of what it touches."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions
