"""What the portal stands on: pinned by hash, asked about, listed with its licences."""

import json
import re
from pathlib import Path

import pytest

from tests import audit, bill_of_materials, licences, packages

ROOT = Path(__file__).resolve().parents[2]
DEAD_ENDS = json.dumps(
    {"dependencies": [{"name": name, "skip_reason": "not found"} for name in ("django", "nh3")]}
)
FOUND = {"id": "PYSEC-1", "fix_versions": ["5.2.20"], "aliases": [], "description": ""}


@pytest.mark.parametrize("which", packages.LISTS)
def test_every_package_is_pinned_with_its_hashes(which):
    text = (packages.REQUIREMENTS / f"{which}.txt").read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=\S)", text) if not entry.startswith("#")]
    assert len(packages.pinned(which)) == len(entries) > 0
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize("which", packages.LISTS)
def test_lists_name_no_address_to_install_from(which):
    for ending in ("in", "txt"):
        text = (packages.REQUIREMENTS / f"{which}.{ending}").read_text(encoding="utf-8")
        assert not re.search(r"https?:|--(?:extra-)?index-url[ =]|--find-links", text)


def test_package_in_several_lists_has_one_version():
    versions = {}
    for which in packages.LISTS:
        for package in packages.pinned(which):
            versions.setdefault(package.name, set()).add(package.version)
    assert {name for name, found in versions.items() if len(found) > 1} == set()


def test_advisory_is_told_with_the_version_that_mends_it():
    answer = {"dependencies": [{"name": "django", "version": "5.2.19", "vulns": [FOUND]}]}
    findings = audit.read(json.dumps(answer))
    assert findings.advisories == ["django 5.2.19: PYSEC-1, fixed in 5.2.20"]
    assert not findings.left_out


@pytest.mark.parametrize("answer", ["", "no such host", "[]", DEAD_ENDS])
def test_service_that_was_not_reached_is_not_taken_for_safe(answer):
    assert audit.read(answer).left_out == audit.UNREACHABLE


def test_package_the_service_does_not_know_is_named():
    known = {"name": "django", "version": "5.2.19", "vulns": []}
    unknown = {"name": "nh3", "skip_reason": "not found"}
    findings = audit.read(json.dumps({"dependencies": [known, unknown]}))
    assert (findings.asked, findings.unknown, findings.left_out) == (1, ["nh3"], "")


def test_every_accepted_advisory_has_its_reason():
    assert all(len(why) > 20 for why in audit.ACCEPTED.values())


def test_list_of_licences_is_up_to_date():
    assert (ROOT / "docs" / "licences.md").read_text(encoding="utf-8") == licences.page(), (
        "Please renew it: .venv/bin/python tests/licences.py > docs/licences.md"
    )


def test_every_licence_with_conditions_is_explained():
    named = {
        package.name
        for found in packages.pinned_once().values()
        for package in found
        if licences.has_conditions(licences.licence_of(package.name))
    }
    assert named == set(licences.FINE_BECAUSE)


def test_every_package_names_a_licence():
    found = [package.name for part in packages.pinned_once().values() for package in part]
    assert [name for name in found if not licences.licence_of(name)] == []


@pytest.mark.parametrize(
    "licence", ["AGPL-3.0-only", "GPLv3", "LGPL", "GNU General Public License (GPL)", "MPL-2.0"]
)
def test_licence_with_conditions_is_recognised(licence):
    assert licences.has_conditions(licence)


def test_bill_of_materials_holds_what_is_pinned_and_nothing_else():
    part = {"version": "1", "bom-ref": "", "type": "library"}
    bill = {
        "metadata": {"component": {"bom-ref": "root"}},
        "components": [
            part | {"name": "Django", "bom-ref": "d"},
            part | {"name": "redis", "bom-ref": "r"},
            part | {"name": "pytest", "bom-ref": "p"},
            part | {"name": "somebody-elses", "bom-ref": "s"},
        ],
        "dependencies": [{"ref": "d", "dependsOn": ["s", "r"]}, {"ref": "s"}],
    }
    found = bill_of_materials.narrowed(bill)
    assert {(part["name"], part["scope"]) for part in found["components"]} == {
        ("Django", "required"),
        ("redis", "optional"),
        ("pytest", "excluded"),
    }
    assert found["dependencies"] == [{"ref": "d", "dependsOn": ["r"]}]


def test_bill_of_materials_lists_all_that_is_installed_of_the_portal():
    bill = bill_of_materials.bill()
    listed = {bill_of_materials.normal(part["name"]) for part in bill["components"]}
    always = {package.name for package in packages.pinned("base") if not package.marker}
    assert bill["bomFormat"] == "CycloneDX"
    assert always <= listed
