"""Advice by appointment, one file a subject."""

from .bookings import Booking, OccupiedStep
from .counts import AdviceCount
from .feeds import CalendarFeed
from .hours import Absence, OpenedHoliday, OpeningHours, SpecialHours
from .offer import AdviceRules, Concern, Location
from .people import Coordinator, HelpPlace
from .waiting import WaitingEntry

__all__ = [
    "Absence",
    "AdviceCount",
    "AdviceRules",
    "Booking",
    "CalendarFeed",
    "Concern",
    "Coordinator",
    "HelpPlace",
    "Location",
    "OccupiedStep",
    "OpenedHoliday",
    "OpeningHours",
    "SpecialHours",
    "WaitingEntry",
]
