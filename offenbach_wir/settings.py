"""Settings of the portal, read once from the environment (.env.example lists every variable).

WIR_MODE=production (the default) refuses to start without a secret key, host names and a database
address. WIR_MODE=demo is for trying out: embedded database, invented examples, mails are kept.
"""

import datetime
import importlib.util
import re
import secrets
import socket
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from offenbach_wir import code_version, file_storage, production

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

# --- Mode ---------------------------------------------------------------------------------------
WIR_MODE = env.str("WIR_MODE", "production")
if WIR_MODE not in ("production", "demo"):
    raise ImproperlyConfigured("WIR_MODE is neither 'production' nor 'demo'.")
IS_DEMO = WIR_MODE == "demo"
DEBUG = False

VAR_DIR = Path(env.str("VAR_DIR", "") or BASE_DIR / "var").absolute()
try:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(
        f"The folder for data, {VAR_DIR}, cannot be made ({error.strerror}). Set VAR_DIR to one "
        "that the user of the portal may write to."
    ) from None

if not IS_DEMO:
    missing = [
        name for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL") if not env.str(name, "")
    ]
    if missing:
        raise ImproperlyConfigured(
            f"Production mode needs {', '.join(missing)} in the environment (see .env.example). "
            "To try the portal out, use `make run` or set WIR_MODE=demo."
        )


DEMO_KEY_FILE = VAR_DIR / "demo-secret-key"


def demo_secret_key():
    """A key of this machine's own, kept so that a restart does not end every session."""
    if not DEMO_KEY_FILE.exists():
        DEMO_KEY_FILE.write_text(secrets.token_urlsafe(50))
        DEMO_KEY_FILE.chmod(0o600)
    return DEMO_KEY_FILE.read_text()


SECRET_KEY = env.str("SECRET_KEY", "") or demo_secret_key()
# Former keys: links and sessions made with them stay good while a new key is brought in.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
# Absolute addresses in mails, feeds and calendar files come from here, never from the Host header.
PORTAL_URL = env.str(
    "PORTAL_URL",
    f"http://localhost:{env.int('PORT', 8000)}" if IS_DEMO else f"https://{ALLOWED_HOSTS[0]}",
).rstrip("/")


def needs_ops(variable, *modules):
    """Optional packages are missed at start, not by the first visitor."""
    if any(importlib.util.find_spec(module) is None for module in modules):
        raise ImproperlyConfigured(f"{variable} needs the packages of requirements/ops.txt.")


# --- Apps ---------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "programs",
    "projects",
    "projects.proposals",
    "consultations",
    "offenbach_wir.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "parler",
    "simple_history",
    "crispy_forms",
    "django_prose_editor",
    "post_office",
    "django_tasks",
    "django_tasks_db",
    "csp",
    # Last, because its admin.py takes records of packages out of the back office.
    "offenbach_wir",
]

MIDDLEWARE = [
    "offenbach_wir.request_log.request_log",
    "offenbach_wir.middleware.isolation_headers",
    "offenbach_wir.middleware.health_by_any_name",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "offenbach_wir.middleware.plain_input",
    "offenbach_wir.page_cache.page_cache",
    "offenbach_wir.middleware.caching_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "offenbach_wir.middleware.old_addresses",
    "django.middleware.common.CommonMiddleware",
    "offenbach_wir.access.closed_unless_listed",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "offenbach_wir.sessions.session_limits",
    "offenbach_wir.second_factor.enrolment_first",
    "simple_history.middleware.HistoryRequestMiddleware",
    "offenbach_wir.middleware.refusals",
]

ROOT_URLCONF = "offenbach_wir.urls"
WSGI_APPLICATION = "offenbach_wir.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "offenbach_wir.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "offenbach_wir.context.portal",
            ],
            "builtins": ["django.templatetags.i18n", "offenbach_wir.templatetags.portal"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["wir"]
CRISPY_TEMPLATE_PACK = "wir"
CRISPY_FAIL_SILENTLY = False

# --- Data ---------------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", "") or f"sqlite:///{VAR_DIR / 'portal.sqlite3'}"
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["ENGINE"] = "offenbach_wir.embedded_sqlite3"
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
            "PRAGMA foreign_keys=ON;PRAGMA busy_timeout=20000;"
        ),
    }
else:
    # A host that does not answer at all is given up, not waited for.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        "TIMEOUT": 300,
    }
}

# Finished public pages: in Redis where one is named, else in files on a single host, else in the
# database that several hosts share. Nothing else goes to Redis: it may be gone at any time, and
# limits and used codes must not be.
CACHE_URL = env.str("CACHE_URL", "")
if CACHE_URL:
    needs_ops("CACHE_URL", "redis")
    if not re.match(r"(redis|rediss)://[^/]|unix:///", CACHE_URL):
        raise ImproperlyConfigured("CACHE_URL is neither redis://, rediss:// nor unix://.")
    CACHES["pages"] = {
        "BACKEND": "offenbach_wir.redis_cache.ForgivingRedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
elif DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    CACHES["pages"] = {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / "pages",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    }
else:
    CACHES["pages"] = CACHES["default"] | {
        "LOCATION": "portal_pages",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    }
CACHES["pages"]["KEY_PREFIX"] = f"wir-pages-{code_version.of_files(BASE_DIR)}"

MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "offenbach_wir.stylesheet.StylesheetFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "private", "base_url": None},
    },
    "staticfiles": {"BACKEND": "offenbach_wir.stylesheet.PortalStaticFilesStorage"},
}
# Files of several hosts lie in one S3-compatible storage; empty: in the folders above.
STORAGE_URL = env.str("STORAGE_URL", "")
if STORAGE_URL:
    needs_ops("STORAGE_URL", "storages", "boto3")
    try:
        STORAGES |= file_storage.backends(STORAGE_URL)
    except file_storage.StorageUrlError as error:
        raise ImproperlyConfigured(f"STORAGE_URL: {error}.") from None
# The key of the backups (`manage.py back_up --new-key`), or the file it stands in; kept elsewhere.
BACKUP_KEY = env.str("BACKUP_KEY", "")
BACKUP_KEY_FILE = env.str("BACKUP_KEY_FILE", "")
# Receipts of erasures, which a restore needs although they are newer than the backup.
ERASURES_DIR = Path(env.str("ERASURES_DIR", "") or VAR_DIR / "erasures")
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (
    *("jpg", "jpeg", "png", "gif", "webp", "avif", "woff2", "map", "br", "gz"),
)

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
# Where the fonts of PDF files are; the defaults are Debian's fonts-noto-core and fonts-dejavu-core.
PDF_FONTS = env.list(
    "PDF_FONTS", default=["/usr/share/fonts/truetype/noto", "/usr/share/fonts/truetype/dejavu"]
)

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A budget plan of 200 rows in each of its three blocks is the largest form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o640
# A file that a club encloses.
ENCLOSURE_MOST_BYTES = env.int("ENCLOSURE_MOST_MB", 20) * 1024 * 1024
# The scanner for viruses: unix:/path or host:port of ClamAV's clamd; empty: files are not scanned.
CLAMAV_ADDRESS = env.str("CLAMAV_ADDRESS", "")
if CLAMAV_ADDRESS and not re.fullmatch(r"unix:/.+|[^:/]+:\d+|\[.+\]:\d+", CLAMAV_ADDRESS):
    raise ImproperlyConfigured("CLAMAV_ADDRESS is neither unix:/path nor host:port.")
CLAMAV_TIMEOUT = env.float("CLAMAV_TIMEOUT", 30)
# Not more than clamd's own StreamMaxLength.
CLAMAV_MOST_BYTES = env.int("CLAMAV_MOST_MB", 25) * 1024 * 1024

# --- Languages and time -------------------------------------------------------------------------
# A further language is one line here, a catalogue in locale/ and content; see docs/operation.md.
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English")), ("ar", _("Arabic"))]
LANG_INFO["ar"]["name_local"] = "العربية"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["offenbach_wir.formats"]
PARLER_DEFAULT_LANGUAGE_CODE = "de"
PARLER_LANGUAGES = {
    None: tuple({"code": code} for code, _name in LANGUAGES),
    "default": {"fallbacks": ["de"], "hide_untranslated": False},
}
PARLER_ENABLE_CACHING = False
USE_TZ = True
TIME_ZONE = "Europe/Berlin"

# --- Mail ---------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "WIR-Portal <portal@example.org>")
# Where the portal's own messages go: barrier reports for instance.
OFFICE_EMAIL = env.str("OFFICE_EMAIL", "wir@example.org")
# To whom cases are handed over: the lines of the address, which may be changed each time.
GRANTING_AUTHORITY = "\n".join(
    env.list(
        "GRANTING_AUTHORITY",
        default=["Regierungspräsidium Darmstadt", "Luisenplatz 2", "64283 Darmstadt"],
    )
)
EMAIL_TIMEOUT = 10
if IS_DEMO:
    # Mails of the demo are kept in the database and shown there; none leaves the machine.
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
else:
    EMAIL_USE_TLS = EMAIL_USE_SSL = False
    vars().update(env.email("EMAIL_URL", "smtp://localhost:25"))
# The worker sends and tries again by outbox.send_waiting; the last two are for who calls
# post_office's own command instead, which knows a fixed interval only.
POST_OFFICE = {
    "FILE_STORAGE": "private",
    "MAX_RETRIES": 8,
    "RETRY_INTERVAL": datetime.timedelta(hours=1),
}

# --- Accounts -----------------------------------------------------------------------------------
# No passwords: a code by mail or a passkey; staff needs a second factor beside it.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
ACCOUNT_ADAPTER = "offenbach_wir.accounts.AccountAdapter"
MFA_ADAPTER = "offenbach_wir.accounts.SecondFactorAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Pages of a person, beside the back office: these alone read the session. What follows each area
# are the pages in it that are the same for everybody.
PERSONAL_AREAS = {"konto": (), "antraege": ("", "fragen/", "formular/", "beispiel/")}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_FORMS = {
    "request_login_code": "offenbach_wir.account_forms.RequestCodeForm",
    "signup": "offenbach_wir.account_forms.SignupForm",
    "confirm_login_code": "offenbach_wir.account_forms.MailCodeForm",
    "confirm_email_verification_code": "offenbach_wir.account_forms.AddressCodeForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
# Ours count in the database and know the account (account_forms.py).
ACCOUNT_RATE_LIMITS = {"request_login_code": None, "login": None, "signup": None}
MFA_FORMS = {
    "authenticate": "offenbach_wir.account_forms.SecondFactorForm",
    "reauthenticate": "offenbach_wir.account_forms.ConfirmAgainForm",
    "activate_totp": "offenbach_wir.account_forms.AppForm",
    "add_webauthn": "offenbach_wir.account_forms.AddPasskeyForm",
    "edit_webauthn": "offenbach_wir.account_forms.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "WIR Offenbach"
# Clocks of phones are off by some seconds.
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = IS_DEMO
# A session ends after this long without a request, and in any case SESSION_COOKIE_AGE after log-in.
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", 2 * 60 * 60)
INVITATION_DAYS = 7
# Whoever asks for a review may not publish the same text.
FOUR_EYES = env.bool("FOUR_EYES", False)

# --- Security -----------------------------------------------------------------------------------
_HTTPS = PORTAL_URL.startswith("https://")
_HOST = "__Host-" if _HTTPS else ""
SESSION_ENGINE = "offenbach_wir.session_store"
SESSION_COOKIE_NAME = f"{_HOST}session"
CSRF_COOKIE_NAME = f"{_HOST}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
LANGUAGE_COOKIE_NAME = f"{_HOST}language"
LANGUAGE_COOKIE_SECURE = _HTTPS
CSRF_FAILURE_VIEW = "offenbach_wir.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [PORTAL_URL]
SECURE_SSL_REDIRECT = _HTTPS
# Asked by balancer and Prometheus from within the network.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# How many proxies of our own stand in front; X-Forwarded-For is believed only that far.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY = {
    feature: []
    for feature in (
        *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media"),
        *("fullscreen", "geolocation", "gyroscope", "magnetometer", "microphone", "midi"),
        *("payment", "picture-in-picture", "screen-wake-lock", "usb", "xr-spatial-tracking"),
    )
}

# Requests allowed per client address: scope → (how many, in how many seconds). Counted in Hits.
RATE_LIMITS = {
    "search": (env.int("LIMIT_SEARCH", 120), 60),
    "barrier": (30, 3600),
    "organisation_message": (30, 3600),
    "demo": (60, 60),
    "export": (30, 3600),
    "link_check": (60, 3600),
    # Advice: choosing times and sending the forms, from one connection; mails to one contact.
    "booking": (env.int("LIMIT_BOOKING", 240), 600),
    "booking_contact": (env.int("LIMIT_BOOKING_CONTACT", 10), 24 * 3600),
    "booking_link": (120, 600),
    "calendar_feed": (60, 600),
    # Proposals: organisations registered and people invited by one account; files sent by one
    # account, messages of one account.
    "organisation": (20, 3600),
    "member_invitation": (30, 3600),
    "upload": (env.int("LIMIT_UPLOAD", 100), 3600),
    "proposal_message": (30, 3600),
    # Signing in: requests of one connection, codes to one account from one connection, codes to one
    # account from connections it never signed in from. The last is short, so that nobody is locked
    # out of the own account for long.
    "sign_in": (60, 600),
    "code_here": (6, 600),
    "code_elsewhere": (10, 300),
}

# --- Advice ---------------------------------------------------------------------------------------
# How long bookings are kept: not confirmed, cancelled, past (domain: then counts only).
ADVICE_KEEP_UNCONFIRMED_HOURS = env.int("ADVICE_KEEP_UNCONFIRMED_HOURS", 24)
ADVICE_KEEP_CANCELLED_DAYS = env.int("ADVICE_KEEP_CANCELLED_DAYS", 1)
ADVICE_KEEP_PAST_DAYS = env.int("ADVICE_KEEP_PAST_DAYS", 14)
# An entry of the waiting list ends after so many days.
ADVICE_WAITING_DAYS = env.int("ADVICE_WAITING_DAYS", 28)
# Bookings not confirmed yet that may come from one connection.
ADVICE_UNCONFIRMED_PER_ADDRESS = env.int("ADVICE_UNCONFIRMED_PER_ADDRESS", 8)
# Firm appointments ahead that one e-mail address may have.
ADVICE_BOOKINGS_PER_CONTACT = env.int("ADVICE_BOOKINGS_PER_CONTACT", 3)
# How long the page of a booking stays open without its link being opened again.
ADVICE_SESSION_SECONDS = env.int("ADVICE_SESSION_SECONDS", 60 * 60)

# Nobody reads and fills in a form faster than this many seconds; machines do.
FASTEST_FORM_SECONDS = env.int("FASTEST_FORM_SECONDS", 2)

# The link check asks public addresses only, and waits so many seconds before it asks a host again.
LINK_CHECK_PRIVATE = env.bool("LINK_CHECK_PRIVATE", False)
LINK_CHECK_PAUSE = env.float("LINK_CHECK_PAUSE", 1.0)

# --- Watching -----------------------------------------------------------------------------------
# Who knows it may read /metrics; empty: there is no such address.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
# Counts of all web processes of this host and port.
METRICS_DIR = VAR_DIR / "metrics" / f"{socket.gethostname()}-{env.int('PORT', 8000)}"
if METRICS_TOKEN:
    needs_ops("METRICS_TOKEN", "prometheus_client")
    if len(METRICS_TOKEN) < 20:
        raise ImproperlyConfigured("METRICS_TOKEN has fewer than 20 characters. Set a longer one.")
# Where errors of the program are reported to; empty: nowhere.
SENTRY_DSN = env.str("SENTRY_DSN", "")
if SENTRY_DSN:
    needs_ops("SENTRY_DSN", "sentry_sdk")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_secrets": {"()": "offenbach_wir.log_filter.NoSecrets"}},
    "formatters": {
        "plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "offenbach_wir.log_format.Json"},
    },
    "handlers": {
        "nowhere": {"class": "logging.NullHandler"},
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "plain" if IS_DEMO else "json",
            "filters": ["no_secrets"],
        },
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "post_office": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "gunicorn.error": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        # These say at length what we say in one line, or say it each two seconds.
        "botocore": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
        # Unknown host names are noise from scanners, answered with 400.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
    },
}

# --- Refusal ------------------------------------------------------------------------------------
if not IS_DEMO:
    problems = production.refusals(
        secret_key=SECRET_KEY,
        demo_key=DEMO_KEY_FILE.read_text() if DEMO_KEY_FILE.exists() else "",
        allowed_hosts=ALLOWED_HOSTS,
        portal_url=PORTAL_URL,
        email_host=vars()["EMAIL_HOST"],
        email_user=vars()["EMAIL_HOST_USER"],
        email_has_tls=EMAIL_USE_TLS or EMAIL_USE_SSL,
    )
    if problems:
        raise ImproperlyConfigured("Production mode does not start:\n- " + "\n- ".join(problems))
