from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("academy", "0003_fill_equivalences_and_romaji")]

    operations = [migrations.RemoveField(model_name="grade", name="equivalent_rank")]
