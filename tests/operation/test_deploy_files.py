"""What is written for the machine room fits the code: commands, variables, addresses, files."""

import re
import subprocess

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from tests.server import ROOT

DEPLOY = ROOT / "docs/deploy"
UNITS = sorted(DEPLOY.glob("wir-*.service"))
TEXTS = [
    *UNITS,
    *(ROOT / name for name in ("Dockerfile", "compose.yaml", "docs/operation.md", "Makefile")),
]
# A command and the rest of its line up to the next one.
COMMAND = re.compile(
    r"(?:manage\.py|wir-manage)\"?,? \"?([a-z_]+)((?:(?!manage\.py|wir-manage).)*)"
)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def commands_in(path):
    return {(name, *OPTION.findall(rest)) for name, rest in COMMAND.findall(path.read_text())}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_command_that_is_written_there_exists_with_its_options(path):
    known = get_commands()
    for name, *options in commands_in(path):
        assert name in known, name
        command = load_command_class(known[name], name)
        help_text = command.create_parser("manage.py", name).format_help()
        assert [option for option in options if option not in help_text] == []


def variables_read():
    """Names of the variables that the portal reads from its environment."""
    reads = re.compile(r"""(?:env(?:\.\w+)?\(|environ\.get\()\s*["']([A-Z][A-Z_]+)["']""")
    for path in (ROOT / "offenbach_wir").rglob("*.py"):
        yield from reads.findall(path.read_text())


def test_every_variable_stands_in_the_example():
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.M))
    own = {"PROMETHEUS_MULTIPROC_DIR"}  # set by the portal itself
    assert set(variables_read()) - named - own == set()


def test_example_can_be_read_by_a_shell():
    read = subprocess.run(
        ["sh", "-euc", '. ./.env.example; printf %s "$DEFAULT_FROM_EMAIL"'],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert read.stdout == "WIR-Portal <portal@example.org>"


@pytest.mark.parametrize("service", ["set-up", "web", "worker", "backup"])
def test_container_of_the_portal_may_do_as_little_as_possible(service):
    made = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"][service]
    assert made["read_only"] is True
    assert made["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in made["security_opt"]


def test_database_and_cache_cannot_be_reached_from_outside():
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    assert compose["networks"]["inside"] == {"internal": True}
    for name in ("database", "cache"):
        service = compose["services"][name]
        assert (service["networks"], service.get("ports")) == (["inside"], None)


def test_image_runs_as_a_user_without_rights_and_without_tools_to_build():
    _build, _from, final = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")
    assert "\nUSER wir\n" in final
    assert "uninstall" in final
    assert not re.search(r"\b(gcc|build-essential|python3-dev)\b", final)


def test_only_what_the_portal_needs_goes_into_the_image():
    """So no key, no .env and no backup that lies beside it is ever copied."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if not line.startswith("#")]
    assert rules[0] == "*"
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    files = {"LICENSE", "manage.py", "requirements/base.txt", "requirements/ops.txt"}
    named = {rule[1:] for rule in rules if rule.startswith("!")}
    assert named == rooms | files | {"locale", "static", "templates"}


def test_user_of_the_image_keeps_its_numbers():
    """Volumes belong to numbers: another one in a later image could not write there."""
    text = (ROOT / "Dockerfile").read_text()
    assert "groupadd --gid 10001 wir" in text
    assert "useradd --uid 10001 --gid wir " in text


def test_proxy_finds_a_web_container_that_was_made_anew():
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    [command] = compose["services"]["proxy"]["command"]
    address, put_in = re.search(r"s/(server [\d.:]+)/(.+?)/\"", command).groups()
    assert f"{address} " in (DEPLOY / "nginx.conf").read_text()
    assert "zone wir" in put_in
    assert "resolver $$resolver" in put_in
    assert put_in.endswith("server web:8000 resolve")


def test_database_counts_as_ready_only_where_others_reach_it():
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    [_shell, test] = compose["services"]["database"]["healthcheck"]["test"]
    assert "-h 127.0.0.1" in test


def test_key_of_the_backups_reaches_their_container_alone():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    keys = {name: row.get("environment", {}).get("BACKUP_KEY") for name, row in services.items()}
    assert {name for name, key in keys.items() if key} == {"backup"}
    assert all(keys[name] == "" for name in ("set-up", "web", "worker"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_service_runs_as_a_user_without_rights(unit):
    text = unit.read_text()
    for line in ("User=wir", "NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes"):
        assert f"\n{line}\n" in text


@pytest.mark.parametrize("name", ["400", "413", "503"])
def test_page_of_the_proxy_speaks_every_language_and_loads_nothing(name):
    text = (DEPLOY / f"proxy-{name}.html").read_text()
    assert '<html lang="de">' in text
    assert 'lang="en"' in text
    assert 'lang="ar" dir="rtl"' in text
    assert not re.search(r"<(script|link|img|style)|style=", text)
