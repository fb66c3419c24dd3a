"""Invented, marked examples for trying the portal out. Refuses outside demo mode. Repeatable."""

import datetime

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone, translation

from consultations.models import Concern, Coordinator, Location, OpeningHours
from offenbach_wir.content_files import load_row, read
from offenbach_wir.models import User
from offenbach_wir.page_cache import forget_pages
from offenbach_wir.roles import ROLES
from programs.models import FocusArea, Office, Picture
from programs.tasks import make_picture_sizes
from projects.models import Organisation, Project, ProjectDate, ProjectPicture
from projects.proposals import demo as proposals
from projects.proposals import demo_cases

DEMO = settings.BASE_DIR / "projects" / "demo"
PEOPLE = settings.BASE_DIR / "consultations" / "demo"
FOCUS_PICTURES = {
    "willkommens-und-anerkennungskultur": "fest",
    "interkulturelle-oeffnung": "beratung",
    "innovative-ansaetze-und-eigeninitiative": "werkstatt",
}


def demo_name(role):
    """What the account of a role is called; the examples are German."""
    with translation.override("de"):
        return f"Demo: {role.name}"


class Command(BaseCommand):
    help = "Loads invented examples; only in demo mode."

    def add_arguments(self, parser):
        parser.add_argument(
            "--without-proposals",
            action="store_true",
            help="leaves out example lines and organisations that write proposals",
        )
        parser.add_argument(
            "--without-cases",
            action="store_true",
            help="leaves out what has become of proposals since they were handed in",
        )

    @transaction.atomic
    def handle(self, *args, **options):
        if not settings.IS_DEMO:
            raise CommandError("Examples are loaded in demo mode only (WIR_MODE=demo).")
        self.new = 0
        self.accounts()
        self.pictures()
        self.organisations()
        self.projects()
        self.people()
        if not options["without_proposals"]:
            self.proposals(with_cases=not options["without_cases"])
        transaction.on_commit(forget_pages)
        self.stdout.write(f"Examples: {self.new} rows new, the others kept.")

    def row(self, model, row, *, find, **extra):
        made, is_new = load_row(model, row, find=find, **extra)
        self.new += is_new
        return made, is_new

    def accounts(self):
        for role in ROLES.values():
            user = User.objects.filter(email=role.demo_email).first()
            if user is None:
                user = User.objects.create_user(
                    role.demo_email, name=demo_name(role), is_staff=True
                )
            user.groups.set([Group.objects.get(name=role.key)])

    def pictures(self):
        """A picture is recognised by its German title, the one thing editors see in the list."""
        self.by_name = {}
        for row in read(DEMO / "pictures.toml")["picture"]:
            name = row.pop("name")
            find = {"translations__language_code": "de", "translations__title": row["de"]["title"]}
            picture, is_new = self.row(Picture, row, find=find, folder=DEMO / "pictures")
            if is_new:
                make_picture_sizes.enqueue(picture.pk)
            self.by_name[name] = picture
        for slug, name in FOCUS_PICTURES.items():
            FocusArea.objects.filter(slug=slug, picture=None).update(picture=self.by_name[name])

    def organisations(self):
        for row in read(DEMO / "organisations.toml")["organisation"]:
            organisation, _is_new = self.row(
                Organisation, row, find={"slug": row["slug"]}, is_example=True
            )
            organisation.refresh_index()

    def projects(self):
        for row in read(DEMO / "projects.toml")["project"]:
            pictures, dates = row.pop("pictures", []), row.pop("date", [])
            project, is_new = self.row(
                Project, row, find={"number": row["number"]}, is_example=True
            )
            if is_new:
                for position, name in enumerate(pictures):
                    ProjectPicture.objects.create(
                        project=project, picture=self.by_name[name], position=position
                    )
                for date in dates:
                    self.date(project, date)
            project.refresh_index()

    def date(self, project, row):
        day = timezone.localdate() + datetime.timedelta(days=row.pop("in_days"))
        hour, minute = row.pop("at").split(":")
        starts_at = datetime.datetime.combine(
            day, datetime.time(int(hour), int(minute)), timezone.get_default_timezone()
        )
        ends_at = starts_at + datetime.timedelta(minutes=row.pop("minutes"))
        find = {"project": project, "starts_at": starts_at}
        self.row(ProjectDate, row, find=find, project=project, starts_at=starts_at, ends_at=ends_at)

    def people(self):
        data = read(PEOPLE / "coordinator.toml")
        for row in data["coordinator"]:
            row["picture"] = self.by_name.get("koordination-2")
            self.row(Coordinator, row, find={"name": row["name"]}, is_example=True)
        first = Coordinator.objects.filter(is_example=False, picture=None).first()
        if first and "koordination-1" in self.by_name:
            first.picture = self.by_name["koordination-1"]
            first.save(update_fields=["picture"])
        self.opening_hours(data)
        self.office(data["office"])

    def opening_hours(self, data):
        """Hours of the invented coordinators, where nobody has entered any."""
        for row in data["location"]:
            location, _is_new = self.row(Location, row, find={"slug": row["slug"]})
        if OpeningHours.objects.filter(coordinator__is_example=True).exists():
            return
        for row in data["opening_hours"]:
            channels, concerns = row.pop("channels"), row.pop("concerns", [])
            coordinator = Coordinator.objects.get(name=row.pop("coordinator"), is_example=True)
            hours = OpeningHours.objects.create(
                coordinator=coordinator,
                location=location,
                on_site="on_site" in channels,
                by_phone="by_phone" in channels,
                by_video="by_video" in channels,
                **row,
            )
            hours.concerns.set(Concern.objects.filter(slug__in=concerns))
            self.new += 1

    def office(self, row):
        """Phone and hours of the demo, where nobody has entered real ones."""
        office = Office.objects.get()
        if office.phone:
            return
        office.phone, office.email = row["phone"], row["email"]
        office.save()
        for text in office.translations.all():
            if text.language_code in row and not text.hours:
                text.hours = row[text.language_code]["hours"]
                text.save()

    def proposals(self, *, with_cases):
        """Examples of funding lines with figures, and what invented organisations write."""
        today = timezone.localdate()
        data, papers = read(DEMO / "proposals.toml"), DEMO / "papers"
        self.new += proposals.load_lines(read(DEMO / "funding.toml")["line"], today)
        self.new += proposals.load_applicants(data["applicant"], papers, today)
        # Cases first: what they were handed in as is older than what is handed in today.
        if with_cases:
            self.cases(today, papers)
        self.new += proposals.load_proposals(data["proposal"], papers, today)

    def cases(self, today, papers):
        """What has become of proposals since they were handed in."""
        data = read(DEMO / "cases.toml")
        self.new += proposals.load_applicants(data["applicant"], papers, today)
        self.new += demo_cases.load_rules(data, today)
        self.new += demo_cases.load_cases(data["case"], papers, today)
