"""The JSON Schema of what a version holds (snapshot.FORMAT): a fixed file, published and handed
over. What would break a reader gets a new format and a schema of its own; this one stays.
"""

import functools
from pathlib import Path

NAME = "wir-proposal-1.schema.json"
_FILE = Path(__file__).parent / "schema" / "wir-proposal-1.json"


@functools.cache
def content():
    """The bytes of the file."""
    return _FILE.read_bytes()
