"""Makes the vectors append-only."""

from django.db import migrations

from provenance.eventstore.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("ingestion", "0001_initial"), ("eventstore", "0001_log")]
    operations = [sql_beside(__file__)]
