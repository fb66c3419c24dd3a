"""Sealed streams: what comes out is what went in, or nothing is believed."""

import io
import tracemalloc

import pytest

from offenbach_wir.backup import BackupError, archive, keys
from offenbach_wir.backup.sealed import (
    HEAD_BYTES,
    PIECE,
    TAG_BYTES,
    BrokenBackupError,
    SealedReader,
    SealedWriter,
)

KEY = keys.Key(bytes(range(32)))
OTHER = keys.Key(bytes(32))
SEALED_PIECE = PIECE + TAG_BYTES
THREE_PIECES = b"".join(bytes([n]) * PIECE for n in (1, 2)) + b"the end"


def sealed(content, key=KEY):
    file = io.BytesIO()
    writer = SealedWriter(file, key)
    writer.write(content)
    writer.finish()
    return file.getvalue()


def opened(content, *opening):
    return SealedReader(io.BytesIO(content), opening or (KEY,)).read()


def pieces(content):
    """(head, [sealed pieces])"""
    body = content[HEAD_BYTES:]
    cut = [body[n : n + SEALED_PIECE] for n in range(0, len(body), SEALED_PIECE)]
    return content[:HEAD_BYTES], cut


def assert_refused(content):
    with pytest.raises(BrokenBackupError):
        opened(content)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 5])
def test_what_was_sealed_comes_back(size):
    content = (b"0123456789" * (size // 10 + 1))[:size]
    assert opened(sealed(content)) == content


def test_nothing_of_the_content_can_be_read_in_it():
    assert b"Ada Beispiel" not in sealed(b"Ada Beispiel" * 1000)


def test_same_content_is_sealed_differently_each_time():
    assert sealed(b"x")[HEAD_BYTES:] != sealed(b"x")[HEAD_BYTES:]


def test_control_pieces_put_together_again_are_the_same():
    head, cut = pieces(sealed(THREE_PIECES))
    assert len(cut) == 3
    assert opened(head + b"".join(cut)) == THREE_PIECES


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 2, 1), (0, 0, 2), (0, 2), (1, 2), (0, 1, 1, 2)])
def test_pieces_in_another_order_are_refused(order):
    head, cut = pieces(sealed(THREE_PIECES))
    assert_refused(head + b"".join(cut[n] for n in order))


@pytest.mark.parametrize("left", [0, 1, 2])
def test_backup_cut_off_between_two_pieces_is_refused(left):
    head, cut = pieces(sealed(THREE_PIECES))
    assert_refused(head + b"".join(cut[:left]))


@pytest.mark.parametrize("cut_off", [1, 10, SEALED_PIECE - 1, 2 * SEALED_PIECE + 3])
def test_backup_cut_off_anywhere_is_refused(cut_off):
    assert_refused(sealed(THREE_PIECES)[:-cut_off])


@pytest.mark.parametrize("more", [b"x", b"x" * SEALED_PIECE])
def test_something_added_behind_is_refused(more):
    assert_refused(sealed(THREE_PIECES) + more)


@pytest.mark.parametrize(
    "place", [len(b"WIR backup 1\n") + 9, HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + PIECE, -1]
)
def test_single_changed_bit_is_refused(place):
    content = bytearray(sealed(THREE_PIECES))
    content[place] ^= 1
    assert_refused(bytes(content))


def test_pieces_of_another_backup_are_refused():
    head, _cut = pieces(sealed(THREE_PIECES))
    _head, cut = pieces(sealed(THREE_PIECES))
    assert_refused(head + b"".join(cut))


def test_other_key_is_named_by_its_number():
    with pytest.raises(BackupError, match=KEY.number.hex()):
        opened(sealed(b"x"), OTHER)


def test_former_keys_still_open():
    assert opened(sealed(b"x"), OTHER, KEY) == b"x"


@pytest.mark.parametrize("content", [b"", b"WIR backup 1\n", b"PK\x03\x04" * 100])
def test_file_of_another_kind_is_refused(content):
    assert_refused(content)


def test_memory_does_not_grow_with_what_is_sealed():
    class Nowhere(io.RawIOBase):
        def write(self, data):
            return len(data)

    writer, piece = SealedWriter(Nowhere(), KEY), bytes(PIECE)
    tracemalloc.start()
    try:
        for _n in range(40):
            writer.write(piece)
        writer.finish()
        assert tracemalloc.get_traced_memory()[1] < 8 * PIECE
    finally:
        tracemalloc.stop()


# --- Keys -------------------------------------------------------------------------------------
def test_new_keys_differ_and_are_read():
    first, second = keys.read(f"{keys.new_key()},{keys.new_key()}")
    assert first != second
    assert len(first.secret) == 32


def test_key_file_may_hold_a_line_of_the_environment():
    text = keys.new_key()
    assert keys.read(f"BACKUP_KEY={text}\n") == keys.read(text)


@pytest.mark.parametrize("text", ["", "geheim", "wir-backup-key-1:", "wir-backup-key-1:AAAA"])
def test_anything_else_is_no_key(text):
    with pytest.raises(BackupError, match="--new-key"):
        keys.read(text)


def test_key_does_not_show_itself():
    assert KEY.secret.hex() not in repr(KEY)


# --- What lies in it --------------------------------------------------------------------------
def packed(change=None, **files):
    """A stream with those parts and its manifest, which `change` may spoil before it is written."""
    stream = io.BytesIO()
    with archive.ArchiveWriter(stream) as writer:
        for name, content in files.items():
            writer.add_bytes(name, content)
        if change is not None:
            change(writer.added)
        writer.finish({"format": 1})
    stream.seek(0)
    return stream


def test_manifest_knows_every_part():
    manifest = archive.verified(packed(one=b"1", two=b"22"))
    assert {name: part["bytes"] for name, part in manifest["parts"].items()} == {"one": 1, "two": 2}


@pytest.mark.parametrize(
    "change",
    [
        lambda added: added.pop("two"),
        lambda added: added.update(three={"bytes": 0, "sha256": ""}),
        lambda added: added["one"].update(bytes=2),
        lambda added: added["one"].update(sha256="0" * 64),
    ],
)
def test_part_that_is_not_as_the_manifest_says_is_refused(change):
    with pytest.raises(BrokenBackupError):
        archive.verified(packed(change, one=b"1", two=b"22"))


def test_backup_without_a_manifest_is_refused():
    stream = io.BytesIO()
    archive.ArchiveWriter(stream).add_bytes("one", b"1" * archive.READ * 3)
    stream.seek(0)
    with pytest.raises(BrokenBackupError):
        archive.verified(stream)


def test_dump_of_several_parts_is_one_stream_again():
    content = bytes(range(256)) * (archive.PART // 256) + b"and more"
    stream = io.BytesIO()
    with archive.ArchiveWriter(stream) as writer:
        whole = writer.add_dump(io.BytesIO(content))
        writer.add_bytes("files/default/x", b"not of the dump")
        writer.finish({})
    assert len(writer.added) == 4
    assert whole["bytes"] == len(content)
    stream.seek(0)
    assert archive.DumpReader(stream).read() == content
