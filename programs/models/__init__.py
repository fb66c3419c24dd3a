from .documents import Document
from .funding import (
    ApplicantKind,
    EnclosureKind,
    FundingLine,
    FundingRate,
    FundingTerms,
    MeasureKind,
)
from .office import Notice, Office, OldAddress
from .pages import Page
from .pictures import Picture
from .program import FocusArea, Measure, Partner, Program, ProgramPeriod

__all__ = [
    "ApplicantKind",
    "Document",
    "EnclosureKind",
    "FocusArea",
    "FundingLine",
    "FundingRate",
    "FundingTerms",
    "Measure",
    "MeasureKind",
    "Notice",
    "Office",
    "OldAddress",
    "Page",
    "Partner",
    "Picture",
    "Program",
    "ProgramPeriod",
]
