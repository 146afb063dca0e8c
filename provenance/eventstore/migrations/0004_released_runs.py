"""Finds the released run that holds a position by an index."""

from django.db import migrations

from provenance.eventstore.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("eventstore", "0003_release")]
    operations = [sql_beside(__file__)]
