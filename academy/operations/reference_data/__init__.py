"""Reference data from files: organisations, ladders of grades, job families, hiring categories.

Each loader takes what a YAML file holds and brings the tables to it, by code: loading twice changes nothing. What a file
no longer names stays, since history refers to it.
"""

from academy.operations.reference_data.entries import Identify, common_life, data_file, life_of, new_id
from academy.operations.reference_data.grades import load_grades
from academy.operations.reference_data.organizations import load_organizations
from academy.operations.reference_data.words import load_hiring_categories, load_job_families

__all__ = [
    "Identify",
    "common_life",
    "data_file",
    "life_of",
    "load_grades",
    "load_hiring_categories",
    "load_job_families",
    "load_organizations",
    "new_id",
]
