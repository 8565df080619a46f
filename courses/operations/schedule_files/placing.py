"""Faults of a file as faults of an input: `/rows/12/定員` is the cell of the column 定員 on line 12 of the file."""

from academy.errors import Fault as InputFault
from academy.tables.faults import Fault
from academy.text import Text


def in_input(fault: Fault, text: Text) -> InputFault:
    """The place of a fault as a JSON pointer, with the text of the format, or of the rule that an operation refused."""
    pointer = f"/rows/{fault.line}" if fault.line else "/file"
    if fault.column:
        pointer += "/" + fault.column.replace("~", "~0").replace("/", "~1")
    return InputFault(pointer, fault.code, text)
