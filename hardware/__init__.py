"""Devices: codecs without I/O, thin drivers, host processes around native libraries, simulators on the real wire."""
