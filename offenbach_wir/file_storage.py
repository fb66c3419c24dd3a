"""Where files lie: folders of this machine, or an S3-compatible storage named by STORAGE_URL.

    s3://KEY:SECRET@HOST[:PORT]/BUCKET[/FOLDER][?region=…&tls=off&addressing=virtual]

One private bucket holds both: media/ and private/. Public pictures go through the portal as well
(media.py), so the bucket needs no address of its own. Imported by the settings.
"""

from urllib.parse import parse_qsl, unquote, urlsplit

from . import production

KNOWN = {"region", "tls", "addressing"}


class StorageAwayError(OSError):
    """The storage does not answer, or refuses us; whether the file is there is unknown."""


class StorageUrlError(ValueError):
    """The message says what is wrong without naming the secret."""


def options(url):
    """What ObjectStorage takes, from STORAGE_URL. StorageUrlError."""
    try:
        address = urlsplit(url)
        port = f":{address.port}" if address.port else ""
    except ValueError as error:
        raise StorageUrlError("its host or port cannot be read") from error
    bucket, _slash, folder = address.path.strip("/").partition("/")
    if address.scheme != "s3":
        raise StorageUrlError("it does not begin with s3://")
    if not (address.username and address.password and address.hostname and bucket):
        raise StorageUrlError("it needs s3://KEY:SECRET@HOST/BUCKET")
    query = dict(parse_qsl(address.query))
    if unknown := sorted(set(query) - KNOWN):
        raise StorageUrlError(f"it does not know {', '.join(unknown)}")
    if query.get("tls", "on") not in ("on", "off"):
        raise StorageUrlError("tls is on or off")
    if query.get("addressing", "path") not in ("path", "virtual"):
        raise StorageUrlError("addressing is path or virtual")
    plain = query.get("tls") == "off"
    if plain and not production.is_local(address.hostname):
        raise StorageUrlError("tls=off is for a storage on this machine only")
    host = f"[{address.hostname}]" if ":" in address.hostname else address.hostname
    return {
        "access_key": unquote(address.username),
        "secret_key": unquote(address.password),
        "bucket_name": bucket,
        "endpoint_url": f"{'http' if plain else 'https'}://{host}{port}",
        "region_name": query.get("region", "us-east-1"),
        "addressing_style": query.get("addressing", "path"),
        "location": folder.strip("/"),
    }


def backends(url):
    """The entries of STORAGES for public and private files."""
    found = options(url)
    backend = "offenbach_wir.object_storage.ObjectStorage"

    def entry(name, **more):
        location = f"{found['location']}/{name}".strip("/")
        return {"BACKEND": backend, "OPTIONS": found | {"location": location} | more}

    return {"default": entry("media", base_url="/media/"), "private": entry("private")}
