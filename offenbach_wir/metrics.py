"""/metrics for Prometheus: the findings of the health report and counts of requests.

Behind a token; without one in the settings the address does not exist.
"""

import secrets

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from . import health


@require_safe
def metrics(request):
    if not settings.METRICS_TOKEN:
        raise Http404
    if not _is_allowed(request.headers.get("Authorization", "")):
        response = HttpResponse("Token missing or wrong\n", status=401, content_type="text/plain")
        response["WWW-Authenticate"] = 'Bearer realm="metrics"'
        response["Cache-Control"] = "no-store"
        return response
    from prometheus_client import generate_latest
    from prometheus_client.exposition import CONTENT_TYPE_LATEST

    from .request_metrics import collector

    registry = collector()
    registry.register(Findings())
    response = HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    response["Cache-Control"] = "no-store"
    return response


def _is_allowed(header):
    scheme, _space, token = header.partition(" ")
    expected = settings.METRICS_TOKEN.encode()
    is_right = secrets.compare_digest(token.strip().encode("utf-8", "surrogateescape"), expected)
    return is_right and scheme.lower() == "bearer"


class Findings:
    """portal_state is 0 for in order, 1 for needs a look, 2 for does not work."""

    def collect(self):
        from prometheus_client.metrics_core import GaugeMetricFamily

        entries = health.report()
        state = GaugeMetricFamily(
            "portal_state", "0 in order, 1 needs a look, 2 does not work", labels=["probe"]
        )
        for entry in entries:
            state.add_metric([entry.probe.name], health.ORDER.index(entry.finding.state))
        yield state
        for entry in entries:
            for name, value in entry.finding.figures.items():
                gauge = GaugeMetricFamily(
                    f"portal_{entry.probe.name}_{name}", "See health/rules.py"
                )
                gauge.add_metric([], float(value))
                yield gauge
