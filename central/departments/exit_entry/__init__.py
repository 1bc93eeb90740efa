"""Exit-entry (``domain.md`` 4): who may have which endorsement, approval, payment, the right to print, progress."""

from central.departments.exit_entry.calls import calls
from central.departments.exit_entry.office import ExitEntry
from central.departments.exit_entry.rules import faults

__all__ = ["ExitEntry", "calls", "faults"]
