"""What central refuses, as RFC 9457 problem documents with stable ``type`` codes (C.21).

A 4xx is final, except 429; a 503 says "later". ``title`` is for engineers; no document ever repeats what the
caller sent, because that may be personal.
"""

import msgspec

from kiosk_app.contract import Problem


class Refused(Exception):
    """Leaves the front as a problem document; ``code`` is the stable type."""

    def __init__(self, status: int, code: str, title: str, *, retry_after: int = 0) -> None:
        super().__init__(code)
        self.status, self.code, self.title, self.retry_after = status, code, title, retry_after

    def document(self) -> bytes:
        """The problem as JSON."""
        return msgspec.json.encode(Problem(type=self.code, title=self.title, status=self.status))


class Unavailable(Refused):
    """A department cannot answer now; the kiosk may ask again."""

    def __init__(self, department: str) -> None:
        super().__init__(503, "department-unavailable", f"{department} does not answer now", retry_after=30)
