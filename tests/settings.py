"""The one settings file with the handful of switches that tests need."""

import os
import tempfile
from pathlib import Path

os.environ["WIR_MODE"] = "demo"
# What a developer has set for trying out is not what the tests are about.
os.environ |= dict.fromkeys(("CACHE_URL", "STORAGE_URL", "METRICS_TOKEN", "SENTRY_DSN"), "")
os.environ.setdefault("PORTAL_URL", "http://localhost:8000")
_scratch = Path(tempfile.gettempdir()) / "wir-tests" / os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ["VAR_DIR"] = str(_scratch)

from offenbach_wir.settings import *  # noqa: F403
from offenbach_wir.settings import (
    CACHES,
    DATABASES,
    INSTALLED_APPS,
    MIDDLEWARE,
    RATE_LIMITS,
    STORAGES,
)
from tests import migrated

SECRET_KEY = "tests"
# Kept pages would hide what a test has just changed; tests of the cache switch it on.
CACHES = CACHES | {"pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
ALLOWED_HOSTS = ["localhost", "testserver"]
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, because in-memory databases know neither WAL nor a second connection.
    DATABASES["default"]["TEST"] = {"NAME": str(_scratch / "test.sqlite3")}
elif migrated.TEMPLATE:
    DATABASES["default"]["TEST"] = {"TEMPLATE": migrated.TEMPLATE}
RATE_LIMITS = dict.fromkeys(RATE_LIMITS, (1000, 60))
# The log-in library asks the same thing more than once in one request; how often is not ours.
ZEAL_ALLOWLIST = [
    {"model": "account.EmailAddress", "field": "*"},
    {"model": "mfa.Authenticator", "field": "*"},
    {"model": "usersessions.UserSession", "field": "*"},
    # Files are taken in one by one, each in a transaction of its own.
    {"model": "proposals.Proposal", "field": "get()"},
    {"model": "proposals.Section", "field": "get()"},
    # The translation library names a text several times on the page that asks before deleting it.
    {"model": "*.PageTranslation", "field": "get()"},
]
