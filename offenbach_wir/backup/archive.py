"""What lies in a sealed stream: a tar of parts, the last of which is the manifest.

The tar is ordinary, so that a backup can be read without the portal once it is unsealed.
"""

import contextlib
import hashlib
import io
import itertools
import json
import tarfile

from .sealed import BrokenBackupError

MANIFEST = "manifest.json"
DATABASE = "database/"
FILES = "files/"
# The size of a database's dump is not known beforehand, a tar asks for it: so it comes in parts.
PART = 4 * 1024 * 1024
READ = 256 * 1024


class ArchiveWriter:
    """Adds parts and remembers what they were: {name: {"bytes": n, "sha256": …}}."""

    def __init__(self, stream):
        self._tar = tarfile.open(fileobj=stream, mode="w|", bufsize=READ)  # noqa: SIM115 (closed with the archive)
        self.added = {}

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is not None:
            # Else the rest of the stream would be written when it is cleared away.
            self._tar.fileobj.closed = True

    def add(self, name, file, size):
        measured = Measured(file)
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        self._tar.addfile(info, measured)
        self.added[name] = measured.result()

    def add_bytes(self, name, content):
        self.add(name, io.BytesIO(content), len(content))

    def add_dump(self, stream):
        """All of a stream of unknown length; returns what it was as a whole."""
        whole, n = Measured(stream), 0
        while part := whole.read_full(PART):
            self.add_bytes(f"{DATABASE}{n:06}", part)
            n += 1
        return whole.result()

    def finish(self, manifest):
        content = json.dumps(manifest | {"parts": self.added}, ensure_ascii=False).encode()
        self.add_bytes(MANIFEST, content)
        self._tar.close()


class Measured:
    """Counts and sums up what is read through it."""

    def __init__(self, file):
        self._file, self._sum, self.bytes = file, hashlib.sha256(), 0

    def read(self, size=-1):
        data = self._file.read(size)
        self._sum.update(data)
        self.bytes += len(data)
        return data

    def read_full(self, size):
        """As `read`, but short only at the end: a pipe gives what it has."""
        pieces, wanted = [], size
        while wanted and (piece := self.read(wanted)):
            pieces.append(piece)
            wanted -= len(piece)
        return b"".join(pieces)

    def read_all(self):
        while self.read(READ):
            pass

    def result(self):
        return {"bytes": self.bytes, "sha256": self._sum.hexdigest()}


@contextlib.contextmanager
def _damage_told():
    try:
        yield
    except tarfile.TarError as error:
        raise BrokenBackupError(f"This backup cannot be read: {error}.") from error


def parts(stream):
    """(name, file) of each part in turn; each must be read before the next one is asked for."""
    with _damage_told(), tarfile.open(fileobj=stream, mode="r|", bufsize=READ) as tar:
        for info in tar:
            if not info.isreg():
                raise BrokenBackupError(f"This backup holds something unexpected: {info.name!r}.")
            yield info.name, tar.extractfile(info)
            # A stream's list of members would grow with the archive.
            tar.members = []
    # What comes after the tar belongs to what is sealed as well.
    while stream.read(READ):
        pass


@_damage_told()
def verified(stream):
    """The manifest, once everything was read and is what the manifest says."""
    found, manifest = {}, None
    for name, file in parts(stream):
        if manifest is not None or name in found:
            raise BrokenBackupError(f"This backup holds {name!r} where it does not belong.")
        if name == MANIFEST:
            manifest = json.loads(file.read())
        else:
            measured = Measured(file)
            measured.read_all()
            found[name] = measured.result()
    if manifest is None:
        raise BrokenBackupError("This backup has no manifest.")
    said = manifest["parts"]
    if wrong := sorted(n for n in {*said, *found} if said.get(n) != found.get(n)):
        raise BrokenBackupError(f"This backup is not what its manifest says: {wrong[0]!r}.")
    return manifest


class DumpReader(io.RawIOBase):
    """The database's dump out of its parts, which come first, as one stream."""

    def __init__(self, stream):
        dump = itertools.takewhile(lambda part: part[0].startswith(DATABASE), parts(stream))
        self._files = (file for _name, file in dump)
        self._file = next(self._files, None)

    def readable(self):
        return True

    def readinto(self, buffer):
        while self._file is not None:
            data = self._file.read(len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)
            self._file = next(self._files, None)
        return 0
