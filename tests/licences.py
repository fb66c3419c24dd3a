"""Prints docs/licences.md from what the installed packages say about themselves:

.venv/bin/python tests/licences.py > docs/licences.md
"""

import importlib.metadata
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.packages import pinned_once

# Needed on some machines only, so that not every machine can be asked.
SOMETIMES = {"async-timeout": "Apache-2.0", "colorama": "BSD-3-Clause"}
# What a package's data does not say, or says in a way that cannot be read.
UNSAID = {
    "axe-playwright-python": "MIT; the axe-core in it MPL-2.0",
    "django-zeal": "MIT",
    "pypdfium2": "BSD-3-Clause, Apache-2.0, and those of the PDFium in it",
    "python-dateutil": "Apache-2.0 or BSD-3-Clause",
    "qrcode": "BSD-3-Clause",
    "text-unidecode": "Artistic-1.0 or GPL-2.0-or-later",
}
# Licences with conditions on passing on, and why the portal keeps them.
CONDITIONS = re.compile(r"\b(A?L?GPL|MPL|EUPL|EPL|CDDL|CC-BY-SA|OSL|SSPL)|General Public|Mozilla")
FINE_BECAUSE = {
    "axe-playwright-python": "Runs in tests only; it is not passed on with the portal.",
    "certifi": "A list of certificate authorities, used unchanged; MPL covers its own files only.",
    "fido2": "Its own code is BSD; MPL covers the list of public suffixes in it, used unchanged.",
    "fqdn": "Runs in checks only, unchanged.",
    "hypothesis": "Runs in tests only, unchanged.",
    "psycopg2-binary": "Imported unchanged as a library that anybody can exchange, as LGPL asks; "
    "the portal's own code stays MIT. Whoever passes on an image passes on this licence with it.",
    "python-stdnum": "As psycopg2-binary.",
    "text-unidecode": "Taken under the Artistic licence, which it offers too; runs in tests only.",
}
TITLES = {
    "base": "Needed to run (requirements/base.txt)",
    "ops": "Optional (requirements/ops.txt)",
    "dev": "Tests and checks only (requirements/dev.txt)",
}
PAGE = """\
# Licences of the packages

Printed from what the packages say about themselves by
`.venv/bin/python tests/licences.py > docs/licences.md`; what is done about
[dependencies](dependencies.md). The portal itself: MIT.
"""


def licence_of(name):
    if name in SOMETIMES | UNSAID:
        return (SOMETIMES | UNSAID)[name]
    said = importlib.metadata.metadata(name)
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in said.get_all("Classifier") or ()
        if line.startswith("License :: ")
    ]
    # The shortest that is exact: an SPDX expression, a short field, else what the index sorts by.
    field = (said.get("License") or "").strip()
    exact = field if re.fullmatch(r"[A-Z0-9][\w.+-]*\d[\w.+-]*|MIT", field) else ""
    return said.get("License-Expression") or exact or ", ".join(classifiers) or field


def has_conditions(licence):
    return bool(CONDITIONS.search(licence))


def page():
    lists = {
        which: [(package.name, licence_of(package.name)) for package in packages]
        for which, packages in pinned_once().items()
    }
    parts = [PAGE, "## With conditions on passing on\n", "| package | licence | why it is fine |"]
    parts.append("|---|---|---|")
    parts += [
        f"| {name} | {licence} | {FINE_BECAUSE.get(name, '')} |"
        for packages in lists.values()
        for name, licence in packages
        if has_conditions(licence)
    ]
    for which, packages in lists.items():
        parts += [f"\n## {TITLES[which]}\n", "| package | licence |", "|---|---|"]
        parts += [f"| {name} | {licence} |" for name, licence in packages]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    print(page(), end="")
