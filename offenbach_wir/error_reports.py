"""Reports of errors to a server of the operator's choice, off unless SENTRY_DSN is set.

What leaves is built anew from what is named here: where in the code it happened, what kind of error
it was, which view. Nothing of the request, no text of the error, no values of variables: all of
them may hold what people typed.
"""

from django.conf import settings

from .request_log import current_id

FRAME = ("filename", "function", "module", "lineno", "in_app", "abs_path")
KEPT = ("event_id", "timestamp", "level", "platform", "environment", "release", "logger", "sdk")


def start():
    if not settings.SENTRY_DSN:
        return
    import sentry_sdk
    from sentry_sdk.integrations.argv import ArgvIntegration
    from sentry_sdk.integrations.django import DjangoIntegration

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        environment=settings.WIR_MODE,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        server_name="",
        auto_session_tracking=False,
        send_client_reports=False,
        auto_enabling_integrations=False,
        disabled_integrations=[ArgvIntegration()],
        integrations=[
            DjangoIntegration(
                transaction_style="function_name", middleware_spans=False, signals_spans=False
            )
        ],
        before_send=what_leaves,
        before_send_transaction=lambda event, hint: None,
        before_breadcrumb=lambda crumb, hint: None,
    )


def what_leaves(event, hint):
    """The report as it is sent: only what is named."""
    report = {name: event[name] for name in KEPT if name in event}
    if request := current_id():
        report["tags"] = {"request": request}
    values = event.get("exception", {}).get("values", [])
    if values:
        report["exception"] = {"values": [_exception(value) for value in values]}
    # The words as they stand in the code, before anything was put into them.
    if message := event.get("logentry", {}).get("message"):
        record = hint.get("log_record")
        is_literal = record is not None and record.args
        report["logentry"] = {"message": message if is_literal else "logged without a template"}
    return report


def _exception(value):
    frames = (value.get("stacktrace") or {}).get("frames", [])
    return {
        "type": value.get("type"),
        "module": value.get("module"),
        "value": "",
        "stacktrace": {
            "frames": [{name: frame[name] for name in FRAME if name in frame} for frame in frames]
        },
    }
