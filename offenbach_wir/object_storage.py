"""Files in an S3-compatible storage, behaving as files in a folder do.

Reading is streamed and can be wound back, names are never overwritten, trouble is an OSError. The
storage itself hands nothing out: public files have the portal's own address, private ones none.
"""

import functools
import io

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import SuspiciousFileOperation, SuspiciousOperation
from django.core.files.base import File
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

from .file_storage import StorageAwayError

BUFFER = 256 * 1024
CONNECT_SECONDS, READ_SECONDS = 3, 20
NOT_THERE = ("404", "NoSuchKey", "NotFound")
# What the storage says to a name it could never have given.
NO_NAME = ("KeyTooLongError", "InvalidURI", "400")


def _translated(method):
    """Trouble of the storage as the kind of OSError that callers know from folders."""

    @functools.wraps(method)
    def careful(self, *args, **kwargs):
        try:
            return method(self, *args, **kwargs)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in (*NOT_THERE, *NO_NAME):
                raise FileNotFoundError(code) from error
            # Neither the address nor the keys: this text is logged.
            raise StorageAwayError(f"The storage refuses: {code}") from error
        except BotoCoreError as error:
            raise StorageAwayError(f"The storage is away: {type(error).__name__}") from error

    return careful


class Streamed(io.RawIOBase):
    """An object read piece by piece over one connection; winding it opens another."""

    def __init__(self, client, where, size):
        self._client, self._where, self._size = client, where, size
        self._at, self._body = 0, None

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self._at

    def seek(self, offset, whence=io.SEEK_SET):
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("Before the beginning")
        if start + offset != self._at:
            self._let_go()
            self._at = start + offset
        return self._at

    @_translated
    def readinto(self, target):
        if self._at >= self._size:
            return 0
        if self._body is None:
            found = self._client.get_object(**self._where, Range=f"bytes={self._at}-")
            self._body = found["Body"]
        data = self._body.read(len(target))
        if not data:
            raise StorageAwayError("The storage ended in the middle of a file")
        target[: len(data)] = data
        self._at += len(data)
        return len(data)

    def _let_go(self):
        if self._body is not None:
            self._body.close()
            self._body = None

    def close(self):
        self._let_go()
        super().close()


class ObjectFile(File):
    """As a file of a folder it can be opened again after it was closed."""

    def __init__(self, reader, name):
        self._reader = reader
        super().__init__(reader(), name)

    @property
    def size(self):
        at = self.file.tell()
        size = self.file.seek(0, io.SEEK_END)
        self.file.seek(at)
        return size

    def open(self, mode="rb"):
        if self.closed:
            self.file = self._reader()
        else:
            self.seek(0)
        return self


class ObjectStorage(S3Storage):
    def __init__(self, *, base_url=None, addressing_style="path", **options):
        self.base_url = base_url
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"max_attempts": 2, "mode": "standard"},
            signature_version="s3v4",
            s3={"addressing_style": addressing_style},
            # Checksums of a newer kind, which many storages do not know yet.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(
            client_config=config, default_acl=None, file_overwrite=False, gzip=False, **options
        )

    def url(self, name, **kwargs):
        if self.base_url is None:
            raise ValueError("This file is not accessible via a URL.")
        return self.base_url + filepath_to_uri(name).lstrip("/")

    def _normalize_name(self, name):
        try:
            return super()._normalize_name(name)
        except SuspiciousOperation as error:
            raise SuspiciousFileOperation(str(error)) from error

    @_translated
    def _open(self, name, mode="rb"):
        if mode != "rb":
            raise ValueError("Stored files are never changed, only read.")
        client = self.connection.meta.client
        where = {"Bucket": self.bucket_name, "Key": self._normalize_name(name)}
        size = client.head_object(**where)["ContentLength"]
        return ObjectFile(lambda: io.BufferedReader(Streamed(client, where, size), BUFFER), name)

    _save = _translated(S3Storage._save)
    exists = _translated(S3Storage.exists)
    listdir = _translated(S3Storage.listdir)
    size = _translated(S3Storage.size)
    get_modified_time = _translated(S3Storage.get_modified_time)

    @_translated
    def delete(self, name):
        """Nothing where it is gone already, as with folders."""
        super().delete(name)
