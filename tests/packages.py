"""The packages that the portal is pinned to, as requirements/*.txt say."""

import re
from dataclasses import dataclass
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements"
PINNED = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?: ; (?P<marker>.+))? \\$", re.MULTILINE)


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    # Where it is needed: "sys_platform == 'win32'"; empty: everywhere.
    marker: str


# {list: its scope in a bill of materials}
LISTS = {"base": "required", "ops": "optional", "dev": "excluded"}


def pinned(which):
    """The packages of one list, in its order."""
    text = (REQUIREMENTS / f"{which}.txt").read_text(encoding="utf-8")
    return [Package(*found.group(1, 2), found["marker"] or "") for found in PINNED.finditer(text)]


def pinned_once():
    """{list: packages}, each package in the first list that needs it."""
    known, lists = set(), {}
    for which in LISTS:
        lists[which] = [package for package in pinned(which) if package.name not in known]
        known |= {package.name for package in lists[which]}
    return lists
