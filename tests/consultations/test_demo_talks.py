"""The invented talks of the demo."""

import pytest
from django.core.management import CommandError, call_command

from consultations.models import Booking, WaitingEntry

pytestmark = pytest.mark.django_db


def test_invented_talks_stand_in_free_times_once():
    for _n in range(2):
        call_command("load_demo_talks")
    assert Booking.objects.count() == 5
    assert WaitingEntry.objects.count() == 1


def test_outside_the_demo_there_are_none(settings):
    settings.IS_DEMO = False
    with pytest.raises(CommandError):
        call_command("load_demo_talks")
    assert not Booking.objects.exists()


def test_one_invented_draft_is_shared_for_a_talk(example_proposals):
    call_command("load_demo_talks")
    talk = Booking.objects.exclude(proposal=None).get()
    assert talk.proposal.is_shared
