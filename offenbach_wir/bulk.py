"""Doing the same to many records: first a page that says what will happen, then doing it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseBadRequest, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from programs.models import Picture

from . import events, uses
from .bin import Binnable
from .models import Event
from .publishing import Publishable, may_publish, moves_for

MOST_RECORDS = 2000
State = Publishable.State


@dataclass(frozen=True)
class Step:
    """One thing that can be done to many records. `refuses(record, user, facts)` gives the reason
    why it cannot be done to this one, or None.
    """

    key: str
    label: str
    question: str
    done: Callable  # (how many) → sentence
    perform: Callable  # (record, by=user)
    refuses: Callable
    event: str = ""
    action: str = "change"  # the permission it needs


@dataclass(frozen=True)
class Facts:
    """What was read once for all selected records."""

    used: frozenset  # keys of records that others refer to
    lacking_alternative: frozenset  # keys of records with a picture nobody described


NOT_YOURS = _("somebody else has to do this: you may not change what the public sees")


def _cannot_publish(record, user, facts):
    if record.is_binned:
        return _("lies in the bin; please restore it first")
    if record.state == State.PUBLISHED:
        return _("is published already")
    if not any(row.language_code == "de" for row in record.translations.all()):
        return _("has no German text")
    if record.pk in facts.lacking_alternative:
        return _("has a picture without alternative text")
    if record.published_until and record.published_until <= timezone.now():
        return _("its time of publication is over")
    if State.PUBLISHED not in moves_for(user, record):
        return _("somebody else has to check it first")
    return None


def _cannot_take_off(record, user, facts):
    if record.state != State.PUBLISHED:
        return _("is not published")
    return None if State.DRAFT in moves_for(user, record) else NOT_YOURS


def _cannot_archive(record, user, facts):
    if record.state != State.PUBLISHED:
        return _("is not published; only what was published is archived")
    return None if State.ARCHIVED in moves_for(user, record) else NOT_YOURS


def _cannot_bin(record, user, facts):
    if record.is_binned:
        return _("lies in the bin already")
    if record.pk in facts.used:
        return _("is still used elsewhere")
    is_public = isinstance(record, Publishable) and record.state == State.PUBLISHED
    return NOT_YOURS if is_public and not may_publish(user, record) else None


def _cannot_restore(record, user, facts):
    if record.state in (State.DELETED, State.ARCHIVED):
        return None
    return _("is neither archived nor in the bin")


def _cannot_take_out(record, user, facts):
    return None if record.is_binned else _("does not lie in the bin")


def _to(state):
    return lambda record, by: record.move_to(state, by=by)


BIN = Step(
    "bin",
    _("Move to the bin"),
    _("Move these records to the bin?"),
    lambda n: ngettext("%s record lies in the bin.", "%s records lie in the bin.", n) % n,
    lambda record, by: record.move_to_bin(by=by),
    _cannot_bin,
    Event.Kind.BINNED,
    "delete",
)
# For content that is published.
STEPS = {
    step.key: step
    for step in (
        Step(
            "publish",
            _("Publish"),
            _("Publish these records?"),
            lambda n: ngettext("%s record was published.", "%s records were published.", n) % n,
            _to(State.PUBLISHED),
            _cannot_publish,
            Event.Kind.PUBLISHED,
        ),
        Step(
            "take_off",
            _("Take off the portal"),
            _("Take these records off the portal?"),
            lambda n: (
                ngettext("%s record is a draft again.", "%s records are drafts again.", n) % n
            ),
            _to(State.DRAFT),
            _cannot_take_off,
        ),
        Step(
            "archive",
            _("Archive"),
            _("Archive these records?"),
            lambda n: ngettext("%s record was archived.", "%s records were archived.", n) % n,
            _to(State.ARCHIVED),
            _cannot_archive,
        ),
        BIN,
        Step(
            "restore",
            _("Restore as draft"),
            _("Restore these records as drafts?"),
            lambda n: ngettext("%s record was restored.", "%s records were restored.", n) % n,
            _to(State.DRAFT),
            _cannot_restore,
            Event.Kind.RESTORED,
        ),
    )
}
# For content that is there or lies in the bin.
BIN_STEPS = {
    step.key: step
    for step in (
        BIN,
        Step(
            "restore",
            _("Restore"),
            _("Restore these records?"),
            lambda n: ngettext("%s record was restored.", "%s records were restored.", n) % n,
            lambda record, by: record.take_out_of_bin(by=by),
            _cannot_take_out,
            Event.Kind.RESTORED,
        ),
    )
}


class BulkMixin:
    """For admins of content: offers in the list the steps that its model knows."""

    # Paths of relations to the pictures a record shows; a picture must be described.
    picture_paths = ()

    @property
    def steps(self):
        if issubclass(self.model, Publishable):
            return STEPS
        return BIN_STEPS if issubclass(self.model, Binnable) else {}

    def get_actions(self, request):
        actions = super().get_actions(request)
        if IS_POPUP_VAR in request.GET or not self.steps:
            return actions
        actions.pop("delete_selected", None)
        for step in self.steps.values():
            if self.may_do(request, step):
                actions[step.key] = (partial(_preview, step=step), step.key, step.label)
        return actions

    def may_do(self, request, step):
        name = f"{self.opts.app_label}.{step.action}_{self.opts.model_name}"
        return request.user.has_perm(name)

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_bulk"
        view = self.admin_site.admin_view(self.bulk_view)
        return [path("alle/<slug:key>/", view, name=name), *super().get_urls()]

    def bulk_view(self, request, key):
        """Does the step to the records named by the page before, as far as it still can be done."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if key not in self.steps:
            raise Http404
        step = self.steps[key]
        if not self.may_do(request, step):
            raise PermissionDenied
        chosen = request.POST.get("records", "").split(",")
        if len(chosen) > MOST_RECORDS or not all(c.isascii() and c.isdigit() for c in chosen):
            return HttpResponseBadRequest()
        changed, left = self.do_to_all(request, step, [int(number) for number in chosen])
        if changed:
            messages.success(request, step.done(changed))
        if left:
            text = ngettext("%s record stayed as it was.", "%s records stayed as they were.", left)
            messages.warning(request, text % left)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    @transaction.atomic
    def do_to_all(self, request, step, chosen):
        """Returns (how many were changed, how many stayed as they were)."""
        rows = self.get_queryset(request).order_by("pk").filter(pk__in=chosen)
        can, _cannot = self.sorted_out(request, step, rows.select_for_update(of=("self",)))
        for record in can:
            step.perform(record, by=request.user)
            if step.event:
                events.record(step.event, request=request, subject=record)
        if step.event in (Event.Kind.BINNED, Event.Kind.RESTORED):
            self.after_the_bin(can)
        return len(can), len(chosen) - len(can)

    def sorted_out(self, request, step, rows):
        """(records that will change, [(record, reason why not)]), in a fixed number of queries."""
        records = list(rows)
        facts = self._facts(step, [record.pk for record in records])
        can, cannot = [], []
        for record in records:
            reason = step.refuses(record, request.user, facts)
            if reason is None:
                can.append(record)
            else:
                cannot.append((record, reason))
        return can, cannot

    def _facts(self, step, chosen):
        rows = self.model.objects.filter(pk__in=chosen).order_by()
        used, lacking = set(), set()
        if step.key == "bin":
            used = uses.used_keys(self.model, chosen)
        if step.key == "publish":
            for relation in self.picture_paths:
                pictures = Picture.objects.lacking_alternative().order_by()
                found = rows.filter(**{f"{relation}__in": pictures.values("pk")})
                lacking.update(found.values_list("pk", flat=True))
        return Facts(frozenset(used), frozenset(lacking))


def _preview(model_admin, request, rows, *, step):
    """The page between choosing and doing; None (back to the list) where too many were chosen."""
    rows = model_admin.get_queryset(request).filter(pk__in=rows.order_by().values("pk"))
    count = rows.count()
    if count > MOST_RECORDS:
        messages.error(
            request,
            _(
                "You have chosen %(count)s records; at most %(most)s can be changed at once. "
                "Please narrow the list with its filters first."
            )
            % {"count": count, "most": MOST_RECORDS},
        )
        return None
    can, cannot = model_admin.sorted_out(request, step, rows)
    opts = model_admin.opts
    context = {
        **model_admin.admin_site.each_context(request),
        "title": step.question,
        "step": step,
        "opts": opts,
        "can": can,
        "cannot": cannot,
        "records": ",".join(str(record.pk) for record in can),
        "bulk_url": reverse(f"admin:{opts.app_label}_{opts.model_name}_bulk", args=[step.key]),
        "list_url": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/bulk.html", context)
