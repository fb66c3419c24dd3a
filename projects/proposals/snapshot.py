"""A proposal as plain values: what a version keeps, and what every reading page is made from.

Names of lists are kept in all languages of the portal, because the lists change later and a version
does not. Whom to ask is not in it (Version.contact).
"""

import hashlib
import json

from django.core.serializers.json import DjangoJSONEncoder

from . import financing
from .names import name_in, names_of

__all__ = ["FORMAT", "as_text", "checksum_of", "name_in", "of"]

FORMAT = "wir-proposal/1"


def of(whole, *, reference=None, number=0, submitted_at=None):
    proposal, applicant = whole.proposal, whole.proposal.applicant
    return {
        "format": FORMAT,
        "reference": reference,
        "version": number,
        "submitted_at": submitted_at.isoformat() if submitted_at else None,
        "language": {"code": proposal.language.code, "name": names_of(proposal.language, "name")},
        "applicant": {
            "name": applicant.name,
            "kind": names_of(applicant.kind, "name"),
            "legal_form": applicant.legal_form,
            "is_charitable": applicant.is_charitable,
            "register_number": applicant.register_number,
            "street": applicant.street,
            "postcode": applicant.postcode,
            "city": applicant.city,
            "website": applicant.website,
        },
        "columns": _columns(proposal),
        "answers": {
            key: {"text": answer.text, "german": answer.german}
            for key, answer in sorted(whole.answers.items())
            if answer.text or answer.german
        },
        "plan": financing.as_data(whole),
        # Those the scanner has not decided on belong to it as well; they are passed on once it has.
        "enclosures": [_file(file) for file in whole.files if not file.is_infected],
        "declarations": sorted(proposal.declared),
    }


def _columns(proposal):
    line = proposal.funding_line
    return {
        "title": proposal.title,
        "funding_line": {"slug": line.slug, "name": names_of(line, "title")} if line else None,
        "target_groups": [
            {"slug": row.slug, "name": names_of(row, "name")}
            for row in proposal.target_groups.with_texts()
        ],
        "participants": proposal.participants,
        "districts": [
            {"slug": row.slug, "name": {"de": row.name}} for row in proposal.districts.all()
        ],
        "place": proposal.place,
        "languages": [
            {"code": row.code, "name": names_of(row, "name")}
            for row in proposal.languages.with_texts()
        ],
        "starts_on": proposal.starts_on.isoformat() if proposal.starts_on else None,
        "ends_on": proposal.ends_on.isoformat() if proposal.ends_on else None,
        "wants_early_start": proposal.wants_early_start,
    }


def _file(file):
    return {
        "kind": names_of(file.kind, "name"),
        "name": file.name,
        "size": file.size,
        "content_type": file.content_type,
        "sha256": file.sha256,
        "key": file.key,
    }


def as_text(data):
    """The one way to write it down, so that the same values have the same checksum."""
    return json.dumps(
        data, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def checksum_of(text):
    return hashlib.sha256(text.encode()).hexdigest()
