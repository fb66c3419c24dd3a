"""Every form of a step with a page of its own, gathered: importing a module registers its forms."""

from . import decisions, grant, handover, reports, supplement  # noqa: F401
from .steps import form_class_of

__all__ = ["form_class_of"]
