"""How many times a bare Django view something takes; the bare view is measured by tests/bench.py in
the same run and handed on in the environment. Alone, a part of the bench prints no ratio.
"""

import os

P95, CPU = "BENCH_BARE_P95", "BENCH_BARE_CPU"


def handed_on(web, database, _rate, p95):
    """Variables for the parts: milliseconds of CPU and the 95th percentile of a bare view."""
    return {CPU: str(web + database), P95: str(p95)}


def of(milliseconds, kind=P95):
    """The ratio as a text, empty where no bare view was measured."""
    bare = float(os.environ.get(kind, "0"))
    return f"{milliseconds / bare:.0f}" if bare else ""
