"""Public pages of projects and of those who carry them."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_safe

from offenbach_wir.rate_limits import limited
from programs.models import Page
from programs.views import page_for

from . import calendars, mails, structured_data
from .facets import ProjectSearch
from .forms import MessageForm
from .models import Organisation, Project, ProjectDate

PER_PAGE = 20


@require_safe
@limited("search", when=lambda request: bool(request.GET.get("q")))
def project_list(request):
    search = ProjectSearch(request.GET)
    page = search.page(request.GET.get("page"), PER_PAGE)
    return render(
        request,
        "projects/list.html",
        {
            "search": search,
            "page": page,
            "total": page.paginator.count,
            "projects": page.object_list,
        },
    )


@require_safe
def detail(request, slug):
    project = get_object_or_404(
        Project.objects.published()
        .or_previewed(request)
        .with_texts()
        .select_related("organisation", "district", "funding_line")
        .prefetch_related("funding_line__translations"),
        slug=slug,
    )
    return render(request, "projects/detail.html", _detail_context(project))


def _detail_context(project):
    return {
        "project": project,
        "pictures": [
            row.picture
            for row in project.project_pictures.select_related("picture").prefetch_related(
                "picture__translations"
            )
        ],
        "focus_areas": project.focus_areas.published().with_texts(),
        "target_groups": project.target_groups.with_texts(),
        "spoken_languages": project.languages.with_texts(),
        "partners": project.partners.all(),
        "dates": project.dates.upcoming().with_texts(),
        "related": project.related(),
        "structured_data": structured_data.project(project),
    }


@require_safe
def date_calendar(request, slug, pk):
    date = get_object_or_404(
        ProjectDate.objects.with_texts().select_related("project__organisation"),
        pk=pk,
        project__slug=slug,
        project__in=Project.objects.published(),
    )
    response = HttpResponse(calendars.project_date(date), content_type="text/calendar")
    response["Content-Disposition"] = f'attachment; filename="{slug}-{pk}.ics"'
    return response


@require_safe
def organisation(request, slug):
    listed = Organisation.objects.listed().or_previewed(request).with_texts()
    organisation = get_object_or_404(listed, slug=slug)
    projects = Project.objects.published()
    return render(
        request,
        "projects/organisation.html",
        {
            "organisation": organisation,
            "spoken_languages": organisation.languages.with_texts(),
            "projects": projects.filter(organisation=organisation).for_cards()[:50],
            "partner_projects": projects.filter(partners=organisation).for_cards()[:50],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@limited("organisation_message")
def write_to(request, slug):
    organisation = get_object_or_404(
        Organisation.objects.listed().exclude(email="").with_texts(), slug=slug
    )
    form = MessageForm(request.POST or None)
    if form.is_valid():
        with transaction.atomic():
            if form.is_first_sending():
                mails.message_to(organisation, form.sending_key(), **form.as_sent())
        return redirect("projects:written_to", slug=slug)
    response = render(
        request, "projects/write_to.html", {"organisation": organisation, "form": form}
    )
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_safe
def written_to(request, slug):
    organisation = get_object_or_404(Organisation.objects.listed().with_texts(), slug=slug)
    return render(request, "projects/written_to.html", {"organisation": organisation})


@require_safe
def taking_part(request):
    projects = Project.objects.published().seeking_help().order_by("-starts_on", "-pk")
    return render(
        request,
        "projects/taking_part.html",
        {"page": page_for(request, Page.Key.TAKING_PART), "projects": projects.for_cards()[:30]},
    )
