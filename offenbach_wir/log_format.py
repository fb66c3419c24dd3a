"""Lines of the log as JSON, one object a line, times in UTC: for production."""

import datetime
import json
import logging
import re
import traceback

from .log_filter import without_secrets
from .request_log import current_id

# What an exception says may hold what people typed; the frames of the code do not.
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_QUERY = re.compile(r"\?[^\s'\"]*")


def plain_words(text):
    """Without secrets of links, query strings and mail addresses."""
    return _ADDRESS.sub("…@…", _QUERY.sub("?…", without_secrets(text)))


def _id_of(record):
    """Django logs a refusal when the request is through, but says which one it was."""
    return getattr(getattr(record, "request", None), "id", "")


class Json(logging.Formatter):
    def format(self, record):
        line = {
            "at": datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname,
            "logger": record.name,
            "request": current_id() or _id_of(record),
            "message": plain_words(record.getMessage()),
        }
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0] is not None:
            kind, _error, frames = record.exc_info
            line["exception"] = kind.__qualname__
            line["frames"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(frames)
            ]
        return json.dumps({key: value for key, value in line.items() if value != ""})
