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
# One of Django's own, by an option.
OPTION = re.compile(r"(?:manage\.py|wir-manage)\"?,? \"?([a-z_]+)((?: --[a-z-]+)*)")


def commands_in(path):
    return {(name, *options.split()) for name, options in OPTION.findall(path.read_text())}


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
