"""One simulator per device: the other end of the real wire, with hands and faults."""
