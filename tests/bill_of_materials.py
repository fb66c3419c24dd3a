"""`make sbom`: writes var/sbom.json, a bill of materials in CycloneDX.

Names, versions, licences and who needs whom come from the installed packages; what is needed to
run ("required"), optional, or for tests only ("excluded") from the list each is pinned in.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.packages import LISTS, pinned_once

TARGET = ROOT / "var" / "sbom.json"


def normal(name):
    """One spelling of a package's name: "et_xmlfile" and "et-xmlfile" are the same."""
    return re.sub(r"[-_.]+", "-", name).lower()


def bill():
    """What is installed and pinned; what else lies in the environment is no part of the portal."""
    command = [str(Path(sys.executable).parent / "cyclonedx-py"), "environment", sys.executable]
    command += ["--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible"]
    written = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return narrowed(json.loads(written))


def narrowed(bill):
    scopes = {
        normal(package.name): LISTS[which]
        for which, packages in pinned_once().items()
        for package in packages
    }
    kept = [part for part in bill["components"] if normal(part["name"]) in scopes]
    for part in kept:
        part["scope"] = scopes[normal(part["name"])]
    root = bill["metadata"]["component"]["bom-ref"]
    known = {root} | {part["bom-ref"] for part in kept}
    dependencies = [
        line | {"dependsOn": [ref for ref in line.get("dependsOn", ()) if ref in known]}
        for line in bill["dependencies"]
        if line["ref"] in known
    ]
    return bill | {"components": kept, "dependencies": dependencies}


def main():
    TARGET.parent.mkdir(exist_ok=True)
    found = bill()
    TARGET.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(found['components'])} packages in {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
