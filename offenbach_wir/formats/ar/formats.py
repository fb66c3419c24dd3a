"""Day before month in Arabic moments too; Django leaves them as they are written in America."""

DATETIME_FORMAT = "j F، Y، H:i"
SHORT_DATETIME_FORMAT = "d‏/m‏/Y، H:i"
TIME_FORMAT = "H:i"
