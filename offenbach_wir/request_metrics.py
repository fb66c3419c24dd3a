"""Counts of requests over all web processes: each keeps its own in a file, /metrics adds them up.

Imported only where METRICS_TOKEN is set, because the library takes the folder from the environment
when it is imported.
"""

import os

from django.conf import settings

settings.METRICS_DIR.mkdir(parents=True, exist_ok=True)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(settings.METRICS_DIR)

from prometheus_client import CollectorRegistry, Counter, Histogram  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter(
    "portal_requests", "Requests that were answered", ["method", "view", "status"], registry=None
)
DURATION = Histogram(
    "portal_request_duration_seconds",
    "From request to answer",
    ["view"],
    buckets=SECONDS,
    registry=None,
)


def count(method, view, status, seconds):
    REQUESTS.labels(method, view, str(status)).inc()
    DURATION.labels(view).observe(seconds)


def collector():
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(settings.METRICS_DIR))
    return registry
