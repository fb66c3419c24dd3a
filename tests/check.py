"""`make check`: lint, formats, import directions, migrations, catalogues, deploy, advisories."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import audit

BIN = Path(sys.executable).parent
PRODUCTION = {
    "WIR_MODE": "production",
    "SECRET_KEY": "only-for-the-deploy-check-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "wir.example.org",
    "DATABASE_URL": "postgres://wir@127.0.0.1:5432/wir",
    "PORTAL_URL": "https://wir.example.org",
    "OFFICE_EMAIL": "wir@offenbach.de",
    "DEFAULT_FROM_EMAIL": "WIR-Portal <wir@offenbach.de>",
}
FORBIDDEN_FILES = ("uv.lock", "poetry.lock", "Pipfile.lock", "package-lock.json")


def run(name, *command, **environment):
    result = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=os.environ | {"WIR_MODE": "demo"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return report(name, result.returncode == 0, result.stdout + result.stderr)


def report(name, fine, details=""):
    print(f"  {'ok    ' if fine else 'FAILED'}  {name}", flush=True)
    if not fine:
        print(details)
    return fine


def left_out(name, why):
    print(f"  left out: {name}: {why}", flush=True)


def tracked(*endings):
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    return [name for name in listed if name.endswith(endings) and (ROOT / name).exists()]


def catalogues():
    """Every string translated in every language that is switched on, none of them in doubt."""
    import polib

    problems = []
    for path in sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po")):
        catalogue = polib.pofile(str(path))
        for entry in catalogue.untranslated_entries() + catalogue.fuzzy_entries():
            problems.append(f"{path.relative_to(ROOT)}: “{entry.msgid[:70]}”")
        if "nplurals=INTEGER" in catalogue.metadata.get("Plural-Forms", "nplurals=INTEGER"):
            problems.append(f"{path.relative_to(ROOT)}: Plural-Forms is a placeholder")
    return report("catalogues complete", not problems, "\n".join(problems))


def advisories():
    """No known advisory against a pinned package; what could not be asked about is said aloud."""
    findings = audit.audit()
    name = "no advisories against packages"
    if findings.left_out:
        left_out(name, findings.left_out)
        return True
    if findings.unknown:
        left_out(name, f"the service knows nothing of {', '.join(findings.unknown)}")
    return report(
        f"{name} ({findings.asked} asked about)",
        not findings.advisories,
        "\n".join(findings.advisories),
    )


def main():
    python = sys.executable
    templates = tracked(".html")
    results = [
        run("ruff lint", BIN / "ruff", "check", "."),
        run("ruff format", BIN / "ruff", "format", "--check", "."),
        run("template format", BIN / "djade", "--check", "--target-version", "5.2", *templates),
        run("import directions", BIN / "lint-imports", "--no-cache"),
        run("missing migrations", python, "manage.py", "makemigrations", "--check", "--dry-run"),
        run(
            "deploy check",
            *(python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"),
            **PRODUCTION,
        ),
        catalogues(),
        report("no lock files with addresses", not tracked(*FORBIDDEN_FILES)),
        advisories(),
    ]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
