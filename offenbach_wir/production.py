"""What production mode refuses to start with, and what it doubts: rules on plain values.

settings.py asks `refusals` at its end, `manage.py check --deploy` asks `doubts`. Each answer says
what to set. Imported by the settings, so nothing here may need them.
"""

import ipaddress
from urllib.parse import urlsplit

SHORTEST_KEY = 50
FEWEST_SIGNS = 5
EXAMPLE_HOSTS = ("example.org", "example.com", "example.net")
# These fall back to plain text without a word; "disable" says so on purpose, in a closed network.
QUIETLY_PLAIN = ("", "allow", "prefer")


def refusals(
    *, secret_key, demo_key, allowed_hosts, portal_url, email_host, email_user, email_has_tls
):
    """Sentences, one for each thing that is unsafe for certain."""
    return [
        *_of_the_key(secret_key, demo_key),
        *_of_the_hosts(allowed_hosts),
        *_of_the_address(portal_url),
        *_of_mail(email_host, email_user, email_has_tls),
    ]


def _of_the_key(key, demo_key):
    make = "python3 -c 'import secrets; print(secrets.token_urlsafe(64))' makes one."
    if len(key) < SHORTEST_KEY:
        yield f"SECRET_KEY has fewer than {SHORTEST_KEY} characters. Set a longer one; {make}"
    elif len(set(key)) < FEWEST_SIGNS or key.startswith("django-insecure-"):
        yield f"SECRET_KEY can be guessed. Set a random one; {make}"
    elif key == demo_key:
        yield f"SECRET_KEY is the key of a demo. Set a key of production's own; {make}"


def _of_the_hosts(hosts):
    for host in hosts:
        if "*" in host:
            yield (
                f"ALLOWED_HOSTS contains “{host}”, so any host name would be taken for ours. Set "
                "the names people use, parted by commas."
            )


def _of_the_address(portal_url):
    address = urlsplit(portal_url)
    if address.scheme not in ("http", "https") or not address.hostname:
        yield "PORTAL_URL is no address. Set it to https:// and the host name people use."
    elif address.scheme == "http" and not is_local(address.hostname):
        yield (
            "PORTAL_URL begins with http://, so log-ins would go over the network in the clear. "
            "Set it to https:// and let a proxy in front end TLS (docs/operation.md)."
        )


def _of_mail(host, user, has_tls):
    if user and not has_tls and not is_local(host):
        yield (
            "EMAIL_URL has a log-in but no TLS, so its password would go over the network in the "
            "clear. Set smtp+tls:// (port 587) or smtp+ssl:// (port 465)."
        )


def doubts(
    *, allowed_hosts, portal_url, addresses, engine, database_host, sslmode, email_host, email_tls
):
    """(code, sentence, what to do) for each thing that is probably not meant."""
    host = urlsplit(portal_url).hostname or ""
    if portal_url.startswith("http://"):
        yield (
            "address",
            "PORTAL_URL begins with http://; only this machine can reach it safely.",
            "Set it to https:// and the host name people use.",
        )
    if not any(_allows(allowed, host) for allowed in allowed_hosts):
        yield (
            "host",
            f"The host of PORTAL_URL, {host}, is not among ALLOWED_HOSTS: links in mails lead "
            "to an error.",
            f"Add {host} to ALLOWED_HOSTS.",
        )
    for allowed in allowed_hosts:
        if allowed.startswith("."):
            yield (
                "subdomains",
                f"ALLOWED_HOSTS contains “{allowed}”: every name below it is taken for ours.",
                "Name each host that people use.",
            )
    for name, value in addresses.items():
        if _is_example(value):
            yield (
                "example",
                f"{name} is still the address of the example, {value}.",
                f"Set {name} to an address of the city.",
            )
    if engine.endswith("postgresql") and not is_local(database_host) and sslmode in QUIETLY_PLAIN:
        yield (
            "database_tls",
            f"The connection to the database on {database_host} is not held to TLS.",
            "Add ?sslmode=verify-full to DATABASE_URL; sslmode=disable says the network is closed.",
        )
    if not is_local(email_host) and not email_tls:
        yield (
            "mail_tls",
            f"Mails go to {email_host} without TLS and can be read on the way.",
            "Set EMAIL_URL to smtp+tls:// (port 587) or smtp+ssl:// (port 465).",
        )


def is_local(host):
    """This machine: a socket, the loopback address or its name."""
    if not host or host.startswith("/") or host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _allows(allowed, host):
    if allowed.startswith("."):
        return host == allowed[1:] or host.endswith(allowed)
    return allowed.strip("[]").lower() == host


def _is_example(address):
    domain = address.rpartition("@")[2].rstrip("> ").lower()
    return any(domain == example or domain.endswith(f".{example}") for example in EXAMPLE_HOSTS)
