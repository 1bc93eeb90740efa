"""Virtual time for our own tests: the contract kit's, see :mod:`hardware.contract_kit.virtual_time`."""

from hardware.contract_kit.virtual_time import Deadlock, VirtualLoop, run

__all__ = ["Deadlock", "VirtualLoop", "run"]
