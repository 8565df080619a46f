"""With what a session clashes, as it stands: what the database would refuse, and what its planner should know.

The same questions are asked of a draft, before it is published, and of a published session. Decides and reads; writes
nothing.
"""

from enrollments.clashes.findings import Conflict, Severity
from enrollments.clashes.reading import conflicts_of

__all__ = ["Conflict", "Severity", "conflicts_of"]
