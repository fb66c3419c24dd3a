"""Do the links in our content still lead somewhere?

Links are collected from every translated text and address field. Our own are looked up among what
the public may see; the others are asked over the network, never at an address inside our own one.
Whatever answers 401, 403 or 429 is there for people, if not for us.
"""

import datetime
import http.client
import ipaddress
import itertools
import re
import socket
import ssl
import time
from html import unescape
from urllib.parse import quote, unquote, urljoin, urlsplit

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from . import languages
from .bin import Binnable
from .middleware import target_of_old_address
from .models import FoundLink
from .richtext import RichTextField
from .translated import ContentTranslation, TranslatedContent

TIMEOUT = 10  # seconds to wait for any one answer
MOST_REDIRECTS = 5
MOST_A_RUN = 300
MOST_A_HOST = 40
LONGEST_RUN = datetime.timedelta(minutes=40)
# A working link is asked again after this long, one with a problem in the next run.
KEPT_FOR = datetime.timedelta(days=6)
CHUNK = 500
LONGEST_URL = FoundLink._meta.get_field("url").max_length

PROBLEMS = {
    "not_found": _("There is no such page."),
    "gone": _("The page was taken away for good."),
    "server_error": _("The other side reports an error."),
    "no_answer": _("Nobody answers there."),
    "not_allowed": _("This address is not looked up: it is no public one, or it leads in circles."),
}
_HREF = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"', re.IGNORECASE)


class NotAllowedError(OSError):
    """The address is none that the portal may ask."""


def run(now):
    """Collects all links anew and looks up those whose turn it is; (looked up, broken)."""
    for model in sources():
        collect(model)
    looked_up = 0
    for link in FoundLink.objects.filter(is_internal=True).iterator(chunk_size=CHUNK):
        remember(FoundLink.objects.filter(pk=link.pk), inside_problem(link.url), None, now)
        looked_up += 1
    started = time.monotonic()
    for url in _turn_of(now):
        if time.monotonic() - started > LONGEST_RUN.total_seconds():
            break
        look_up(url, now)
        looked_up += 1
    return looked_up, FoundLink.objects.broken().count()


def _turn_of(now):
    """Foreign addresses that are due, hosts taken in turn, so that none gets many at once."""
    due = (
        FoundLink.objects.filter(is_internal=False)
        .exclude(Q(problem="") & Q(checked_at__gt=now - KEPT_FOR))
        .order_by(F("checked_at").asc(nulls_first=True), "pk")
        .values_list("url", flat=True)
    )
    hosts = {}
    for url in dict.fromkeys(due.iterator(chunk_size=CHUNK)):
        hosts.setdefault(urlsplit(url).netloc, []).append(url)
    rounds = itertools.zip_longest(*(urls[:MOST_A_HOST] for urls in hosts.values()))
    chosen = [url for one in rounds for url in one if url][:MOST_A_RUN]
    last = None
    for url in chosen:
        host = urlsplit(url).netloc
        if host == last:
            time.sleep(settings.LINK_CHECK_PAUSE)
        yield url
        last = host


def look_up(url, now):
    """Asks one address, ours or foreign, and writes the answer to every place that has it."""
    same = FoundLink.objects.filter(url=url)
    if is_internal(url):
        remember(same, inside_problem(url), None, now)
    else:
        remember(same, *outside_problem(url), now)


def remember(links, problem, status, now):
    """A foreign link is broken after two failures in a row, one of our own at once."""
    if not problem:
        links.update(problem="", status=status, checked_at=now, broken_since=None)
        return
    failed_before = ~Q(problem="") & Q(checked_at__lt=now - datetime.timedelta(hours=1))
    certain = links.filter(broken_since=None).filter(Q(is_internal=True) | failed_before)
    certain.update(broken_since=now)
    links.update(problem=problem, status=status, checked_at=now)


# --- Collecting -----------------------------------------------------------------------------------


def sources():
    """Models of our own whose fields may hold links."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, TranslatedContent | ContentTranslation) and _fields(model)
    ]


def _fields(model):
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, RichTextField | models.URLField)
        or (isinstance(field, models.FileField) and not isinstance(field, models.ImageField))
    ]


def collect(model):
    """Brings the stored links of that model's rows up to date, some hundred rows at a time."""
    is_text = issubclass(model, ContentTranslation)
    owner = model._meta.get_field("master").related_model if is_text else model
    rows = model.objects.order_by("pk")
    if issubclass(owner, Binnable):
        rows = rows.filter(**{"master__deleted_at" if is_text else "deleted_at": None})
    keys = ("master_id", "language_code") if is_text else ("pk",)
    names = [field.name for field in _fields(model)]
    stored = FoundLink.objects.filter(subject_type=owner._meta.label_lower)
    stored = stored.exclude(language="") if is_text else stored.filter(language="")
    known = {(row[1], row[2], row[3]): row[0] for row in stored.values_list(*_IDENTITY).iterator()}
    new = []
    for row in rows.values(*keys, *names).iterator(chunk_size=CHUNK):
        subject = row[keys[0]]
        language = row.get("language_code", "")
        for url in dict.fromkeys(url for field in _fields(model) for url in _links(field, row)):
            if known.pop((subject, language, url), None) is None:
                new.append(_found(owner, subject, language, url))
    with transaction.atomic():
        FoundLink.objects.bulk_create(new, batch_size=CHUNK)
        gone = list(known.values())
        for start in range(0, len(gone), CHUNK):
            FoundLink.objects.filter(pk__in=gone[start : start + CHUNK]).delete()


_IDENTITY = ("pk", "subject_id", "language", "url")


def _found(owner, subject, language, url):
    return FoundLink(
        subject_type=owner._meta.label_lower,
        subject_id=subject,
        language=language,
        url=url,
        is_internal=is_internal(url),
    )


def _links(field, row):
    value = str(row[field.name] or "")
    if isinstance(field, RichTextField):
        found = [unescape(address).strip() for address in _HREF.findall(value)]
    elif isinstance(field, models.FileField):
        found = [settings.MEDIA_URL + quote(value)] if value else []
    else:
        found = [value]
    return [
        url
        for url in found
        if url
        and len(url) <= LONGEST_URL
        and not url.startswith("#")
        and _scheme(url) in ("", "http", "https")
    ]


def _scheme(url):
    try:
        return urlsplit(url).scheme.lower()
    except ValueError:
        return ""


# --- Our own addresses ----------------------------------------------------------------------------


def is_internal(url):
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    ours = urlsplit(settings.PORTAL_URL)
    return not parts.netloc or (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc)


def inside_problem(url):
    """ "" where the public finds something at that address of ours, else the problem."""
    path = unquote(urlsplit(url).path) or "/"
    if not path.startswith("/"):
        return "not_found"
    spellings = [path, f"{path}/"]
    if path.strip("/").partition("/")[0] not in languages.codes():
        spellings += [f"/{settings.LANGUAGE_CODE}{path}", f"/{settings.LANGUAGE_CODE}{path}/"]
    found = any(_is_there(spelling) for spelling in spellings)
    return "" if found or target_of_old_address(path) else "not_found"


def _is_there(path):
    language = path.lstrip("/").partition("/")[0]
    with translation.override(language if language in languages.codes() else None):
        try:
            match = resolve(path)
        except Resolver404:
            return False
    if match.view_name == "media":
        return default_storage.exists(match.kwargs["name"])
    rows = _rows_behind(match)
    return rows is None or rows.exists()


def _rows_behind(match):
    """What the public may see at that address; None where it depends on no record."""
    label, lookup = _BEHIND.get(match.view_name, (None, None))
    if label is None:
        return None
    rows = apps.get_model(label).objects
    shown = rows.published() if hasattr(rows, "published") else rows.listed()
    return shown.filter(**{lookup: match.kwargs[lookup]})


_BEHIND = {
    "programs:focus_area": ("programs.FocusArea", "slug"),
    "programs:funding_line": ("programs.FundingLine", "slug"),
    "programs:page": ("programs.Page", "key"),
    "projects:detail": ("projects.Project", "slug"),
    "projects:date_calendar": ("projects.Project", "slug"),
    "projects:organisation": ("projects.Organisation", "slug"),
    "projects:write_to": ("projects.Organisation", "slug"),
}


# --- Addresses of others --------------------------------------------------------------------------


def outside_problem(url):
    """(problem or "", HTTP status or None) of an address outside the portal."""
    try:
        status = _asked(url)
    except NotAllowedError:
        return "not_allowed", None
    except (OSError, http.client.HTTPException, ValueError):
        return "no_answer", None
    if status == 404:
        return "not_found", status
    if status == 410:
        return "gone", status
    return ("server_error" if status >= 500 else ""), status


def _asked(url):
    """The status at the end of the redirects; each hop is looked at like the first address."""
    for _hop in range(MOST_REDIRECTS + 1):
        status, target = _answer("HEAD", url)
        if status >= 400:
            status, target = _answer("GET", url)
        if status not in (301, 302, 303, 307, 308) or not target:
            return status
        url = urljoin(url, target)
    raise NotAllowedError("too many redirects")


def _answer(method, url):
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotAllowedError("neither http nor https")
    host = parts.hostname.encode("idna").decode()
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    # A socket that is there is used: so the address that was looked at is the one that is asked.
    connection.sock = _connected(host, port)
    try:
        if parts.scheme == "https":
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
        shown = f"[{host}]" if ":" in host else host
        shown = shown if parts.port is None else f"{shown}:{port}"
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
        query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~?')}" if parts.query else ""
        connection.request(
            method,
            path + query,
            headers={"Host": shown, "User-Agent": user_agent(), "Accept": "*/*"},
        )
        response = connection.getresponse()
        return response.status, response.getheader("Location")
    finally:
        connection.close()


def user_agent():
    return f"WIR-Portal link check (+{settings.PORTAL_URL})"


def _connected(host, port):
    """A connection to the first address of the host that is a public one and answers."""
    error = NotAllowedError("no public address")
    for family, kind, protocol, _name, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    ):
        if not (settings.LINK_CHECK_PRIVATE or is_public(address[0])):
            continue
        made = socket.socket(family, kind, protocol)
        made.settimeout(TIMEOUT)
        try:
            made.connect(address)
        except OSError as reason:
            made.close()
            error = reason
        else:
            return made
    raise error


def is_public(address):
    """Whether an IP address is one of the open internet, also where one is wrapped in another."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if ip.version == 6 and ip in ipaddress.ip_network("64:ff9b::/96"):
        inner = ipaddress.ip_address(int(ip) & 0xFFFFFFFF)
    return (inner or ip).is_global and not (inner or ip).is_multicast
