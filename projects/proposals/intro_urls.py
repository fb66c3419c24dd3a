"""The pages before the log-in, below antraege/. They are the same for everybody."""

from django.urls import path

from .views import intro

urlpatterns = [
    path("", intro.intro, name="intro"),
    path("fragen/", intro.questions_page, name="questions"),
    path("formular/", intro.paper_form, name="paper_form"),
    path("beispiel/", intro.example_page, name="example"),
]
