"""Serves the portal: gunicorn and the worker, both ended together.

--web becomes gunicorn alone, for a service manager that runs and watches each process by itself.
A socket that the service manager opened is taken over.
"""

import os
import shutil
import signal
import subprocess
import sys

from django.conf import settings
from django.core.management.base import BaseCommand

LOOK_EVERY_SECONDS = 2
PROCESSES = "2"
# In each process. More of them take the cores from one another (decision 19).
THREADS = "3"
# Where the web processes show that they live: in memory, so that a read-only root file system does.
MEMORY = "/dev/shm"  # noqa: S108 (gunicorn makes files there that only it can open)


def web_command():
    return [
        os.path.join(os.path.dirname(sys.executable), "gunicorn"),
        "offenbach_wir.wsgi:application",
        # Where the code really lies: the link to the version that serves may be set anew meanwhile.
        *("--chdir", str(settings.BASE_DIR)),
        *("-k", "gthread", "--no-control-socket"),
        *("-w", os.environ.get("WEB_PROCESSES") or PROCESSES),
        *("--threads", os.environ.get("WEB_THREADS") or THREADS),
        *("-b", f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"),
        *("--max-requests", "20000", "--max-requests-jitter", "2000"),
        *(("--worker-tmp-dir", MEMORY) if os.path.isdir(MEMORY) else ()),
    ]


def start_web():
    return subprocess.Popen(web_command())  # noqa: S603 (the words are our own)


def start_worker():
    return subprocess.Popen([sys.executable, "manage.py", "worker"])


def ended(process):
    """The exit code of the process, or None if it still runs after a moment."""
    try:
        return process.wait(timeout=LOOK_EVERY_SECONDS)
    except subprocess.TimeoutExpired:
        return None


class Command(BaseCommand):
    help = "Runs the web server and the worker until it is stopped."

    def add_arguments(self, parser):
        parser.add_argument("--web", action="store_true", help="the web server without the worker")

    def handle(self, *args, **options):
        # Counts of the processes that served before.
        shutil.rmtree(settings.METRICS_DIR, ignore_errors=True)
        if options["web"]:
            command = web_command()
            os.execv(command[0], command)  # noqa: S606 (the words are our own)
        web, worker = start_web(), start_worker()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_args: web.terminate())
        self.announce()
        while (code := ended(web)) is None:
            if worker.poll() is not None:
                self.stderr.write("The worker has ended and is started again.")
                worker = start_worker()
        worker.terminate()
        worker.wait()
        sys.exit(code)

    def announce(self):
        self.stdout.write(f"\n  The portal is at   {settings.PORTAL_URL}/")
        if settings.IS_DEMO:
            self.stdout.write(f"  Step in as a role  {settings.PORTAL_URL}/de/demo/")
        self.stdout.write("  Stop with Ctrl+C\n")
        self.stdout.flush()
