"""Public pages of the programme: what it is, what it pays, what there is to read."""

from django.db.models import Q
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from .forms import WhichLineForm
from .models import (
    ApplicantKind,
    Document,
    FocusArea,
    FundingLine,
    FundingTerms,
    Measure,
    Page,
    Partner,
    Picture,
    Program,
    ProgramPeriod,
)


def page_for(request, key):
    """The published page of that place, or None where the city has not written it."""
    return Page.objects.published().or_previewed(request).with_texts().filter(key=key).first()


@require_safe
def program(request):
    return render(
        request,
        "programs/program.html",
        {
            "page": page_for(request, Page.Key.PROGRAM),
            "programs": Program.objects.with_texts(),
            "periods": ProgramPeriod.objects.with_texts(),
            "focus_areas": FocusArea.objects.published().with_texts(),
            "partners": Partner.objects.outside_the_bin().or_previewed(request).with_texts(),
        },
    )


@require_safe
def focus_area(request, slug):
    area = get_object_or_404(
        FocusArea.objects.published()
        .or_previewed(request)
        .with_texts()
        .select_related("picture")
        .prefetch_related("picture__translations"),
        slug=slug,
    )
    return render(
        request,
        "programs/focus_area.html",
        {
            "area": area,
            "measures": Measure.objects.filter(focus_area=area).with_texts(),
            "lines": FundingLine.objects.published().filter(focus_area=area).with_texts(),
        },
    )


@require_safe
def funding(request):
    today = timezone.localdate()
    terms = FundingTerms.objects.of_published_lines().for_pages()
    return render(
        request,
        "programs/funding.html",
        {
            "page": page_for(request, Page.Key.FUNDING),
            "valid": terms.valid_on(today),
            "former": terms.ended_before(today).exclude(
                line__in=FundingTerms.objects.outside_the_bin().valid_on(today).values("line")
            ),
        },
    )


@require_safe
def funding_line(request, slug):
    lines = FundingLine.objects.published().or_previewed(request).with_texts()
    line = get_object_or_404(lines, slug=slug)
    terms = list(FundingTerms.objects.outside_the_bin().filter(line=line).for_pages())
    return render(
        request,
        "programs/funding_line.html",
        {
            "line": line,
            "valid": [row for row in terms if row.is_valid_today],
            "others": [row for row in terms if not row.is_valid_today],
        },
    )


@require_safe
def which_line(request):
    """By plain GET, so that an answer can be kept, sent and opened again."""
    asked = any(request.GET.get(name) for name in ("organisation", "measure", "start"))
    form = WhichLineForm(request.GET if asked else None)
    context = {"form": form}
    if asked and form.is_valid():
        context |= _fitting_lines(**form.cleaned_data)
    return render(request, "programs/which_line.html", context)


def _fitting_lines(organisation, measure, start):
    today = timezone.localdate()
    kind = ApplicantKind.objects.with_texts().get(slug=organisation)
    on = max(start, today) if start else today
    fitting = (
        FundingTerms.objects.of_published_lines()
        .valid_on(on)
        .filter(line__measure_kinds__slug=measure)
        .for_pages()
    )
    mine = fitting.filter(applicant_kinds=kind)
    rows = [
        {
            "terms": row,
            "deadline": (last := row.deadline_for(start) if start else None),
            "has_passed": bool(last and last < today),
        }
        for row in mine
    ]
    return {
        "answered": True,
        "kind": kind,
        "start": start,
        "rows": rows,
        "for_others": fitting.exclude(pk__in=[row["terms"].pk for row in rows]),
    }


@require_safe
def material(request):
    today = timezone.localdate()
    documents = (
        Document.objects.published()
        .filter(Q(expires_on=None) | Q(expires_on__gte=today))
        .or_previewed(request)
        .with_texts()
    )
    return render(
        request,
        "programs/material.html",
        {"page": page_for(request, Page.Key.MATERIAL), "documents": documents},
    )


@require_safe
def page(request, key):
    """The imprint names the authors of all pictures."""
    found = get_object_or_404(Page.objects.published().or_previewed(request).with_texts(), key=key)
    pictures = Picture.objects.outside_the_bin().with_texts().order_by("pk")
    credits = pictures if found.key == Page.Key.IMPRINT else []
    return render(request, "programs/page.html", {"page": found, "credits": credits})
