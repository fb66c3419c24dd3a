"""Every address of the portal. Path words are German in every language."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps import views as sitemap_views
from django.urls import include, path
from django.views.decorators.http import require_safe

from consultations.views import feed
from projects import open_data
from projects.proposals.views.schema import proposal_schema

from . import barriers, media, metrics, sitemaps, views

urlpatterns = [
    path("", views.root, name="root"),
    path("healthz", views.health, name="health"),
    path("metrics", metrics.metrics, name="metrics"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("sitemap.xml", sitemaps.index, name="sitemap_index"),
    path(
        "sitemap-<section>.xml",
        require_safe(sitemap_views.sitemap),
        {"sitemaps": sitemaps.SITEMAPS},
        name="sitemap",
    ),
    path("daten/projekte.json", open_data.as_json, name="open_data_json"),
    path("daten/projekte.csv", open_data.as_csv, name="open_data_csv"),
    path("daten/wir-proposal-1.schema.json", proposal_schema, name="proposal_schema"),
    path("kalender/<slug:secret>.ics", feed.calendar, name="calendar_feed"),
    path("media/<path:name>", media.serve, name="media"),
    path("verwaltung/", admin.site.urls),
]

localised = [
    path("", views.home, name="home"),
    path("suche/", views.search, name="search"),
    path("barriere-melden/", barriers.report, name="barrier_report"),
    path("barriere-melden/<slug:reference>/", barriers.reported, name="barrier_reported"),
    path("konto/", include("offenbach_wir.account_urls")),
    path("", include("programs.urls")),
    path("", include("projects.urls")),
    path("antraege/", include("projects.proposals.urls")),
    path("", include("consultations.urls")),
]
if settings.IS_DEMO:
    localised.append(path("demo/", include("offenbach_wir.demo")))

urlpatterns += i18n_patterns(*localised)

handler400 = "offenbach_wir.errors.bad_request"
handler403 = "offenbach_wir.errors.permission_denied"
handler404 = "offenbach_wir.errors.not_found"
handler500 = "offenbach_wir.errors.server_error"
