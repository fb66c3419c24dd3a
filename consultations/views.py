"""The advice page: who advises, how to get an appointment, where to turn when it is urgent."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from programs.models import Page
from programs.views import page_for

from .models import Coordinator, HelpPlace


@require_safe
def advice(request):
    return render(
        request,
        "consultations/advice.html",
        {
            "page": page_for(Page.Key.ADVICE),
            "coordinators": Coordinator.objects.public()
            .select_related("picture")
            .prefetch_related("translations", "languages__translations", "picture__translations"),
            "help_places": HelpPlace.objects.with_texts(),
        },
    )
