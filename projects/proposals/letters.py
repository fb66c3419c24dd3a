"""Letters of the city about a case: from the texts that staff keep to a PDF."""

from programs.models import Office

from . import letter_pdf, letter_texts
from .letter_pdf import Letter, Sender
from .models import LetterTemplate

GERMAN = letter_texts.GERMAN


def endorsement(version, *, statement, recipient, on):
    """The covering letter with the city's statement as the bytes of a tagged PDF.

    `recipient` is the address, a line for each line; `on` is the day of the letter. The same values
    give the same bytes. typesetting.FontsMissingError where the machine has no fonts;
    LetterTemplate.DoesNotExist where the content was never loaded.
    """
    data = version.data
    values = letter_texts.values_of(data, statement=statement, recipient=recipient, on=on)
    template = LetterTemplate.objects.get(key=LetterTemplate.Key.ENDORSEMENT)
    return written(template, values, recipient=recipient, on=on, language=data["language"]["code"])


def example(template):
    """The letter with invented values, for whoever writes its text."""
    values = letter_texts.EXAMPLE
    recipient = f"{values['recipient']}\nMusterstraße 1\n64283 Darmstadt"
    return written(template, values, recipient=recipient, on=values["date"])


def written(template, values, *, recipient, on, language=GERMAN):
    """`template` may be unsaved; `language` is that of what the applicants wrote."""
    return letter_pdf.make(
        Letter(
            sender=sender(),
            recipient=recipient,
            on=on,
            subject=template.subject,
            body=template.body,
            signed_by=template.signed_by,
            values=values,
            language=language,
        )
    )


def sender():
    office = Office.objects.with_texts().first()
    if office is None:
        return Sender(name="")
    return Sender(
        name=office.text_in(GERMAN).name,
        street=office.street,
        place=" ".join(filter(None, (office.postcode, office.city))),
        phone=office.phone,
        email=office.email,
    )
