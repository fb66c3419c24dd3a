from django.urls import path, re_path

from . import views
from .models import Page

app_name = "programs"

EDITED = (Page.Key.IMPRINT, Page.Key.PRIVACY, Page.Key.ACCESSIBILITY, Page.Key.EASY_LANGUAGE)

urlpatterns = [
    path("programm/", views.program, name="program"),
    path("programm/schwerpunkte/<slug:slug>/", views.focus_area, name="focus_area"),
    path("foerderung/", views.funding, name="funding"),
    path("foerderung/welche-linie/", views.which_line, name="which_line"),
    path("foerderung/<slug:slug>/", views.funding_line, name="funding_line"),
    path("material/", views.material, name="material"),
    re_path(rf"^(?P<key>{'|'.join(EDITED)})/$", views.page, name="page"),
]
