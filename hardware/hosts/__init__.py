"""Child programs around native libraries, spoken to over `hardware.protocols.hostlink`."""
