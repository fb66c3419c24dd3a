"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "offenbach_wir.settings")
application = get_wsgi_application()

from offenbach_wir.deploy_checks import refuse_demo_rows  # noqa: E402 (needs the apps)

refuse_demo_rows()
