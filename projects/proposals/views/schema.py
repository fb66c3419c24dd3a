"""The schema of what is handed over, for whoever reads it by machine."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from projects.proposals import published_schema


@require_safe
def proposal_schema(request):
    return HttpResponse(published_schema.content(), content_type="application/schema+json")
