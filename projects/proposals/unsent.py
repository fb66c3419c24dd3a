"""What was written in a supplement that ended without being handed in.

It is kept as plain values for the organisation to read, for a stated time; the proposal itself goes
back to the version the city has, so that both sides speak of the same text.
"""

from django.utils import timezone

from . import differences, questions, restoring, snapshot
from . import whole as wholes
from .questions import SectionKey


def lay_aside(request, proposal, *, user):
    """Whether anything had been written. Call it inside the transaction of the step.

    `proposal` is the locked row; it is as it was handed in afterwards.
    """
    version = proposal.versions.first()
    sections = [SectionKey(key) for key in request.sections]
    live, handed_in = _now(proposal, version), _without_papers(proposal, version.data)
    if _written(live, sections) == _written(handed_in, sections):
        return False
    request.unsent = snapshot.as_text(live)
    request.save(update_fields=["unsent"])
    restoring.restore(proposal, handed_in, sections, user=user, now=request.ended_at)
    return True


def compared(request):
    """(Differences, data): the unsent changes beside the version they were made from."""
    proposal, data = request.proposal, request.unsent_data
    version = proposal.versions.get(number=data["version"])
    return differences.between(_without_papers(proposal, version.data), data), data


def names(proposal, file, now):
    """Whether the file belongs to changes that can still be read."""
    return proposal.supplements.with_unsent(now).filter(unsent__contains=file.key).exists()


def until(proposal):
    """The last day on which something unsent can be read, or None: for mails."""
    request = proposal.supplements.with_unsent(timezone.now()).last()
    return request.unsent_until if request else None


def _now(proposal, version):
    """As it stands, with the number of the version it was made from."""
    whole = wholes.read(proposal, timezone.localdate())
    # They belong to the organisation and stay as they are; so does what it says of itself.
    whole.papers = []
    data = snapshot.of(whole, reference=proposal.reference, number=version.number)
    return data | {"applicant": version.data["applicant"]}


def _without_papers(proposal, data):
    own = set(proposal.enclosures.values_list("key", flat=True))
    return data | {"enclosures": [file for file in data["enclosures"] if file["key"] in own]}


def _written(data, sections):
    """What these sections say, whatever the entries of lists are called by now."""
    asked = [question for section in sections for question in questions.in_section(section)]
    values = {question.key: _keys(data["columns"].get(question.key)) for question in asked}
    values["answers"] = [data["answers"].get(question.key) for question in asked]
    if SectionKey.COSTS in sections:
        values["plan"] = [data["plan"][name] for name in restoring.ROWS]
        values["units"] = [
            (rate["units"], rate["people"]) for rate in restoring.rates_of(data["plan"])
        ]
    if SectionKey.ENCLOSURES in sections:
        values["enclosures"] = {file["key"] for file in data["enclosures"]}
    if SectionKey.DECLARATIONS in sections:
        values["declarations"] = data["declarations"]
    return values


def _keys(value):
    if isinstance(value, list):
        return {_keys(row) for row in value}
    return restoring.key_of(value) if isinstance(value, dict) else value
