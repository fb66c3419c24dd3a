"""One stylesheet for the browser from the layers in static/css/, and the storage that names it.

The layers are joined in their order whenever one of them is newer than the joined file; there is
no build step to remember.
"""

import re

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

LAYERS = (
    "tokens",
    "base",
    "layout",
    "components",
    "booking",
    "proposals",
    "writing",
    "differences",
    "print",
)
SOURCES = settings.BASE_DIR / "static" / "css"
BUILT = settings.VAR_DIR / "stylesheet"
NAME = "css/portal.css"


def joined():
    css = "\n".join((SOURCES / f"{layer}.css").read_text() for layer in LAYERS)
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    return re.sub(r"\s*\n\s*", "\n", css).strip() + "\n"


def build():
    target = BUILT / NAME
    newest = max((SOURCES / f"{layer}.css").stat().st_mtime for layer in LAYERS)
    if not target.exists() or target.stat().st_mtime < newest:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_suffix(".new")
        temporary.write_text(joined())
        temporary.replace(target)
    return target


class StylesheetFinder(BaseFinder):
    def find(self, path, find_all=False, **kwargs):
        if path != NAME:
            return []
        found = str(build())
        return [found] if find_all else found

    def list(self, ignore_patterns):
        build()
        yield NAME, FileSystemStorage(location=BUILT)

    def check(self, **kwargs):
        return []


class PortalStaticFilesStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
