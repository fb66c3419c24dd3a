"""Serves the portal: gunicorn and the worker, both ended together."""

import os
import signal
import subprocess
import sys

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Runs the web server and the worker until it is stopped."

    def handle(self, *args, **options):
        port = os.environ.get("PORT", "8000")
        processes = os.environ.get("WEB_PROCESSES", "2")
        bin_dir = os.path.dirname(sys.executable)
        web = subprocess.Popen(  # noqa: S603
            [
                *(os.path.join(bin_dir, "gunicorn"), "offenbach_wir.wsgi:application"),
                *("-k", "gthread", "-w", processes, "--threads", "4", "--no-control-socket"),
                *("-b", f"{os.environ.get('BIND', '127.0.0.1')}:{port}"),
                *("--max-requests", "20000", "--max-requests-jitter", "2000"),
            ]
        )
        worker = subprocess.Popen([sys.executable, "manage.py", "worker"])
        self.announce()
        children = (web, worker)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_args: [child.terminate() for child in children])
        code = web.wait()
        worker.terminate()
        worker.wait()
        sys.exit(code)

    def announce(self):
        self.stdout.write(f"\n  The portal is at   {settings.PORTAL_URL}/")
        if settings.IS_DEMO:
            self.stdout.write(f"  Step in as a role  {settings.PORTAL_URL}/de/demo/")
        self.stdout.write("  Stop with Ctrl+C\n")
        self.stdout.flush()
