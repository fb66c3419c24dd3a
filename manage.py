#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "offenbach_wir.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if is_connected():
            raise
        sys.exit(f"The database cannot be reached; DATABASE_URL says where it is. {error}".strip())


def is_connected():
    from django.db import connection

    return connection.connection is not None


if __name__ == "__main__":
    main()
