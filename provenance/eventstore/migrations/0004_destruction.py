"""Lets a data key be destroyed only by what an approved erasure recorded, whoever asks."""

from django.db import migrations

from provenance.eventstore.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("eventstore", "0003_release"), ("sealing", "0001_initial")]
    operations = [sql_beside(__file__)]
