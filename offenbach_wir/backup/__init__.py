"""Saving everything the portal keeps into one sealed file while it runs, and bringing it back.

making.py and restoring.py tell the two stories; the format is in docs/decisions/0015-backups.md.
Nothing here knows what the rows and files are about.
"""


class BackupError(Exception):
    """What went wrong and what to do, in a sentence for the operator."""
