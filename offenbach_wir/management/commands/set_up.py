"""Brings the portal from any state to the newest one: catalogues, database, files, content.

Can be repeated at any time; keeps what was entered.
"""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compiles catalogues, migrates, collects static files and loads content."
    requires_system_checks = []

    def handle(self, *args, **options):
        call_command("compile_catalogues")
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("load_content")
        if settings.IS_DEMO:
            call_command("load_demo")
            call_command("load_demo_talks")
