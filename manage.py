#!/usr/bin/env python
"""Runs RAGLedger's commands: `manage.py up` starts everything, `manage.py help` lists the rest."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from provenance.embedded.environment import complete_environment
from provenance.embedded.errors import EmbeddedError

if __name__ == "__main__":
    if sys.argv[1:2] == ["witness"]:
        # It serves another department's machine: it needs no settings, and makes no secrets here.
        from provenance.integrity.witness.server import main

        sys.exit(main(sys.argv[2:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "provenance.settings")
    try:
        complete_environment()
        execute_from_command_line(sys.argv)
    except (EmbeddedError, ImproperlyConfigured) as error:
        sys.exit(f"RAGLedger: {error}")
