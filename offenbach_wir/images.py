"""Uploaded pictures: cleaned when they arrive, sized later by a task.

Limits are for what a camera makes today; a file that claims more pixels than it could show is
refused before it is unpacked.
"""

import io
import secrets
import warnings

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

LONGEST_EDGE = 2560
MOST_PIXELS = 50_000_000
MOST_BYTES = 15 * 1024 * 1024
FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
WIDTHS = (480, 960, 1600)
SIZE_FORMATS = {"avif": {"quality": 60, "speed": 8}, "webp": {"quality": 78, "method": 4}}


def storage_name(folder, filename):
    extension = filename.rpartition(".")[2].lower()
    return f"{folder}/{secrets.token_hex(10)}.{extension}"


def opened(file):
    """The picture, its size checked before a single pixel is unpacked."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(file, formats=list(FORMATS))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:
        raise ValidationError(
            _("This is not a picture we can read. Please choose a JPEG, PNG or WebP file."),
            code="unreadable",
        ) from error
    if image.width * image.height > MOST_PIXELS:
        raise _too_many_pixels()
    return image


def _too_many_pixels():
    return ValidationError(
        _("This picture has too many pixels. Please make it smaller than %(limit)s megapixels."),
        code="too_many_pixels",
        params={"limit": MOST_PIXELS // 1_000_000},
    )


def cleaned(file):
    """The upload turned upright, without EXIF, place, comments, at most 2560 pixels long.

    Raises ValidationError with words for the person who chose the file.
    """
    if file.size > MOST_BYTES:
        raise ValidationError(
            _("This file is larger than %(limit)s MB. Please choose a smaller one."),
            code="too_large",
            params={"limit": MOST_BYTES // (1024 * 1024)},
        )
    file.seek(0)
    image = opened(file)
    # Photos of many phones are a JPEG with a second one behind it; the first is the picture.
    kind = "JPEG" if image.format == "MPO" else image.format
    try:
        image = ImageOps.exif_transpose(image)
        image.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
        if kind == "JPEG":
            image = image.convert("RGB")
        elif image.mode not in ("RGB", "RGBA"):
            image = image.convert("RGBA" if "transparency" in image.info else "RGB")
        bare = Image.frombytes(image.mode, image.size, image.tobytes())
        out = io.BytesIO()
        bare.save(out, kind, **({"quality": 88} if kind == "JPEG" else {}))
    except Exception as error:
        raise ValidationError(
            _("This picture is damaged. Please open it on your computer and save it again."),
            code="damaged",
        ) from error
    stem = file.name.rpartition("/")[2].rpartition(".")[0] or "picture"
    return ContentFile(out.getvalue(), name=f"{stem}.{FORMATS[kind]}")


def make_sizes(storage, name):
    """Writes the sizes of a stored picture beside it and returns {"avif": {"480": name}, …}."""
    with storage.open(name) as file:
        image = opened(file)
        image.load()
    if image.mode not in ("RGB", "RGBA"):
        image = image.convert("RGB")
    stem = name.rpartition(".")[0]
    sizes = {kind: {} for kind in SIZE_FORMATS}
    for width in WIDTHS:
        if width > image.width and width != WIDTHS[0]:
            continue
        width = min(width, image.width)
        small = image.resize((width, max(1, round(image.height * width / image.width))))
        for kind, options in SIZE_FORMATS.items():
            target = f"{stem}-{width}.{kind}"
            out = io.BytesIO()
            small.save(out, kind.upper(), **options)
            if storage.exists(target):
                storage.delete(target)
            sizes[kind][str(width)] = storage.save(target, ContentFile(out.getvalue()))
    return sizes


def srcsets(storage, sizes):
    """[(type, srcset)]; the sizes of a picture lie in one folder, asked for its address once."""
    names = [name for by_width in sizes.values() for name in by_width.values()]
    if not names:
        return []
    folder, _slash, name = names[0].rpartition("/")
    address = storage.url(names[0]).removesuffix(name)
    start = len(f"{folder}/") if folder else 0
    return [
        (
            f"image/{kind}",
            ", ".join(f"{address}{name[start:]} {width}w" for width, name in sizes[kind].items()),
        )
        for kind in SIZE_FORMATS
        if sizes.get(kind)
    ]
