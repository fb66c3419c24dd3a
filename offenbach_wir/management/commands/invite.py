"""The way in for the first administrator, and for whom no mail reaches."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from offenbach_wir import team
from offenbach_wir.roles import ROLES, make_groups


class Command(BaseCommand):
    help = "Invites somebody to the back office and prints the link, which works once."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", action="append", choices=sorted(ROLES), required=True)

    def handle(self, *args, email, name, role, **options):
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is no e-mail address.") from error
        make_groups()
        _invitation, link = team.invite(
            email=email,
            name=name,
            roles=list(Group.objects.filter(name__in=role)),
            invited_by=None,
            language=settings.LANGUAGE_CODE,
        )
        self.stdout.write(f"{link}\nThe link works once, for {settings.INVITATION_DAYS} days.")
