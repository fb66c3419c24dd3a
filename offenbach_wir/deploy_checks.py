"""`manage.py check --deploy`: Django's own checks and what production.py doubts.

The demo's rows are looked for where the database may be asked: `check --database default`,
`migrate`, and before the portal serves.
"""

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.utils import Error as DatabaseFailure

from . import production

ID = "offenbach_wir"


def production_settings(app_configs, **kwargs):
    if settings.IS_DEMO:
        return []
    database = settings.DATABASES["default"]
    options = database.get("OPTIONS", {})
    found = production.doubts(
        allowed_hosts=settings.ALLOWED_HOSTS,
        portal_url=settings.PORTAL_URL,
        addresses={
            "OFFICE_EMAIL": settings.OFFICE_EMAIL,
            "DEFAULT_FROM_EMAIL": settings.DEFAULT_FROM_EMAIL,
        },
        engine=database["ENGINE"],
        database_host=database.get("HOST") or options.get("host", ""),
        sslmode=options.get("sslmode", ""),
        email_host=settings.EMAIL_HOST,
        email_tls=settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL,
    )
    messages = [
        checks.Warning(sentence, hint=hint, id=f"{ID}.{code}") for code, sentence, hint in found
    ]
    if database["ENGINE"].endswith("sqlite3"):
        # A choice of its own for one small host, so it is said and fails nothing.
        messages.append(
            checks.Info(
                "SQLite is named as database: good for a single small host only.",
                hint="Set DATABASE_URL to PostgreSQL before a second host joins.",
                id=f"{ID}.sqlite",
            )
        )
    return messages


def demo_rows(app_configs, databases=None, **kwargs):
    if settings.IS_DEMO or not databases or not has_demo_accounts():
        return []
    return [checks.Error(DEMO_FOUND, hint=DEMO_HINT, id=f"{ID}.demo")]


DEMO_FOUND = "This database has accounts of the demo; production does not run on it."
DEMO_HINT = "Set DATABASE_URL to a database of its own and run manage.py set_up."


def demo_accounts():
    """The accounts that `load_demo` makes."""
    from .demo import CLUB
    from .models import User
    from .roles import ROLES

    known = [entry.demo_email for entry in (*ROLES.values(), *CLUB.values())]
    return User.objects.filter(email__in=known)


def has_demo_accounts():
    """Whether there are some; False where the database cannot say."""
    try:
        return demo_accounts().exists()
    except DatabaseFailure:
        return False


def refuse_demo_rows():
    """Before serving: raises ImproperlyConfigured on a database that a demo has filled."""
    if settings.IS_DEMO:
        return
    try:
        if has_demo_accounts():
            raise ImproperlyConfigured(f"{DEMO_FOUND} {DEMO_HINT}")
    finally:
        # gunicorn starts its processes after this; none may inherit a connection.
        connection.close()


def register():
    checks.register(production_settings, checks.Tags.security, deploy=True)
    checks.register(demo_rows, checks.Tags.database)
