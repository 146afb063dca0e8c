"""The WSGI entry point that gunicorn serves."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "provenance.settings")

application = get_wsgi_application()
# Now, once before the processes fork, instead of with each one's first request.
import_module(settings.ROOT_URLCONF)
