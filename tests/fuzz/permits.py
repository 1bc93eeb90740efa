"""Fuzz targets of the permit unit: its wire, what its frames hold, and the line on the back of a permit."""

from datetime import date
from functools import partial

from hardware.protocols import endorser, mrz
from hardware.protocols.endorser import Command, Flag, Frame, Job, Kind, Malformed, Position, Reason, Result
from hardware.protocols.endorser_content import Answer, Order, Reading, Status
from hardware.simulators.permit_cards import LINES
from tests.fuzz.shapes import Stream, Value, only, outcome

TODAY = date(2026, 7, 1)
BUSY = Status(Position.PRINTING, Flag.MOVING, Reason.NONE, 2, 7, "0703-A", Job.ERASING, 40)
JAMMED = Status(Position.JAMMED, Flag.BOX_FULL, Reason.JAM_PRINT, 99, 8, "0703-A", Job.SPOILED, 60, Reason.JAM_PRINT)
READ = b"\x01" + LINES["zhang"].encode()
ORDER = Order("0703-A", 7, ("样本 SAMPLE", "香港 个人旅游(G) 一次", "逗留不超过7天"))


def _frame(found: Frame) -> None:
    assert endorser.Decoder().feed(found.encode()) == [found]
    assert len(found.payload) <= endorser.LONGEST
    assert found.answers(found) is (found.kind is Kind.ANSWER)
    _content(found.payload)


def _content(payload: bytes) -> None:
    answer = only(Malformed, Answer.decode, payload)
    if answer is not None:
        assert Answer.decode(answer.encode()) == answer
        _reading(answer.more)
    status = only(Malformed, Status.decode, payload)
    if status is not None:
        assert Status.decode(status[0].encode()) == (status[0], b"")
    order = only(Malformed, Order.decode, payload)
    if order is not None:
        assert order.encode() == payload
    _reading(payload)


def _reading(more: bytes) -> None:
    reading = only(Malformed, Reading.decode, more)
    if reading is not None:
        assert reading.encode() == more
        _line(more[1:])


WIRE = Stream(
    endorser.Decoder,
    (
        Frame(Kind.ANSWER, Command.HELLO, 1, 1, Answer(Result.OK, BUSY, b"SAMPLE UNIT").encode()).encode(),
        Frame(Kind.ANSWER, Command.READ, 1, 2, Answer(Result.OK, BUSY, READ).encode()).encode(),
        Frame(Kind.EVENT, Command.EVENT, 0, 0, JAMMED.encode()).encode(),
        Frame(Kind.REQUEST, Command.PRINT, 1, 3, ORDER.encode()).encode(),
        Frame(Kind.REQUEST, Command.STATUS, 0xFFFFFFFF, 0xFFFF).encode(),
    ),
    (Frame,),
    most=endorser.HEAD + endorser.LONGEST + endorser.TAIL,
    look=_frame,
    seal=lambda said: Frame(Kind.ANSWER, (said + b"\0")[0], 1, 1, said[1 : endorser.LONGEST]).encode(),
)
CONTENT = Value(
    _content,
    (
        Answer(Result.OK, BUSY, READ).encode(),
        Answer(Result.FAULT, JAMMED).encode(),
        BUSY.encode(),
        ORDER.encode(),
        READ,
    ),
)

# --- the line --------------------------------------------------------------------------------------------------


def _line(said: bytes) -> None:
    line = said.decode("latin-1")
    assert mrz.is_other_document(line) in (True, False)
    permit = outcome(mrz.BadLine, partial(mrz.parse, today=TODAY), line)
    if isinstance(permit, mrz.PermitLine):
        assert str(permit) == line
        assert permit.expired(TODAY) is (permit.expiry < TODAY)
    else:
        assert len(line) < mrz.LENGTH or line not in str(permit)


def _name(said: bytes) -> None:
    letters = said.decode("latin-1")
    name = only(ValueError, mrz.name_of, letters)
    if name is not None:
        assert mrz.name_of(mrz.name_letters(name)) == name
        assert len(mrz.name_letters(name, 30)) == 30


LINE = Value(_line, tuple(line.encode() for line in LINES.values() if line))
NAMES = Value(_name, tuple(mrz.name_letters(name, 30).encode() for name in ("张样本", "李样本", "陈Sample")))
