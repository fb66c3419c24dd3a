from .organisation import Organisation
from .places import District, SpokenLanguage, TargetGroup
from .project import Project, ProjectDate, ProjectPicture

__all__ = [
    "District",
    "Organisation",
    "Project",
    "ProjectDate",
    "ProjectPicture",
    "SpokenLanguage",
    "TargetGroup",
]
