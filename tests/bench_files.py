"""What an enclosure of 20 MB costs: memory while it is checked, kept and sent, and CPU. Then what
a file of 60 MB for the granting authority costs while it is made for its checksum and sent.

    python tests/bench_files.py

Each kind in a process of its own, because what counts is the highest memory it ever had. Nothing
holds the file itself; with pictures the unpacked pixels show.
"""

import os
import random
import subprocess
import sys
import time
import tracemalloc
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
MB = 1024 * 1024
KINDS = ("pdf", "docx", "xlsx", "jpg", "png")
HANDOVER = "hand-over 60 MB"


def enclosure_of_20_mb():
    """A line for each kind: growth of the process, Python's own part of it, CPU."""
    print("enclosure of 20 MB    file MB   peak MB  Python MB     CPU s", flush=True)
    for kind in KINDS:
        subprocess.run([sys.executable, __file__, kind], cwd=ROOT, check=True)
    subprocess.run([sys.executable, __file__, HANDOVER], cwd=ROOT, check=True)


def measure(kind):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    run = sum_up_and_send if kind == HANDOVER else check_keep_and_send
    run(kind, 200_000)  # what is imported and kept once is no cost of a file
    file = None if kind == HANDOVER else made(kind, 20 * MB - 100_000)
    tracemalloc.start()
    before, started = memory_now(), time.process_time()
    size = run(kind, 20 * MB, file) / MB
    seconds, growth = time.process_time() - started, highest_memory() - before
    _now, python = tracemalloc.get_traced_memory()
    print(f"{kind:20}{size:>9.1f}{growth:>10.1f}{python / MB:>11.1f}{seconds:>10.1f}", flush=True)


def sum_up_and_send(_kind, size, _file=None):
    """Three enclosures of that size, and the schema, as handover_files.zip_of puts them in."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import storages
    from django.utils import timezone

    from projects.proposals import archive, handover_files, published_schema

    storage = storages["private"]
    names = []
    for _n in range(3):
        # In a process of its own, so that making it is no part of the figure.
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            name = storage.save("enclosures/bench.bin", ContentFile(random.randbytes(size)))
            os.write(writing, name.encode())
            os._exit(0)
        os.waitpid(child, 0)
        names.append(os.read(reading, 500).decode())
    try:
        members = [archive.stored(f"{n}.bin", _Stored(storage, n), size) for n in names]
        members.append(archive.of_bytes(published_schema.NAME, published_schema.content()))
        file = handover_files.HandoverFile("x", tuple(members), (), timezone.now())
        file.checksum()
        return sum(len(piece) for piece in file)
    finally:
        for name in names:
            storage.delete(name)


class _Stored:
    """A file in a storage, as the field of a row gives it."""

    def __init__(self, storage, name):
        self.storage, self.name = storage, name


def check_keep_and_send(kind, size, file=None):
    from django.core.files.storage import storages

    from offenbach_wir.enclosure_files import check_enclosure, keep
    from offenbach_wir.private_files import attachment

    checked = check_enclosure(file or made(kind, size))
    name = keep(checked)
    response = attachment(
        storages["private"].open(name), checked.display_name, checked.content_type
    )
    for _piece in response:
        pass
    storages["private"].delete(name)
    return checked.size


def made(kind, size):
    """A file of that kind and about that size on disk, as Django has it after an upload."""
    from django.core.files.uploadedfile import TemporaryUploadedFile

    file = TemporaryUploadedFile(f"Nachweis.{kind}", "", 0, None)
    # In a process of its own, else what making it took would hide what checking it takes.
    child = os.fork()
    if not child:
        {"pdf": pdf, "jpg": photo, "png": photo}.get(kind, package)(file, kind, size)
        file.flush()
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit(f"no {kind} could be made")
    file.size = file.seek(0, 2)
    return file


def pdf(file, _kind, size):
    from tests.frame.files import objects_stream

    file.write(b"%PDF-1.7\n")
    for number in range(1, 21):
        file.write(b"%d 0 obj\n%s\nendobj\n" % (number, objects_stream(b"<< /A (x) >> " * 20_000)))
        file.write(b"<< /Filter /DCTDecode >>\nstream\n")
        file.write(random.randbytes(size // 20))
        file.write(b"\nendstream\n")
    file.write(b"startxref\n9\n%%EOF\n")


def package(file, kind, size):
    from tests.frame.files import DOCX_MAIN, XLSX_MAIN, ooxml

    file.write(ooxml(DOCX_MAIN if kind == "docx" else XLSX_MAIN))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            archive.writestr(f"word/media/{number}.jpg", random.randbytes(size // 10))
        archive.writestr("word/header1.xml", f"<a>{'<b>Text</b>' * (size // 10)}</a>")


def photo(file, kind, size):
    """Noise hardly packs: a byte a pixel as PNG, a little less as JPEG of good quality."""
    from PIL import Image

    pixels = size if kind == "png" else int(size * 1.18)
    width, height = int((pixels * 4 / 3) ** 0.5), int((pixels * 3 / 4) ** 0.5)
    noise = Image.frombytes("L", (width, height), random.randbytes(width * height))
    if kind == "png":
        noise.save(file, "PNG")
    else:
        noise.convert("RGB").save(file, "JPEG", quality=92)


def status(field):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    raise LookupError(field)


def memory_now():
    return status("VmRSS")


def highest_memory():
    return status("VmHWM")


if __name__ == "__main__":
    measure(sys.argv[1]) if len(sys.argv) > 1 else enclosure_of_20_mb()
