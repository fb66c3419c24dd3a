"""A picture of the first page of a PDF, drawn by a process that can do nothing else.

See pdf_first_page.py for what it may use. Only for the worker: drawing takes a second, a hostile
file as long as the limits let it.
"""

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from . import pdf_first_page

PROGRAM = Path(pdf_first_page.__file__)
# Longer than its processor time: it may have to wait for the processor, but not for ever.
SECONDS = 30


class NotDrawnError(Exception):
    """Broken, locked, or more than the limits allow: the same file will not be drawn next time."""


def first_page(file):
    """The bytes of a JPEG; `file` is open. NotDrawnError; OSError where this machine is in
    trouble, not the file.
    """
    # Both are files: the process can fill neither our memory nor a pipe that nobody reads.
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as drawn:
        file.seek(0)
        shutil.copyfileobj(file, source)
        source.seek(0)
        try:
            # Isolated (-I): nothing of this process' environment, paths or user packages.
            done = subprocess.run(  # noqa: S603 (own words)
                [sys.executable, "-I", str(PROGRAM)],
                stdin=source,
                stdout=drawn,
                stderr=subprocess.DEVNULL,
                env={},
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise NotDrawnError(f"not done after {SECONDS} seconds") from error
        if done.returncode:
            raise NotDrawnError(f"ended with {done.returncode}")
        drawn.seek(0)
        content = drawn.read(pdf_first_page.MOST_BYTES + 1)
    _look_at(content)
    return content


def _look_at(content):
    """What a hostile file may have made of the process is not believed either."""
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG"]) as picture:
            is_small = max(picture.size) <= pdf_first_page.LONGEST_EDGE
    except (OSError, ValueError) as error:
        raise NotDrawnError("no picture came out") from error
    if not is_small:
        raise NotDrawnError("the picture is too large")
