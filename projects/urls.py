from django.urls import path
from django.views.decorators.http import require_safe

from . import views
from .feeds import ProjectFeed

app_name = "projects"

urlpatterns = [
    path("projekte/", views.project_list, name="list"),
    path("projekte/feed/", require_safe(ProjectFeed()), name="feed"),
    path("projekte/<slug:slug>/", views.detail, name="detail"),
    path("projekte/<slug:slug>/termine/<int:pk>.ics", views.date_calendar, name="date_calendar"),
    path("organisationen/<slug:slug>/", views.organisation, name="organisation"),
    path("organisationen/<slug:slug>/schreiben/", views.write_to, name="write_to"),
    path("organisationen/<slug:slug>/gesendet/", views.written_to, name="written_to"),
    path("mitmachen/", views.taking_part, name="taking_part"),
]
