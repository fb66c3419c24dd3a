"""Draws the first page of a PDF: standard input to a JPEG at standard output.

Runs as a program of its own, started by pdf_preview.py. The PDF comes from a stranger and is read
by a library in C++, so this process knows nothing: no settings, no database, no environment. It
takes its own limits before it looks at a byte and cannot lift them. Whatever goes wrong ends it,
and its exit code is all that anybody asks for.
"""

import math
import resource
import sys

LONGEST_EDGE = 1000
MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 10
MOST_BYTES = 2 * 1024 * 1024
LIMITS = {
    resource.RLIMIT_AS: MEMORY,
    resource.RLIMIT_CPU: CPU_SECONDS,
    resource.RLIMIT_FSIZE: MOST_BYTES,
    resource.RLIMIT_CORE: 0,
}


def limit():
    for what, most in LIMITS.items():
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def scale_of(width, height):
    """So that no edge is longer than LONGEST_EDGE pixels, whatever the page says of itself."""
    if not (math.isfinite(width) and math.isfinite(height) and width > 0 and height > 0):
        raise ValueError("A page without a size")
    return LONGEST_EDGE / max(width, height)


def draw(source, target):
    import pypdfium2

    document = pypdfium2.PdfDocument(source.read())
    # What was filled in stands in fields; without this they are drawn empty.
    if document.get_formtype():
        document.init_forms()
    page = document[0]
    picture = page.render(scale=scale_of(*page.get_size())).to_pil()
    # A picture is told by its edges: rounding may add a pixel.
    picture.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    picture.convert("RGB").save(target, "JPEG", quality=82, optimize=True)


if __name__ == "__main__":
    limit()
    draw(sys.stdin.buffer, sys.stdout.buffer)
