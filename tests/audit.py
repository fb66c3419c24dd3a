"""Asks a service for advisories about the pinned packages. Part of `make check`.

What could not be asked about is never taken for safe: pip-audit says "No known vulnerabilities"
also where it reached nobody, and gives the reason beside each package.
"""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.packages import LISTS, REQUIREMENTS

# Advisories that do not concern the portal: {number: why}. Looked through at each update.
ACCEPTED = {}
LONGEST_SECONDS = 120
UNREACHABLE = "advisory service not reachable"


@dataclass
class Findings:
    """`advisories` are sentences; `unknown` are names of packages nobody could tell us about."""

    asked: int = 0
    advisories: list = field(default_factory=list)
    unknown: list = field(default_factory=list)
    left_out: str = ""


def audit():
    lists = [part for which in LISTS for part in ("-r", str(REQUIREMENTS / f"{which}.txt"))]
    accepted = [part for number in ACCEPTED for part in ("--ignore-vuln", number)]
    command = [str(Path(sys.executable).parent / "pip-audit"), "--format", "json", "--disable-pip"]
    command += ["--require-hashes", "--progress-spinner", "off", "--timeout", "10"]
    try:
        answer = subprocess.run(
            [*command, *lists, *accepted],
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=False,
        ).stdout
    except subprocess.TimeoutExpired:
        answer = ""
    return read(answer)


def read(answer):
    """Findings of what pip-audit wrote; nothing readable means that it reached nobody."""
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Findings(left_out=UNREACHABLE)
    findings = Findings()
    for package in packages:
        if "skip_reason" in package:
            findings.unknown.append(package["name"])
            continue
        findings.asked += 1
        for advisory in package["vulns"]:
            fixed = ", ".join(advisory["fix_versions"]) or "no version yet"
            findings.advisories.append(
                f"{package['name']} {package['version']}: {advisory['id']}, fixed in {fixed}"
            )
    if not findings.asked:
        findings.left_out = UNREACHABLE
    return findings
