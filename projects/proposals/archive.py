"""Files as one ZIP, written while it is sent: of each no more than a part is in memory."""

import hashlib
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from django.http import StreamingHttpResponse
from django.utils import timezone

CHUNK = 64 * 1024


@dataclass(frozen=True)
class Member:
    """A file of the ZIP; `opened` gives something to read from once its turn has come."""

    name: str
    size: int
    opened: Callable


def stored(name, file, size=0):
    """A member that lies in a storage."""
    return Member(name, size, lambda: file.storage.open(file.name, "rb"))


def of_bytes(name, content):
    def opened():
        file = tempfile.TemporaryFile()  # noqa: SIM115
        file.write(content)
        file.seek(0)
        return file

    return Member(name, len(content), opened)


def of_text(name, text):
    return of_bytes(name, text.encode())


class _Parts:
    """What the ZIP writes into; it cannot be wound back, so the ZIP keeps nothing of it."""

    def __init__(self):
        self._parts = []

    def write(self, data):
        self._parts.append(bytes(data))
        return len(data)

    def flush(self):
        pass

    def taken(self):
        parts, self._parts = self._parts, []
        return b"".join(parts)


def streamed(members, moment, *, checksums=""):
    """The bytes of the ZIP in parts; the same members and moment give the same bytes.

    `moment` is what every file carries as its time. With a name in `checksums` a last file of that
    name lists the SHA-256 of the others, as sha256sum writes and checks it.
    """
    parts, sums = _Parts(), []
    with zipfile.ZipFile(parts, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for member in members:
            digest = hashlib.sha256()
            for _written in _add(archive, member, moment, digest):
                yield parts.taken()
            sums.append(f"{digest.hexdigest()}  {member.name}\n")
        if checksums:
            last = of_text(checksums, "".join(sums))
            for _written in _add(archive, last, moment, hashlib.sha256()):
                yield parts.taken()
    yield parts.taken()


def _add(archive, member, moment, digest):
    """Writes the member part by part and stops after each."""
    entry = entry_of(member.name, moment)
    entry.file_size = member.size
    with member.opened() as source, archive.open(entry, "w") as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            target.write(chunk)
            yield


def entry_of(name, moment):
    """What the ZIP says of a file, the same on every machine."""
    entry = zipfile.ZipInfo(name, timezone.localtime(moment).timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    entry.create_system = 3
    return entry


def to_take_along(parts, stem):
    """The answer that sends a ZIP file while it is made; nobody on the way stores it."""
    response = StreamingHttpResponse(parts, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{stem}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response
