"""The WSGI application that gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "offenbach_wir.settings")
application = get_wsgi_application()

from offenbach_wir.deploy_checks import refuse_demo_rows  # noqa: E402 (needs the apps)

refuse_demo_rows()

# Code and registries stay for good: the collector need not walk over them again and again, nor look
# for circles after every 700 objects where one page makes thousands (docs/performance.md).
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
