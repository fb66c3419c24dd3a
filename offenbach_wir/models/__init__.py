"""What the frame itself keeps, one file a subject."""

from .accounts import Invitation, User
from .barriers import BarrierReport, answer_due_on, new_reference
from .events import AppendOnlyError, Event
from .jobs import JobRun
from .limits import Hits
from .links import FoundLink
from .mails import MailText, QueuedMail
from .retention import Erasure, LegalHold
from .search_words import SearchWord

__all__ = [
    "AppendOnlyError",
    "BarrierReport",
    "Erasure",
    "Event",
    "FoundLink",
    "Hits",
    "Invitation",
    "JobRun",
    "LegalHold",
    "MailText",
    "QueuedMail",
    "SearchWord",
    "User",
    "answer_due_on",
    "new_reference",
]
