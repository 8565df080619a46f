"""The admin site: HR does by mouse what the API offers. It shows rows and saves none; what a button does, an operation does.

`reading` shows rows, `forms` asks, `operating` gives a kind of row its buttons, `labels` names things in both languages.
"""

from academy.admin import rows as rows
from academy.admin.forms import DayField, MomentField, OperationForm, RowField, RowsField, StaffField
from academy.admin.labels import name_app, name_rows
from academy.admin.operating import Button, OperationAdmin, Table
from academy.admin.reading import ReadOnlyAdmin
from academy.admin_site import viewer_of

__all__ = [
    "Button",
    "DayField",
    "MomentField",
    "OperationAdmin",
    "OperationForm",
    "ReadOnlyAdmin",
    "RowField",
    "RowsField",
    "StaffField",
    "Table",
    "name_app",
    "name_rows",
    "viewer_of",
]
