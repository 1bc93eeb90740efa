"""Official papers on A4, as pure functions: a value in, the bytes of a PDF out.

A room of its own that knows no other, because both sides print on the same paper: the kiosk a citizen's own records,
central the certificates it seals. The same value gives the same bytes.
"""
