"""Records in the back office: audit trail, jobs, legal holds, retention rules, and what is kept
about one person. Nothing here can be edited afterwards.
"""

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
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

from . import erasure, events, rate_limits, retention
from .models import Erasure, Event, JobRun, LegalHold, User
from .roles import ROLES


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
        "Name or e-mail address of a colleague, kind of record (programs.page) or its number."
    )
    fields = ["at", "kind", "who", "sender", "about", "details"]

    @admin.display(description=gettext_lazy("who"), ordering="actor")
    def who(self, event):
        if event.actor_id is None:
            return "–"
        return event.actor or _("account %(n)s (deleted)") % {"n": event.actor_id}

    @admin.display(description=gettext_lazy("record"))
    def about(self, event):
        return f"{event.subject_type} {event.subject_id}" if event.subject_type else "–"

    @admin.display(description=gettext_lazy("detail"))
    def details(self, event):
        return ", ".join(f"{key}: {value}" for key, value in event.detail.items()) or "–"

    def get_search_results(self, request, queryset, search_term):
        """Each word narrows; every kind of word has its index."""
        for word in search_term.split():
            people = User.objects.filter(Q(email__icontains=word) | Q(name__icontains=word))
            wanted = Q(actor__in=list(people.order_by().values_list("pk", flat=True)[:100]))
            wanted |= Q(subject_type=word.lower())
            if word.isdecimal() and int(word) <= models.BigIntegerField.MAX_BIGINT:
                wanted |= Q(subject_id=int(word), subject_type__in=_subject_types())
            queryset = queryset.filter(wanted)
        return queryset, False


def _subject_types():
    # Named, because the index begins with them.
    return sorted({*retention.registry(), *retention.impersonal_labels()})


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    list_display = ["name", "due_at", "started_at", "finished_at", "failures", "result"]
    fields = [*list_display, "last_error"]


class LegalHoldForm(forms.ModelForm):
    subject_type = forms.ChoiceField(label=gettext_lazy("Kind of record"))
    subject_id = forms.IntegerField(
        label=gettext_lazy("Number of the record"),
        min_value=1,
        max_value=models.BigIntegerField.MAX_BIGINT,
        help_text=gettext_lazy("It stands in the address of the record's page."),
    )

    class Meta:
        model = LegalHold
        fields = ["subject_type", "subject_id", "reason", "until"]
        help_texts = {
            "reason": gettext_lazy("For instance: file number of the court. No names."),
            "until": gettext_lazy("Leave empty to hold it until somebody lifts the hold."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["subject_type"].choices = sorted(
            (
                (kept.label, f"{capfirst(str(kept.title))} ({kept.label})")
                for kept in retention.registry().values()
                if kept.rules or kept.on_erasure is not None
                if isinstance(kept.model._meta.pk, models.AutoField)
                if not hasattr(kept.model, "instance_type")
            ),
            key=lambda choice: choice[1],
        )

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
    list_display = ["__str__", "reason", "set_at", "set_by", "until", "lifted_at"]
    list_select_related = ["set_by"]
    search_fields = ["reason", "subject_type"]
    change_form_template = "administration/legal_hold.html"
    change_list_template = "administration/records_list.html"
    fields = ["subject_type", "subject_id", "reason", "until"]

    def has_add_permission(self, request):
        return request.user.has_perm("offenbach_wir.add_legalhold")

    def get_fields(self, request, obj=None):
        return self.fields if obj is None else [*self.fields, "set_at", "set_by", "lifted_at"]

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
    list_display = ["reference", "at", "asked_by"]
    list_select_related = ["asked_by"]
    search_fields = ["=reference"]
    change_list_template = "administration/records_list.html"
    change_form_template = "administration/erasure.html"
    fields = ["reference", "at", "asked_by"]

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
    lines = _retention_lines(timezone.now())
    context = admin.site.each_context(request) | {
        "title": _("Retention rules"),
        "lines": lines,
        "due": sum(n for line in lines for n in line["rules"].values()),
    }
    return TemplateResponse(request, "administration/retention.html", context)


def _retention_lines(now):
    """One line a title: earlier versions are one, though they lie in many tables."""
    lines = {}
    for kept in retention.registry().values():
        line = lines.setdefault(str(kept.title), {"kept": kept, "rules": {}})
        line["owner"] = ROLES[kept.owner].name
    for kept, rule, n in retention.due_counts(now):
        rules = lines[str(kept.title)]["rules"]
        sentence = erasure.period_of(rule)
        rules[sentence] = rules.get(sentence, 0) + n
    return [lines[title] for title in sorted(lines, key=str.casefold)]


# --- One person ---------------------------------------------------------------------------------
class PersonForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail address of the person"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "class": "vTextField", "dir": "ltr"}),
    )


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
    email = form.cleaned_data["email"].lower()
    person = erasure.person_of(email)
    return _page(
        request,
        "person_found",
        title=_("What is kept about %(email)s") % {"email": email},
        email=email,
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
    return ""


@permission_required("offenbach_wir.view_erasure", raise_exception=True)
@require_POST
def person_export(request):
    raise_if_reauthentication_required(request, app="portal")
    rate_limits.count("export", f"account {request.user.pk}")
    form = PersonForm(request.POST)
    if not form.is_valid():
        return redirect("admin:person_data")
    email = form.cleaned_data["email"]
    person = erasure.person_of(email)
    events.record(
        Event.Kind.EXPORTED,
        request=request,
        subject=User.objects.filter(pk=person.user_id).first(),
        what="one person",
    )
    response = JsonResponse(
        erasure.export_of(email), json_dumps_params={"ensure_ascii": False, "indent": 1}
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
    if why_not := _why_not(erasure.person_of(form.cleaned_data["email"])):
        messages.error(request, why_not)
        return redirect("admin:person_data")
    receipt = erasure.erase(form.cleaned_data["email"], asked_by=request.user)
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
