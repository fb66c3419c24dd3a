"""Proposals, those who write them, and what the city does with them; one file a subject."""

from .applicants import Applicant, MemberInvitation, Membership
from .assessment import ConflictDeclaration, Criterion, Score, Statement
from .counts import CaseCount
from .decision import CityFund, Decision, Handover
from .files import Enclosure, Paper, StoredFile, TakenPicture
from .grant import Acceptance, ChangeNotice, Disbursement, Duty, EarlyStart
from .letters import LetterTemplate
from .office import (
    CaseLabel,
    ChecklistAnswer,
    ChecklistItem,
    Note,
    StepReason,
    Substitution,
)
from .plan import CostItem, IncomeItem, InKindItem, PlannedUnits
from .proposal import Answer, Proposal, ReferenceNumber, Section
from .reports import ActualItem, ActualUnits, Report, Voucher
from .submissions import Message, Version
from .supplement import SupplementRequest

__all__ = [
    "Acceptance",
    "ActualItem",
    "ActualUnits",
    "Answer",
    "Applicant",
    "CaseCount",
    "CaseLabel",
    "ChangeNotice",
    "ChecklistAnswer",
    "ChecklistItem",
    "CityFund",
    "ConflictDeclaration",
    "CostItem",
    "Criterion",
    "Decision",
    "Disbursement",
    "Duty",
    "EarlyStart",
    "Enclosure",
    "Handover",
    "InKindItem",
    "IncomeItem",
    "LetterTemplate",
    "MemberInvitation",
    "Membership",
    "Message",
    "Note",
    "Paper",
    "PlannedUnits",
    "Proposal",
    "ReferenceNumber",
    "Report",
    "Score",
    "Section",
    "Statement",
    "StepReason",
    "StoredFile",
    "Substitution",
    "SupplementRequest",
    "TakenPicture",
    "Version",
    "Voucher",
]
