"""Production mode: refuses to start half configured, and knows nothing of the demo."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

COMPLETE = {
    "WIR_MODE": "production",
    "SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789",
    "ALLOWED_HOSTS": "wir.example.org",
    "DATABASE_URL": "sqlite://:memory:",
    "DJANGO_SETTINGS_MODULE": "offenbach_wir.settings",
}
PORTAL_VARIABLES = (
    *(*COMPLETE, "PORTAL_URL", "VAR_DIR", "PORT", "TRUSTED_PROXY_COUNT", "EMAIL_URL"),
    *("OFFICE_EMAIL", "DEFAULT_FROM_EMAIL", "CACHE_URL", "STORAGE_URL", "METRICS_TOKEN"),
    "SENTRY_DSN",
)
ASK = """
import json
import django
django.setup()
from django.core.management import call_command
from django.core.management.base import CommandError
for command in ("migrate", "createcachetable"):
    call_command(command, verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
call_command("load_content", verbosity=0)
try:
    call_command("load_demo")
    loaded = True
except CommandError:
    loaded = False
from django.test import Client
from offenbach_wir.models import User
from projects.models import Organisation, Project
client = Client(headers={"host": "wir.example.org"})
paths = ("/de/", "/de/projekte/", "/de/beratung/", "/de/demo/", "/de/demo/mails/",
    "/verwaltung/", "/verwaltung/login/", "/verwaltung/projects/project/", "/verwaltung/xyz/")
home = client.get("/de/", secure=True)
step_in = client.post("/de/demo/administrator/einsteigen/", {"ok": 1}, secure=True)
print(json.dumps({
    "loaded": loaded,
    "accounts": User.objects.count(),
    "examples": Project.objects.count() + Organisation.objects.count(),
    "status": {path: client.get(path, secure=True).status_code for path in paths},
    "step_in": step_in.status_code,
    "plain": [(answer := client.get("/de/")).status_code, answer["Location"]],
    "hsts": home["Strict-Transport-Security"],
    "robots_header": home.get("X-Robots-Tag", ""),
    "robots": client.get("/robots.txt", secure=True).text,
    "home": home.text,
    "cookies": list(client.get("/de/barriere-melden/", secure=True).cookies),
}))
"""


def start(tmp_path, code, **changes):
    """Runs Python in an environment that knows only these variables of the portal."""
    inherited = {k: v for k, v in os.environ.items() if k not in PORTAL_VARIABLES}
    variables = inherited | COMPLETE | {"VAR_DIR": str(tmp_path)} | changes
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={name: value for name, value in variables.items() if value is not None},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """What a portal in production mode, with a database of its own, says of itself."""
    folder = tmp_path_factory.mktemp("production")
    result = start(folder, ASK, DATABASE_URL=f"sqlite:///{folder}/portal.sqlite3")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
@pytest.mark.parametrize("value", [None, ""], ids=["missing", "empty"])
def test_production_does_not_start_without(tmp_path, name, value):
    result = start(tmp_path, "import offenbach_wir.settings", **{name: value})
    assert result.returncode != 0
    assert f"Production mode needs {name}" in result.stderr


def test_production_starts_with_all_three(tmp_path):
    assert start(tmp_path, "import offenbach_wir.settings").returncode == 0


def test_production_is_what_runs_where_nothing_is_said(tmp_path):
    code = "from offenbach_wir.settings import IS_DEMO; print(IS_DEMO)"
    assert start(tmp_path, code, WIR_MODE=None).stdout == "False\n"


def test_unknown_mode_does_not_start(tmp_path):
    result = start(tmp_path, "import offenbach_wir.settings", WIR_MODE="staging")
    assert result.returncode != 0
    assert "WIR_MODE" in result.stderr


def test_folder_for_data_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    result = start(tmp_path, "import offenbach_wir.settings", VAR_DIR=str(tmp_path / "file/var"))
    assert result.returncode != 0
    assert result.stderr.splitlines()[-1].endswith("that the user of the portal may write to.")


def test_folder_for_data_left_empty_is_the_one_in_the_project(tmp_path):
    code = "from offenbach_wir.settings import VAR_DIR; print(VAR_DIR)"
    assert start(tmp_path, code, VAR_DIR="").stdout == f"{settings.BASE_DIR / 'var'}\n"


def test_demo_whose_database_is_left_empty_has_its_own_file(tmp_path):
    code = "from offenbach_wir.settings import DATABASES as d; print(d['default']['NAME'])"
    demo = start(tmp_path, code, WIR_MODE="demo", DATABASE_URL="", VAR_DIR=str(tmp_path))
    assert demo.stdout == f"{tmp_path}/portal.sqlite3\n"


@pytest.mark.parametrize(
    "address", ["postgres://wir:geheim@127.0.0.1:1/wir", "sqlite:////dev/null/portal.sqlite3"]
)
def test_command_without_its_database_says_so_in_one_line(tmp_path, address):
    code = "import sys, manage; sys.argv[1:] = ['migrate']; manage.main()"
    result = start(tmp_path, code, DATABASE_URL=address)
    assert result.returncode == 1
    assert result.stderr.startswith("The database cannot be reached; DATABASE_URL says where it is")
    assert "Traceback" not in result.stderr
    assert "geheim" not in result.stderr


@pytest.mark.parametrize("address", ["clamd", "/run/clamd.ctl", "http://clamd:3310", "clamd:"])
def test_scanner_at_an_address_that_is_none_does_not_start(tmp_path, address):
    result = start(tmp_path, "import offenbach_wir.settings", CLAMAV_ADDRESS=address)
    assert result.returncode != 0
    assert "CLAMAV_ADDRESS" in result.stderr


@pytest.mark.parametrize("address", ["", "unix:/run/clamd.ctl", "clamd:3310", "[::1]:3310"])
def test_scanner_at_a_proper_address_starts(tmp_path, address):
    result = start(tmp_path, "import offenbach_wir.settings", CLAMAV_ADDRESS=address)
    assert result.returncode == 0, result.stderr


LONG = "3kZ0bV7sQ1xN8pW4mT6yR2cJ5hL9gD-uF_aEoIiBvXzKqSwPnM7tYrCe"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SECRET_KEY": LONG[:49]}, "SECRET_KEY has fewer than 50 characters"),
        ({"SECRET_KEY": "abcd" * 20}, "SECRET_KEY can be guessed"),
        ({"SECRET_KEY": f"django-insecure-{LONG}"}, "SECRET_KEY can be guessed"),
        ({"ALLOWED_HOSTS": "wir.example.org,*"}, "ALLOWED_HOSTS contains “*”"),
        ({"PORTAL_URL": "http://wir.example.org"}, "PORTAL_URL begins with http://"),
        ({"PORTAL_URL": "wir.example.org"}, "PORTAL_URL is no address"),
        ({"EMAIL_URL": "smtp://wir:geheim@mail.example.org:25"}, "EMAIL_URL has a log-in but no"),
    ],
)
def test_production_does_not_start_unsafely_and_says_what_to_set(tmp_path, changes, named):
    result = start(tmp_path, "import offenbach_wir.settings", **changes)
    assert result.returncode != 0
    assert named in result.stderr
    assert "Set " in result.stderr.partition(named)[2]
    assert "geheim" not in result.stderr


def test_production_does_not_start_on_the_key_of_a_demo(tmp_path):
    (tmp_path / "demo-secret-key").write_text(LONG)
    result = start(tmp_path, "import offenbach_wir.settings", SECRET_KEY=LONG)
    assert result.returncode != 0
    assert "SECRET_KEY is the key of a demo" in result.stderr


def test_all_that_is_unsafe_is_said_at_once(tmp_path):
    changes = {"SECRET_KEY": "short", "ALLOWED_HOSTS": "*", "PORTAL_URL": "http://wir.example.org"}
    result = start(tmp_path, "import offenbach_wir.settings", **changes)
    assert all(name in result.stderr for name in changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"EMAIL_URL": "smtp+tls://wir:geheim@mail.example.org:587"},
        {"EMAIL_URL": "smtp+ssl://wir:geheim@mail.example.org:465"},
        {"EMAIL_URL": "smtp://wir:geheim@127.0.0.1:25"},
        {"PORTAL_URL": "http://localhost:8000", "ALLOWED_HOSTS": "localhost"},
    ],
)
def test_production_starts_with_what_stays_on_the_machine_or_under_tls(tmp_path, changes):
    result = start(tmp_path, "import offenbach_wir.settings", **changes)
    assert result.returncode == 0, result.stderr


DEPLOY_CHECK = """
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "check", "--deploy", "--fail-level", "WARNING"])
"""
PROPER = {
    "DATABASE_URL": "postgres://wir@127.0.0.1:5432/wir",
    "OFFICE_EMAIL": "wir@offenbach.de",
    "DEFAULT_FROM_EMAIL": "WIR-Portal <wir@offenbach.de>",
}


def test_deploy_check_is_silent_with_proper_settings(tmp_path):
    result = start(tmp_path, DEPLOY_CHECK, **PROPER)
    assert (result.returncode, result.stderr) == (0, "")
    assert "no issues" in result.stdout


def test_deploy_check_mentions_sqlite_and_fails_nothing(tmp_path):
    result = start(tmp_path, DEPLOY_CHECK, **PROPER | {"DATABASE_URL": "sqlite://:memory:"})
    assert result.returncode == 0, result.stderr
    assert "offenbach_wir.sqlite" in result.stderr + result.stdout


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("example", {"OFFICE_EMAIL": None}),
        ("example", {"DEFAULT_FROM_EMAIL": "WIR <portal@mail.example.org>"}),
        ("host", {"PORTAL_URL": "https://www.offenbach.de"}),
        ("address", {"PORTAL_URL": "http://localhost", "ALLOWED_HOSTS": "localhost"}),
        ("subdomains", {"ALLOWED_HOSTS": "wir.example.org,.offenbach.de"}),
        ("database_tls", {"DATABASE_URL": "postgres://wir@db.offenbach.de/wir"}),
        ("database_tls", {"DATABASE_URL": "postgres://wir@db.offenbach.de/wir?sslmode=prefer"}),
        ("mail_tls", {"EMAIL_URL": "smtp://mail.offenbach.de:25"}),
    ],
)
def test_deploy_check_fails_on_what_is_probably_not_meant(tmp_path, code, changes):
    result = start(tmp_path, DEPLOY_CHECK, **PROPER | changes)
    assert result.returncode == 1
    assert f"(offenbach_wir.{code})" in result.stderr


@pytest.mark.parametrize(
    "address",
    [
        "postgres://wir@db.offenbach.de/wir?sslmode=verify-full",
        "postgres:///wir?host=/run/postgresql",
        "postgres://wir@[::1]:5432/wir",
        "postgres://wir@db/wir?sslmode=disable",
    ],
)
def test_deploy_check_is_content_with_a_database_nobody_can_listen_to(tmp_path, address):
    result = start(tmp_path, DEPLOY_CHECK, **PROPER | {"DATABASE_URL": address})
    assert result.returncode == 0, result.stderr


MIGRATE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from offenbach_wir.deploy_checks import refuse_demo_rows
refuse_demo_rows()
from offenbach_wir.models import User
User.objects.create(email="verwaltung@example.org")
"""
SERVE = "import offenbach_wir.wsgi"
WORK = """
import django
django.setup()
from django.core.management import call_command
call_command("worker", "--once")
"""


@pytest.fixture(scope="module")
def filled_by_a_demo(tmp_path_factory):
    """A database that was fit for production until a demo's account was made in it."""
    folder = tmp_path_factory.mktemp("filled")
    database = {"DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3"}
    result = start(folder, MIGRATE, **database)
    assert result.returncode == 0, result.stderr
    return database


@pytest.mark.parametrize("code", [SERVE, WORK], ids=["web", "worker"])
def test_production_does_not_run_on_the_database_of_a_demo(tmp_path, code, filled_by_a_demo):
    result = start(tmp_path, code, **filled_by_a_demo)
    assert result.returncode != 0
    assert "accounts of the demo" in result.stderr
    assert "Set DATABASE_URL" in result.stderr


def test_demo_runs_on_the_database_of_a_demo(tmp_path, filled_by_a_demo):
    assert start(tmp_path, SERVE, WIR_MODE="demo", **filled_by_a_demo).returncode == 0


def test_production_starts_while_the_database_is_away(tmp_path):
    away = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/wir"}
    result = start(tmp_path, SERVE, **away)
    assert result.returncode == 0, result.stderr


def test_demo_starts_with_nothing_but_its_name(tmp_path):
    changes = dict.fromkeys(("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"))
    result = start(tmp_path, "import offenbach_wir.settings", WIR_MODE="demo", **changes)
    assert result.returncode == 0, result.stderr


def test_demo_key_is_the_machines_own_and_stays(tmp_path):
    code = "from offenbach_wir.settings import SECRET_KEY; print(SECRET_KEY)"
    keys = [start(tmp_path, code, WIR_MODE="demo", SECRET_KEY=None).stdout for _ in range(2)]
    assert keys[0] == keys[1]
    assert len(keys[0].strip()) >= 50


def test_production_shows_the_portal(production):
    assert production["status"]["/de/"] == 200
    assert production["status"]["/de/projekte/"] == 200
    assert production["status"]["/de/beratung/"] == 200


def test_production_has_no_demo_pages(production):
    assert production["status"]["/de/demo/"] == 404
    assert production["status"]["/de/demo/mails/"] == 404
    assert production["step_in"] == 404


def test_production_has_no_open_back_office(production):
    closed = {path: s for path, s in production["status"].items() if path.startswith("/verwaltung")}
    assert closed
    assert 200 not in closed.values()


def test_production_loads_no_examples(production):
    assert production["loaded"] is False
    assert production["examples"] == 0


def test_production_has_no_default_accounts(production):
    assert production["accounts"] == 0


def test_production_says_nothing_of_a_demo(production):
    assert "demo" not in production["home"].lower()


def test_production_speaks_https_only(production):
    assert production["plain"] == [301, "https://wir.example.org/de/"]
    assert production["hsts"] == "max-age=63072000; includeSubDomains; preload"


def test_production_cookies_are_bound_to_the_host(production):
    assert production["cookies"] == ["__Host-csrf"]


def test_production_may_be_found_by_search_engines(production):
    assert production["robots_header"] == ""
    assert "Sitemap: https://wir.example.org/sitemap.xml" in production["robots"]
    assert "noindex" not in production["home"]
