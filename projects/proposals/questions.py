"""Everything a proposal asks, in one table: the forms, the public page with all questions, the
empty form on paper, the check before handing in, the receipt and the PDF are all made from it.

Pure: no database, no request. What may be left out is said by `is_required`; a draft may leave out
everything.
"""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_TITLE = 120


class SectionKey(models.TextChoices):
    """The parts of a proposal in their order; the value stands in the address."""

    IDEA = "idee", _("Idea and aims")
    LINE = "foerderlinie", _("Funding line")
    PEOPLE = "zielgruppe", _("People, place, languages")
    PARTNERS = "partner", _("Your partners")
    TIME = "zeitplan", _("Time plan")
    COSTS = "kosten", _("Costs and financing")
    ENCLOSURES = "anlagen", _("Enclosures")
    DECLARATIONS = "erklaerungen", _("Contact and declarations")


class Kind(models.TextChoices):
    SHORT = "short", _("a few words")
    LONG = "long", _("a text")
    DATE = "date", _("a day")
    NUMBER = "number", _("a number")
    CHOICE = "choice", _("one of a list")
    CHOICES = "choices", _("some of a list")
    YES = "yes", _("a tick")
    MAIL = "mail", _("an e-mail address")
    PHONE = "phone", _("a phone number")


@dataclass(frozen=True)
class Question:
    """`is_column` where the answer is a column of the proposal; all others are rows of Answer."""

    key: str
    section: SectionKey
    label: Any
    kind: Kind
    help: Any = ""
    most: int = 0
    is_required: bool = True
    is_column: bool = False

    @property
    def is_text(self):
        return not self.is_column


def _text(key, section, label, help="", *, most, is_required=True):
    return Question(key, section, label, Kind.LONG, help, most, is_required)


def _column(key, section, label, kind, help="", *, most=0, is_required=True):
    return Question(key, section, label, kind, help, most, is_required, is_column=True)


S = SectionKey
QUESTIONS = (
    _column(
        "title",
        S.IDEA,
        _("What is your project called?"),
        Kind.SHORT,
        _("A short name that people remember."),
        most=LONGEST_TITLE,
    ),
    _text(
        "summary",
        S.IDEA,
        _("What do you want to do? In two or three sentences"),
        _("As you would tell a neighbour."),
        most=600,
    ),
    _text(
        "need",
        S.IDEA,
        _("Why is it needed?"),
        _("What have you noticed in your neighbourhood or in your club?"),
        most=3000,
    ),
    _text("aims", S.IDEA, _("What will be different afterwards?"), most=2000),
    _text(
        "activities",
        S.IDEA,
        _("What exactly will you do?"),
        _("Meetings, courses, events: what, how often, who leads it?"),
        most=5000,
    ),
    _text(
        "success",
        S.IDEA,
        _("How will you notice that it worked?"),
        _("For instance: 20 people come regularly; five of them take on a task themselves."),
        most=2000,
    ),
    _column(
        "funding_line",
        S.LINE,
        _("Which funding line do you ask for?"),
        Kind.CHOICE,
        _("Only lines that are open at the moment are listed."),
    ),
    _text("line_reason", S.LINE, _("Why does this line fit your project?"), most=2000),
    _text(
        "other_funding",
        S.LINE,
        _("Have you asked for money for the same project elsewhere?"),
        _("Where, how much, and what came of it? Leave empty if not."),
        most=1500,
        is_required=False,
    ),
    _column("target_groups", S.PEOPLE, _("For whom is the project?"), Kind.CHOICES),
    _text(
        "reaching",
        S.PEOPLE,
        _("How will these people hear of it?"),
        _("Please name no single persons."),
        most=2000,
    ),
    _column("participants", S.PEOPLE, _("About how many people will take part?"), Kind.NUMBER),
    _column("districts", S.PEOPLE, _("In which parts of the town?"), Kind.CHOICES),
    _column(
        "place",
        S.PEOPLE,
        _("Where exactly?"),
        Kind.SHORT,
        _("A room, a square, a school: as far as you know."),
        most=200,
        is_required=False,
    ),
    _column(
        "languages",
        S.PEOPLE,
        _("Which languages will be spoken?"),
        Kind.CHOICES,
        is_required=False,
    ),
    _text(
        "partners",
        S.PARTNERS,
        _("With whom do you work together?"),
        _("Name the bodies and what each of them contributes: rooms, people, contacts, money."),
        most=3000,
    ),
    _text(
        "involvement",
        S.PARTNERS,
        _("How do people with a migration history decide and shape the project?"),
        most=2000,
    ),
    _text(
        "office_contact",
        S.PARTNERS,
        _("Whom in the city have you talked to about it?"),
        _("The WIR coordination, the integration office, a neighbourhood office."),
        most=1000,
        is_required=False,
    ),
    _column("starts_on", S.TIME, _("When does the project start?"), Kind.DATE),
    _column("ends_on", S.TIME, _("When does it end?"), Kind.DATE),
    _column(
        "wants_early_start",
        S.TIME,
        _("We would like to start before the decision is there."),
        Kind.YES,
        _("This needs a permission. Without it, what you have begun is not paid."),
        is_required=False,
    ),
    _text(
        "steps",
        S.TIME,
        _("What happens when?"),
        _("One step a line, for instance: March: find the rooms, invite families."),
        most=3000,
    ),
    _text(
        "afterwards",
        S.TIME,
        _("What stays when the money has run out?"),
        most=2000,
        is_required=False,
    ),
    _text(
        "plan_note",
        S.COSTS,
        _("Is there anything to explain about the plan?"),
        _("For instance how you came to a price."),
        most=2000,
        is_required=False,
    ),
    _column(
        "contact_name",
        S.DECLARATIONS,
        _("Whom may we ask about this proposal?"),
        Kind.SHORT,
        most=120,
    ),
    _column("contact_email", S.DECLARATIONS, _("E-mail address of this person"), Kind.MAIL),
    _column(
        "contact_phone",
        S.DECLARATIONS,
        _("Phone number of this person"),
        Kind.PHONE,
        is_required=False,
    ),
)
BY_KEY = {question.key: question for question in QUESTIONS}


class Declaration(models.TextChoices):
    """What has to be declared before handing in; each is a tick of its own."""

    TRUE = "true", _("What we wrote is true and complete as far as we know.")
    NOT_BEGUN = (
        "not_begun",
        _("We have not begun the project and make no contracts for it before the decision."),
    )
    NOT_TWICE = (
        "not_twice",
        _("We ask nobody else for the same money, or have said so under “Funding line”."),
    )
    MAY_SIGN = "may_sign", _("We may hand in this proposal for the organisation.")
    NOT_THE_STATE = (
        "not_the_state",
        _("We know: this is not yet the application to the state."),
    )


def in_section(section):
    return [question for question in QUESTIONS if question.section == section]


def texts_in(section):
    return [question for question in in_section(section) if question.is_text]


def text_choices():
    """For the column that names the question of an answer."""
    return [(question.key, question.label) for question in QUESTIONS if question.is_text]


def grouped():
    """[(section, [question])] in their order, also for sections without a question of this kind."""
    return [(section, in_section(section)) for section in SectionKey]
