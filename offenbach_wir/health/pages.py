"""The health report in the back office, for those who look after operation."""

from django.contrib import admin
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from offenbach_wir import health
from offenbach_wir.office_pages import page_for


@require_safe
@page_for("offenbach_wir.view_jobrun")
def report(request):
    entries = health.report()
    context = admin.site.each_context(request) | {
        "title": _("State of the portal"),
        "entries": entries,
        "worst": health.worst(entries),
    }
    return TemplateResponse(request, "administration/health.html", context)


urls = [path("zustand/", report, name="health")]
