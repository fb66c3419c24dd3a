"""What search engines may read about a project (schema.org, as JSON-LD)."""

from django.conf import settings


def project(project):
    text = project.text
    data = {
        "@context": "https://schema.org",
        "@type": "Project",
        "name": text.title,
        "description": text.summary,
        "url": settings.PORTAL_URL + project.get_absolute_url(),
        "inLanguage": text.language_code,
        "identifier": project.number,
        "parentOrganization": {"@type": "Organization", "name": project.organisation.name},
        "funder": {"@type": "GovernmentOrganization", "name": "Land Hessen, Programm WIR"},
        "areaServed": {
            "@type": "Place",
            "name": (f"{project.district.name}, " if project.district else "")
            + "Offenbach am Main",
        },
    }
    if project.starts_on:
        data["foundingDate"] = project.starts_on.isoformat()
    if project.ends_on:
        data["dissolutionDate"] = project.ends_on.isoformat()
    return data
