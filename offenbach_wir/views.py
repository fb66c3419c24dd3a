"""The frame's own pages: home, search, and what machines ask for."""

from django.conf import settings
from django.db import connection
from django.db.utils import Error as DatabaseFailure
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from consultations.models import Coordinator
from programs.models import FocusArea, Program
from projects.models import Project

from . import languages
from .forms import SearchForm
from .rate_limits import limited
from .search import as_typed, query_words
from .site_search import groups_for


@require_safe
def root(request):
    """To the visitor's language, which the browser says; the address then keeps it."""
    language = translation.get_language_from_request(request)
    if language not in languages.codes():
        language = settings.LANGUAGE_CODE
    response = HttpResponseRedirect(f"/{language}/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def home(request):
    published = Project.objects.published()
    return render(
        request,
        "home.html",
        {
            "program": Program.objects.with_texts().filter(slug="wir").first(),
            "focus_areas": FocusArea.objects.published().with_texts(),
            "coordinator": Coordinator.objects.public().with_texts().first(),
            "projects": published.with_phase(timezone.localdate())
            .filter(phase_on=Project.Phase.RUNNING)
            .order_by("-starts_on", "-pk")
            .for_cards()[:3],
            "project_count": published.count(),
        },
    )


@require_safe
@limited("search", when=lambda request: bool(request.GET.get("q")))
def search(request):
    query = as_typed(request.GET.get("q", ""))
    groups = groups_for(query) if query_words(query) else []
    return render(
        request,
        "search.html",
        {
            "form": SearchForm(initial={"q": query}),
            "query": query,
            "groups": groups,
            "total": sum(len(group.hits) for group in groups),
        },
    )


@require_safe
def health(request):
    """For the balancer: 200 while the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
    except DatabaseFailure:
        return HttpResponse("database away\n", status=503, content_type="text/plain")
    response = HttpResponse("ok\n", content_type="text/plain")
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def robots(request):
    if settings.IS_DEMO:
        lines = ["User-agent: *", "Disallow: /"]
    else:
        lines = [
            "User-agent: *",
            "Disallow: /verwaltung/",
            f"Sitemap: {settings.PORTAL_URL}/sitemap.xml",
        ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_safe
def security_txt(request):
    """RFC 9116; a year from the start of this one, so that it never runs out unnoticed."""
    today = timezone.localdate()
    lines = [
        f"Contact: mailto:{settings.OFFICE_EMAIL}",
        f"Expires: {today.year + 1}-12-31T22:59:59Z",
        "Preferred-Languages: de, en",
        f"Canonical: {settings.PORTAL_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
