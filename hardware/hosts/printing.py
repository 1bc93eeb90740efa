"""The printing host: pycups behind standard input and output, in its own process (speaks ``hostlink``).

Why a process: libcups blocks, and has no deadline that one could rely on; the driver ends a host that hangs. pycups
is GPL and is imported here only. The host decides nothing: each question is one call to the queue, each answer is
what the queue and, behind it, the printer itself say. Documents go from memory to cupsd in pieces
(Create-Job, Send-Document); this process never writes a file.

    status            {"queue"}                -> {"queue": {state, reasons, accepting, uri}, "device": {...} | null}
    print             {"queue", "title"} + PDF -> {"job"}
    job               {"queue", "job"}         -> {"job": {state, reasons, impressions, sheets}, + status}
    cancel            {"queue", "job"}            cancel one job, in the printer too
    purge             {"queue"}                   cancel and remove every job of the queue
    resume            {"queue"}                   start a paused queue and let it accept jobs

``device`` is what the printer answers over IPP when the queue's URI is ``ipp``: a queue remembers old reasons while
it is idle, a printer does not. Its ``state`` is 0 when it could not be reached. ``status`` also brings its trays
and supplies, which pycups cannot read and :mod:`hardware.protocols.ipp` can.
"""

import http.client
import socket
import ssl
import sys
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

import cups

from hardware.hosts.serving import PIECE, serve
from hardware.protocols import ipp
from hardware.protocols.hostlink import Message

IPP = "application/ipp"
REACH = 2.0
"""Seconds within which a printer that is switched on takes a connection."""
QUEUE_SAYS = {
    "printer-state": "state",
    "printer-state-reasons": "reasons",
    "printer-is-accepting-jobs": "accepting",
    "device-uri": "uri",
}
DEVICE_SAYS = {
    "printer-state": "state",
    "printer-state-reasons": "reasons",
    "marker-names": "marker_names",
    "marker-types": "marker_types",
    "marker-levels": "marker_levels",
    "marker-low-levels": "marker_low_levels",
    "sides-supported": "sides",
    "color-supported": "color",
}
STRINGS = {"printer-input-tray": "trays", "printer-supply": "supplies"}
JOB_SAYS = {
    "job-state": "state",
    "job-state-reasons": "reasons",
    "job-printer-state-reasons": "printer_reasons",
    "job-impressions-completed": "impressions",
    "job-media-sheets-completed": "sheets",
}
LISTS = frozenset(
    {"reasons", "printer_reasons", "marker_names", "marker_types", "marker_levels", "marker_low_levels", "sides"}
)

Answer = dict[str, Any]


def _said(attributes: Mapping[str, Any], words: Mapping[str, str]) -> Answer:
    """The attributes we know, under our names; lists are always lists."""
    said = {ours: attributes[theirs] for theirs, ours in words.items() if theirs in attributes}
    return {name: [value] if name in LISTS and not isinstance(value, list) else value for name, value in said.items()}


def _device(uri: str, *, whole: bool) -> Answer | None:
    """What the printer itself says, if it speaks IPP; state 0 when it does not answer. ``whole``: trays too."""
    parts = urlsplit(uri)
    if parts.scheme not in {"ipp", "ipps"}:
        return None
    host, port = parts.hostname or "localhost", parts.port or 631
    try:
        socket.create_connection((host, port), timeout=REACH).close()  # libcups would try for half a minute
        printer = cups.Connection(host, port)
        said = _said(printer.getPrinterAttributes(uri=uri, requested_attributes=list(DEVICE_SAYS)), DEVICE_SAYS)
    except (OSError, RuntimeError, cups.IPPError, cups.HTTPError):
        return {"state": 0, "reasons": []}
    return said | (_strings(parts, uri) if whole else {})


def _strings(parts: SplitResult, uri: str) -> Answer:
    """Trays and supplies, as far as the printer tells; nothing if it does not."""
    try:
        line = _http(parts)
        line.request("POST", parts.path or "/", ipp.ask_attributes(uri, list(STRINGS)), {"Content-Type": IPP})
        found = ipp.octet_strings(line.getresponse().read(ipp.LARGEST))
        line.close()
    except (OSError, http.client.HTTPException, ipp.BadIpp):
        return {}
    return _said(found, STRINGS)


def _http(parts: SplitResult) -> http.client.HTTPConnection:
    """A connection as libcups makes it: a printer's own certificate is nobody's to vouch for."""
    host, port = parts.hostname or "localhost", parts.port or 631
    if parts.scheme == "ipp":
        return http.client.HTTPConnection(host, port, timeout=REACH)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=REACH, context=context)


def status(server: cups.Connection, ask: Mapping[str, Any], _: bytes) -> Answer:
    """How the queue is and, if it can be asked, the printer behind it."""
    queue = _said(server.getPrinterAttributes(ask["queue"], requested_attributes=list(QUEUE_SAYS)), QUEUE_SAYS)
    return {"queue": queue, "device": _device(queue.get("uri", ""), whole=ask["op"] == "status")}


def print_document(server: cups.Connection, ask: Mapping[str, Any], document: bytes) -> Answer:
    """Stream ``document`` from memory into a new job; a job that did not get all of it is removed."""
    queue, title = ask["queue"], ask["title"]
    job = server.createJob(queue, title, {})
    try:
        server.startDocument(queue, job, title, "application/pdf", 1)
        for at in range(0, len(document), PIECE):
            piece = document[at : at + PIECE]
            server.writeRequestData(piece, len(piece))
        server.finishDocument(queue)
    except BaseException:
        server.cancelJob(job, purge_job=True)
        raise
    return {"job": job}


def job(server: cups.Connection, ask: Mapping[str, Any], document: bytes) -> Answer:
    """How far one job is, with the status of this moment."""
    attributes = server.getJobAttributes(ask["job"], requested_attributes=list(JOB_SAYS))
    return {"job": _said(attributes, JOB_SAYS), **status(server, ask, document)}


def cancel(server: cups.Connection, ask: Mapping[str, Any], _: bytes) -> Answer:
    """Stop one job. Not a purge: that kills the backend before it can tell the printer."""
    server.cancelJob(ask["job"])
    return {}


def purge(server: cups.Connection, ask: Mapping[str, Any], _: bytes) -> Answer:
    """Remove every job of the queue, whoever left it there."""
    server.cancelAllJobs(name=ask["queue"], my_jobs=False, purge_jobs=True)
    return {}


def resume(server: cups.Connection, ask: Mapping[str, Any], _: bytes) -> Answer:
    """Start the queue again: CUPS leaves it paused after a fault."""
    server.enablePrinter(ask["queue"])
    server.acceptJobs(ask["queue"])
    return {}


OPERATIONS: dict[str, Callable[[cups.Connection, Mapping[str, Any], bytes], Answer]] = {
    "status": status,
    "print": print_document,
    "job": job,
    "cancel": cancel,
    "purge": purge,
    "resume": resume,
}


def answer(ask: Message) -> Message:
    """The answer to one question; a failure is an answer too. A connection lives as long as the question."""
    head: Answer
    try:
        head = OPERATIONS[ask.head["op"]](cups.Connection(), ask.head, ask.body)
    except KeyError as error:
        head = {"error": "question", "detail": str(error)}
    except cups.IPPError as error:
        head = {"error": "ipp", "code": error.args[0], "detail": str(error.args[-1])}
    except (RuntimeError, cups.HTTPError) as error:
        head = {"error": "unreachable", "detail": str(error)}
    return Message({"id": ask.head.get("id"), **head})


def main() -> None:
    """Answer until standard input ends."""
    if len(sys.argv) > 1:
        cups.setServer(sys.argv[1])
    cups.setPasswordCB(lambda _: "")  # nobody is here to be asked
    serve(lambda ask: [answer(ask)])


if __name__ == "__main__":
    main()
