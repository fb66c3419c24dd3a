"""The proxy as it is documented: docs/deploy/nginx.conf, with a certificate made for the test."""

import http.client
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager

import pytest

from tests.crowd import Visitor
from tests.server import ROOT

HOST = "wir.example.org"
AROUND = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def site(folder, http_port, https_port, instances):
    """The documented file with the paths and ports of this test."""
    text = (ROOT / "docs/deploy/nginx.conf").read_text()
    servers = "\n".join(
        f"server 127.0.0.1:{port} max_fails=1 fail_timeout=2s;" for port in instances
    )
    for documented, ours in (
        ("    server 127.0.0.1:8000 max_fails=2 fail_timeout=5s;", servers),
        ("listen 80;", f"listen 127.0.0.1:{http_port};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{https_port} ssl http2;"),
        ("    listen [::]:80;\n", ""),
        ("    listen [::]:443 ssl http2;\n", ""),
        ("/etc/ssl/wir/", f"{folder}/"),
        ("/var/log/nginx/", f"{folder}/"),
        ("/opt/wir/", f"{ROOT}/"),
    ):
        assert documented in text, documented
        text = text.replace(documented, ours)
    return text


@contextmanager
def proxy(folder, instances, https_port):
    """Runs nginx before the instances (ports); yields the port that answers without TLS."""
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if nginx is None:
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"),
            *("-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")),
        ],
        check=True,
        capture_output=True,
    )
    http_port = free_port()
    (folder / "site.conf").write_text(site(folder, http_port, https_port, instances))
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
    # Its processes change to another user, who must be able to come here.
    for place in (folder, *folder.parents):
        if place.owner() == folder.owner() and str(place).count("/") > 1:
            place.chmod(place.stat().st_mode | 0o011)
    process = subprocess.Popen(
        [nginx, "-c", str(folder / "nginx.conf")], stderr=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", https_port), timeout=1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(process.stderr.read()) from None
        yield http_port
    finally:
        process.terminate()
        process.communicate(timeout=10)


class VisitorOverTls(Visitor):
    """Through the proxy, which knows its address; the certificate is checked."""

    csrf_cookie = "__Host-csrf"

    def __init__(self, port, folder, source="127.0.0.1"):
        super().__init__(port)
        self._source = source
        self._trust = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))

    def _connect(self):
        connection = http.client.HTTPSConnection(HOST, self._port, timeout=60, context=self._trust)
        plain = socket.create_connection(("127.0.0.1", self._port), 60, (self._source, 0))
        connection.sock = self._trust.wrap_socket(plain, server_hostname=HOST)
        return connection

    def _headers(self):
        return super()._headers() | {"Referer": f"https://{HOST}/"}
