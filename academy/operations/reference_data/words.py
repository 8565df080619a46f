"""Job families (職種) and hiring categories (採用区分)."""

from collections.abc import Mapping
from typing import Any

from academy.models import HiringCategory, JobFamily, User
from academy.operations.base import note, operation
from academy.operations.reference_data.entries import Identify, new_id


@operation
def load_job_families(
    *, content: Mapping[str, Any], by: User | None = None, identify: Identify = new_id
) -> dict[str, JobFamily]:
    """Bring the job families to the file, in its order."""
    rows = [
        JobFamily(
            public_id=identify("job_family", entry["code"]),
            code=entry["code"],
            name_ja=entry["ja"],
            name_en=entry.get("en", ""),
            field=entry.get("field", ""),
            position=position,
        )
        for position, entry in enumerate(content["job_families"], start=1)
    ]
    fields = ["name_ja", "name_en", "field", "position"]
    JobFamily.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    note(job_families=len(rows))
    return JobFamily.objects.in_bulk([row.code for row in rows], field_name="code")


@operation
def load_hiring_categories(
    *, content: Mapping[str, Any], by: User | None = None, identify: Identify = new_id
) -> dict[str, HiringCategory]:
    """Bring the hiring categories to the file, in its order."""
    rows = [
        HiringCategory(
            public_id=identify("hiring_category", entry["code"]),
            code=entry["code"],
            name_ja=entry["ja"],
            name_en=entry.get("en", ""),
            position=position,
        )
        for position, entry in enumerate(content["hiring_categories"], start=1)
    ]
    fields = ["name_ja", "name_en", "position"]
    HiringCategory.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    note(hiring_categories=len(rows))
    return HiringCategory.objects.in_bulk([row.code for row in rows], field_name="code")
