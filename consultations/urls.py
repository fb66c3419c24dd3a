from django.urls import path

from . import views

app_name = "consultations"

urlpatterns = [path("beratung/", views.advice, name="advice")]
