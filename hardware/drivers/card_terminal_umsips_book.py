"""What must be remembered about a terminal that remembers nothing: two small files, each replaced whole and fsynced.

The UnionPay library cannot be asked what its last transaction was. ``domain.md`` 8.7 gives the rule instead, and
these files are its memory. Neither holds anything personal, and no card number, not even a masked one.

``open.json``: a financial request whose final answer we do not have. It is written *before* the request leaves and
deleted only *after* a final answer; while it is there nothing else may be asked for. A sale in it is undone (type
06), a void in it is asked for again.

``booked.json``: what the library has finally answered: the last transaction, and the sales of its open batch (and of
the one before), which a void must name by trace and batch.

Order, and why a crash between two steps is harmless: an approval is put into ``booked.json`` under the number of its
request, then ``open.json`` is deleted. A request whose number is booked has been answered and is over.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from hardware.protocols.umsips import Response
from kiosk_app.devices import CardReceipt, DayTotals
from kiosk_app.money.amounts import Fen

Struct = TypeVar("Struct", bound=msgspec.Struct)


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """A request without a final answer. ``trace``: of the sale a void undoes. ``terminal``: that was asked.

    ``tries``: reversals that were sent. ``strayed``: a reversal undid the sale with this trace instead of ours.
    """

    number: int
    kind: Literal["sale", "void"]
    amount: int
    trace: int = 0
    terminal: str = ""
    tries: int = 0
    strayed: int = 0


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """A sale that was booked. ``day`` and ``reference`` are what a person needs to refund it by hand."""

    trace: int
    batch: str
    amount: int
    day: str
    reference: str
    terminal: str = ""
    undone: bool = False
    closed: bool = False


class Last(msgspec.Struct, frozen=True, kw_only=True):
    """The last transaction, in the words of the port. An undone sale is one that is not approved."""

    trace: int
    amount: int
    approved: bool = True
    authorisation: str = ""
    terminal: str = ""
    reverses: int | None = None


class Booked(msgspec.Struct, frozen=True, kw_only=True):
    """``number``: of the newest request that was answered."""

    number: int = 0
    last: Last | None = None
    sales: tuple[Sale, ...] = ()


class Book:
    """The two files in ``folder``. Every change is on the disk when the method returns; else it raises OSError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.open: Open | None = None
        self._booked = Booked()

    def load(self) -> None:
        """Read what the last process left. Raises OSError, ValueError when a file cannot be understood."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._booked = self._read("booked.json", Booked) or Booked()
        left = self._read("open.json", Open)
        self.open = left if left is not None and left.number > self._booked.number else None
        if left is not None and self.open is None:
            self._delete()

    # --- what is known ---

    @property
    def last(self) -> CardReceipt | None:
        """The last transaction; None if none was ever booked."""
        last = self._booked.last
        if last is None:
            return None
        return CardReceipt(
            trace=last.trace,
            receipt_no=last.trace,
            amount=Fen(last.amount),
            approved=last.approved,
            authorisation=last.authorisation,
            terminal_id=last.terminal,
            reverses=last.reverses,
        )

    def sale(self, trace: int) -> Sale | None:
        """The newest sale with this trace."""
        return next((sale for sale in reversed(self._booked.sales) if sale.trace == trace), None)

    def totals(self) -> DayTotals:
        """Sales of the open batch that stand."""
        standing = [sale.amount for sale in self._booked.sales if not sale.undone and not sale.closed]
        return DayTotals(len(standing), Fen(sum(standing)))

    # --- before a request ---

    def begin(self, kind: Literal["sale", "void"], amount: int = 0, *, trace: int = 0, terminal: str = "") -> Open:
        """A request is about to leave."""
        record = Open(number=self._booked.number + 1, kind=kind, amount=amount, trace=trace, terminal=terminal)
        try:
            self._write_open(record)
        except OSError:  # it will not leave; what was half written must not look as if it had
            with suppress(OSError):
                self._delete()
            raise
        return record

    def trying(self) -> None:
        """A reversal is about to leave: counted before it is sent, so that no crash makes them endless."""
        if self.open is not None:
            self._write_open(msgspec.structs.replace(self.open, tries=self.open.tries + 1))

    # --- after its answer ---

    def sold(self, response: Response, day: str) -> None:
        """The sale was approved."""
        sale = Sale(
            trace=response.trace,
            batch=response.batch,
            amount=response.amount,
            day=day,
            reference=response.reference,
            terminal=response.terminal,
        )
        last = Last(
            trace=sale.trace,
            amount=sale.amount,
            authorisation=response.authorisation,
            terminal=response.terminal,
        )
        self._answered(last, (*self._booked.sales, sale))

    def voided(self, sale: Sale, response: Response | None) -> None:
        """``sale`` is undone: by ``response``, or (None) by an answer we never saw."""
        if response is not None and response.trace not in {0, sale.trace}:
            last = Last(trace=response.trace, amount=sale.amount, terminal=sale.terminal, reverses=sale.trace)
        else:
            last = Last(trace=sale.trace, amount=sale.amount, approved=False, terminal=sale.terminal)
        self._answered(last, self._undone(sale.trace))

    def nothing(self) -> None:
        """Nothing was booked, or what was booked is undone: it is as if nobody had asked."""
        self._delete()

    def strayed(self, trace: int) -> None:
        """A reversal undid an older sale: both are remembered until a person has looked."""
        if self.open is None:
            return
        last = self._booked.last
        if last is not None and last.trace == trace:
            last = msgspec.structs.replace(last, approved=False)
        self._write_open(msgspec.structs.replace(self.open, strayed=trace))
        self._write_booked(msgspec.structs.replace(self._booked, last=last, sales=self._undone(trace)))

    def closed(self) -> None:
        """The batch is settled: its sales can be named once more, and not be voided any more."""
        sales = tuple(msgspec.structs.replace(sale, closed=True) for sale in self._booked.sales if not sale.closed)
        self._write_booked(msgspec.structs.replace(self._booked, sales=sales))

    def _undone(self, trace: int) -> tuple[Sale, ...]:
        gone = self.sale(trace)
        return tuple(
            msgspec.structs.replace(sale, undone=True) if sale is gone else sale for sale in self._booked.sales
        )

    def _answered(self, last: Last, sales: tuple[Sale, ...]) -> None:
        number = self.open.number if self.open is not None else self._booked.number
        self._write_booked(Booked(number=number, last=last, sales=sales))
        self.open = None
        with suppress(OSError):  # its number is booked: what is left of it is over
            self._delete()

    # --- files ---

    def _write_open(self, record: Open) -> None:
        self._replace("open.json", record)
        self.open = record

    def _write_booked(self, booked: Booked) -> None:
        self._replace("booked.json", booked)
        self._booked = booked

    def _delete(self) -> None:
        with suppress(FileNotFoundError):
            (self.folder / "open.json").unlink()
        self._sync_folder()
        self.open = None

    def _read(self, name: str, kind: type[Struct]) -> Struct | None:
        try:
            return msgspec.json.decode((self.folder / name).read_bytes(), type=kind)
        except FileNotFoundError:
            return None
        except msgspec.MsgspecError as error:
            raise ValueError(f"{name} is damaged") from error

    def _replace(self, name: str, content: msgspec.Struct) -> None:
        new = self.folder / f"{name}.new"
        with new.open("wb") as file:
            file.write(msgspec.json.encode(content))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.folder / name)
        self._sync_folder()

    def _sync_folder(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
