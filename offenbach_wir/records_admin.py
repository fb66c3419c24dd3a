"""Records in the back office: audit trail, jobs, legal holds, retention rules, and what is kept
about one person. Nothing here can be edited afterwards.
"""

from collections import Counter

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.core.validators import validate_email
from django.db import models
from django.db.models import Q
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import erasure, event_words, events, jobs, rate_limits, record_names, retention
from .models import Erasure, Event, JobRun, LegalHold, User
from .roles import ROLES

SHORTEST_PHONE = 5


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shown to whom may see it; neither added to, changed nor deleted by hand."""

    show_full_result_count = False
    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ShortPaginator(Paginator):
    """Counts no further than anybody turns pages."""

    MOST = 5000

    @cached_property
    def count(self):
        return self.object_list.order_by()[: self.MOST].count()


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "who", "about", "details"]
    list_display_links = ["at"]
    list_filter = ["kind", "at"]
    list_select_related = ["actor"]
    list_per_page = 50
    paginator = ShortPaginator
    # What can be looked for; get_search_results reads it.
    search_fields = ["actor", "subject_type", "subject_id"]
    search_help_text = gettext_lazy(
        "Name or e-mail address of a colleague, kind of record (page, project) or its number."
    )
    fieldsets = [
        (
            None,
            {
                "fields": ["at", "kind", "who", "sender", "about", "details"],
                "description": gettext_lazy(
                    "What happened, as it was written down at that moment. Nobody can change it."
                ),
            },
        )
    ]

    @admin.display(description=gettext_lazy("who"), ordering="actor")
    def who(self, event):
        if event.actor_id is None:
            return "–"
        return event.actor or _("account %(n)s (deleted)") % {"n": event.actor_id}

    @admin.display(description=gettext_lazy("record"))
    def about(self, event):
        return event_words.about(event)

    @admin.display(description=gettext_lazy("detail"))
    def details(self, event):
        return event_words.details(event)

    def get_search_results(self, request, queryset, search_term):
        """Each word narrows; every kind of word has its index."""
        for word in search_term.split():
            people = User.objects.filter(Q(email__icontains=word) | Q(name__icontains=word))
            wanted = Q(actor__in=list(people.order_by().values_list("pk", flat=True)[:100]))
            wanted |= Q(subject_type__in=record_names.labels_named(word))
            if word.isdecimal() and int(word) <= models.BigIntegerField.MAX_BIGINT:
                wanted |= Q(subject_id=int(word), subject_type__in=_subject_types())
            queryset = queryset.filter(wanted)
        return queryset, False


def _subject_types():
    # Named, because the index begins with them.
    return sorted({*retention.registry(), *retention.impersonal_labels()})


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    list_display = ["title", "due_at", "started_at", "finished_at", "failures", "result"]
    fieldsets = [
        (
            None,
            {
                "fields": [*list_display, "last_error"],
                "description": gettext_lazy(
                    "The portal does this by itself. A job that fails is tried again after a while."
                ),
            },
        )
    ]

    def get_queryset(self, request):
        """Without rows of jobs that an older version had."""
        return super().get_queryset(request).filter(name__in=jobs.registered())

    @admin.display(description=gettext_lazy("job"), ordering="name")
    def title(self, run):
        return jobs.title_of(run.name)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["heading"] = context["subtitle"] = self.title(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


def _kinds_to_hold():
    """[(label, name)]; where a rule of retention is for several lists, each by its own name."""
    kept_rows = [
        kept
        for kept in retention.registry().values()
        if kept.rules or kept.on_erasure is not None
        if isinstance(kept.model._meta.pk, models.AutoField)
        if not hasattr(kept.model, "instance_type")
    ]
    titles = Counter(str(kept.title) for kept in kept_rows)
    names = {
        kept.label: record_names.list_of(kept.label)
        if titles[str(kept.title)] > 1
        else capfirst(str(kept.title))
        for kept in kept_rows
    }
    return sorted(names.items(), key=lambda choice: choice[1].casefold())


class LegalHoldForm(forms.ModelForm):
    subject_type = forms.ChoiceField(label=gettext_lazy("Kind of record"))
    subject_id = forms.IntegerField(
        label=gettext_lazy("Number of the record"),
        min_value=1,
        max_value=models.BigIntegerField.MAX_BIGINT,
        help_text=gettext_lazy(
            "It stands in the address of the record's page: /verwaltung/…/17/change/ is number 17."
        ),
    )

    class Meta:
        model = LegalHold
        fields = ["subject_type", "subject_id", "reason", "until"]
        widgets = {"until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {
            "reason": gettext_lazy("For instance: file number of the court. No names."),
            "until": gettext_lazy("Leave empty to hold it until somebody lifts the hold."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["subject_type"].choices = _kinds_to_hold()

    def clean(self):
        cleaned = super().clean()
        label, key = cleaned.get("subject_type"), cleaned.get("subject_id")
        if label and key:
            kept = retention.registry()[label]
            if not kept.model._base_manager.filter(pk=key).exists():
                self.add_error("subject_id", _("There is no such record."))
            elif LegalHold.objects.filter(
                subject_type=label, subject_id=key, lifted_at=None
            ).exists():
                self.add_error("subject_id", _("This record is held already."))
        return cleaned


@admin.register(LegalHold)
class LegalHoldAdmin(ReadOnlyAdmin):
    form = LegalHoldForm
    list_display = ["record", "reason", "set_at", "setter", "until", "lifted_at"]
    list_select_related = ["set_by"]
    search_fields = ["reason", "subject_type"]
    change_form_template = "administration/legal_hold.html"
    change_list_template = "administration/records_list.html"

    def has_add_permission(self, request):
        return request.user.has_perm("offenbach_wir.add_legalhold")

    def get_fieldsets(self, request, obj=None):
        """To set one: which record and why. Afterwards: in words what was set."""
        why = gettext_lazy("Why and how long"), {"fields": ["reason", "until"]}
        if obj is None:
            which = {
                "fields": ["subject_type", "subject_id"],
                "description": gettext_lazy(
                    "The portal does not delete this record as long as the hold lasts, although "
                    "its period is over."
                ),
            }
            return [(gettext_lazy("What must stay"), which), why]
        when = {"fields": ["set_at", "setter", "lifted_at"]}
        return [
            (gettext_lazy("What must stay"), {"fields": ["record"]}),
            why,
            (gettext_lazy("Who set it and when"), when),
        ]

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else ["record", "set_at", "setter", "lifted_at"]

    @admin.display(description=gettext_lazy("record"), ordering="subject_type")
    def record(self, hold):
        return str(hold)

    @admin.display(description=gettext_lazy("set by"), ordering="set_by")
    def setter(self, hold):
        return hold.set_by or "–"

    def render_change_form(self, request, context, *args, **kwargs):
        context["save_label"] = gettext_lazy("Set the hold")
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        obj.set_by = request.user
        super().save_model(request, obj, form, change)
        events.record(
            Event.Kind.HELD,
            request=request,
            subject=obj,
            record=obj.subject_type,
            number=obj.subject_id,
        )


@permission_required("offenbach_wir.change_legalhold", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def lift_hold(request, pk):
    hold = get_object_or_404(LegalHold, pk=pk, lifted_at=None)
    if request.method == "POST":
        if LegalHold.objects.filter(pk=pk, lifted_at=None).update(lifted_at=timezone.now()):
            events.record(
                Event.Kind.HOLD_LIFTED,
                request=request,
                subject=hold,
                record=hold.subject_type,
                number=hold.subject_id,
            )
        messages.success(request, _("The hold was lifted. The usual periods apply again."))
        return redirect("admin:offenbach_wir_legalhold_changelist")
    context = admin.site.each_context(request) | {
        "title": _("Lift the legal hold"),
        "question": _(
            "The usual periods apply again at once; the record may be deleted in the next night."
        ),
        "object": hold,
        "button": _("Lift the hold"),
        "back_url": reverse("admin:offenbach_wir_legalhold_change", args=[pk]),
    }
    return TemplateResponse(request, "administration/confirm.html", context)


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = ["reference", "at", "asker"]
    list_select_related = ["asked_by"]
    search_fields = ["=reference"]
    change_list_template = "administration/records_list.html"
    change_form_template = "administration/erasure.html"
    fieldsets = [
        (
            None,
            {
                "fields": ["reference", "at", "asker"],
                "description": gettext_lazy(
                    "The receipt of an erasure: what was deleted, without saying whose it was."
                ),
            },
        )
    ]

    @admin.display(description=gettext_lazy("asked by"), ordering="asked_by")
    def asker(self, receipt):
        return receipt.asked_by or "–"

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["lines"] = [_receipt_line(label, entry) for label, entry in obj.rows.items()]
        return super().render_change_form(request, context, add, change, form_url, obj)


def _receipt_line(label, entry):
    kept = retention.registry().get(label)
    done = entry["done"]
    return {
        "title": capfirst(str(kept.title)) if kept else label,
        "label": label,
        "outcome": _("stays") if done == erasure.STAYS else retention.After(done).label,
        "count": entry["count"],
        "held": entry.get("held", 0),
        "stuck": entry.get("stuck", 0),
    }


# --- Retention rules ----------------------------------------------------------------------------
@permission_required("offenbach_wir.view_legalhold", raise_exception=True)
@require_safe
def retention_rules(request):
    """All rules with what is due now; with ?show=overdue what the last night left undone."""
    only_overdue = request.GET.get("show") == "overdue"
    lines = _retention_lines(timezone.now(), only_overdue=only_overdue)
    retention.forget_overdue()
    context = admin.site.each_context(request) | {
        "title": _("Retention rules"),
        "lines": lines,
        "only_overdue": only_overdue,
        "due": sum(n for line in lines for n in line["rules"].values()),
    }
    return TemplateResponse(request, "administration/retention.html", context)


def _retention_lines(now, *, only_overdue):
    """One line a title: earlier versions are one, though they lie in many tables."""
    lines = {}
    for kept in retention.registry().values():
        line = lines.setdefault(str(kept.title), {"kept": kept, "rules": {}})
        line["owner"] = ROLES[kept.owner].name
    counted = retention.overdue_counts(now) if only_overdue else retention.due_counts(now)
    for kept, rule, n in counted:
        rules = lines[str(kept.title)]["rules"]
        sentence = erasure.period_of(rule)
        if n or not only_overdue:
            rules[sentence] = rules.get(sentence, 0) + n
    shown = (lines[title] for title in sorted(lines, key=str.casefold))
    return [line for line in shown if line["rules"] or not only_overdue]


# --- One person ---------------------------------------------------------------------------------
class PersonForm(forms.Form):
    contact = forms.CharField(
        label=gettext_lazy("E-mail address or phone number of the person"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "vTextField", "dir": "ltr"}),
    )

    def clean_contact(self):
        contact = self.cleaned_data["contact"].lower()
        if "@" in contact:
            validate_email(contact)
        elif len(retention.dialled(contact)) < SHORTEST_PHONE:
            raise ValidationError(gettext_lazy("Please give an e-mail address or a phone number."))
        return contact


def _page(request, template, **context):
    context = admin.site.each_context(request) | context
    return TemplateResponse(request, f"administration/{template}.html", context)


@permission_required("offenbach_wir.view_erasure", raise_exception=True)
@require_safe
def person_data(request):
    raise_if_reauthentication_required(request, app="portal")
    return _page(request, "person", title=_("Data of one person"), form=PersonForm())


@permission_required("offenbach_wir.view_erasure", raise_exception=True)
@require_POST
def person_found(request):
    """What there is, as counts; the address travels in the form, never in an address line."""
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _page(request, "person", title=_("Data of one person"), form=form)
    contact = form.cleaned_data["contact"]
    person = erasure.person_of(contact)
    return _page(
        request,
        "person_found",
        title=_("What is kept about %(email)s") % {"email": contact},
        contact=contact,
        person=person,
        parts=erasure.parts_of(person),
        may_erase=request.user.has_perm("offenbach_wir.add_erasure"),
        why_not=_why_not(person),
    )


def _why_not(person):
    """Why this person cannot be erased just now, or nothing."""
    colleagues = User.objects.filter(pk=person.user_id, is_staff=True, is_active=True)
    if colleagues.exists():
        return _("This is a colleague's account. Please switch it off first.")
    return " ".join(obstacle.sentence for obstacle in erasure.obstacles_for(person.user_id))


@permission_required("offenbach_wir.view_erasure", raise_exception=True)
@require_POST
def person_export(request):
    raise_if_reauthentication_required(request, app="portal")
    rate_limits.count("export", f"account {request.user.pk}")
    form = PersonForm(request.POST)
    if not form.is_valid():
        return redirect("admin:person_data")
    contact = form.cleaned_data["contact"]
    person = erasure.person_of(contact)
    events.record(
        Event.Kind.EXPORTED,
        request=request,
        subject=User.objects.filter(pk=person.user_id).first(),
        what="one person",
    )
    response = JsonResponse(
        erasure.export_of(contact), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    name = f"auskunft-{timezone.localdate().isoformat()}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@permission_required("offenbach_wir.add_erasure", raise_exception=True)
@require_POST
def person_erase(request):
    raise_if_reauthentication_required(request, app="portal")
    form = PersonForm(request.POST)
    if not form.is_valid():
        return redirect("admin:person_data")
    if why_not := _why_not(erasure.person_of(form.cleaned_data["contact"])):
        messages.error(request, why_not)
        return redirect("admin:person_data")
    try:
        receipt = erasure.erase(form.cleaned_data["contact"], asked_by=request.user)
    except erasure.NotYetError as error:
        messages.error(request, " ".join(obstacle.sentence for obstacle in error.obstacles))
        return redirect("admin:person_data")
    messages.success(request, _("Erased. This is the receipt."))
    return redirect("admin:offenbach_wir_erasure_change", receipt.pk)


urls = [
    path(
        "sperre/<int:pk>/aufheben/",
        admin.site.admin_view(lift_hold),
        name="offenbach_wir_legalhold_lift",
    ),
    path("aufbewahrung/", admin.site.admin_view(retention_rules), name="retention"),
    path("auskunft/", admin.site.admin_view(person_data), name="person_data"),
    path("auskunft/person/", admin.site.admin_view(person_found), name="person_found"),
    path("auskunft/herunterladen/", admin.site.admin_view(person_export), name="person_export"),
    path("auskunft/loeschen/", admin.site.admin_view(person_erase), name="person_erase"),
]
