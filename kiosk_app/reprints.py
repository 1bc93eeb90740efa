"""Proofs once more (补打): which there are on this machine, for whom, and the how-manieth paper comes out.

Rules. A proof of somebody who was identified needs their card again; one of nobody needs what only who holds the slip
knows: its number and its sum. What is printed is true today: if the money went back since, the paper says so. Each
paper is numbered in the journal before it is printed, and no two of one proof have the same number. Proofs are kept
for weeks; of an older payment the journal still says where its money is, and nothing else.
"""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import date

from kiosk_app.devices import Slip
from kiosk_app.errors import StoreError
from kiosk_app.money.amounts import Fen
from kiosk_app.money.payment import KIND, Payment, State, from_entry
from kiosk_app.papers.reprint import Statement, reprinted, statement_slip
from kiosk_app.ports import Clock, Journal, KeptProof, ProofShelf

REPRINT = "reprint"
"""Kind of the journal's entries that number papers."""
DELIVERED = frozenset({State.FULFILLED, State.COMPLETED, State.SETTLED})
"""While a payment is in one of these, its proof is true."""
PAYMENT = "cases.what.payment"


class Reprints:
    """What can be printed again. Nothing in it names anybody; whose a proof is, only a card's number tells."""

    def __init__(self, journal: Journal, shelf: ProofShelf, clock: Clock, machine: str) -> None:
        self._journal, self._shelf, self._clock, self._machine = journal, shelf, clock, machine
        self._wrong: Counter[tuple[str, date]] = Counter()

    def keep(self, reference: str, slip: Slip, what: str, amount: Fen, holder: str) -> None:
        """Remember a proof. One that cannot be kept is handed out all the same."""
        with suppress(StoreError):
            self._shelf.keep(KeptProof(reference, self._clock.now(), what, amount, slip), holder)

    def of_holder(self, number: str) -> list[KeptProof]:
        """Proofs of whoever has this identity number, newest first. Raises StoreError."""
        return [self._today(proof) for proof in self._shelf.of_holder(number)]

    def of_slip(self, reference: str) -> KeptProof | None:
        """What who holds the slip may have without a card; to be compared with its sum. Raises StoreError."""
        if self._shelf.held(reference):
            return None
        proof = self._shelf.of_nobody(reference)
        if proof is not None:
            return self._today(proof)
        payment = self._payment(reference)
        return None if payment is None else self._statement(payment)

    def guessed(self, reference: str) -> None:
        """Somebody typed a wrong sum for this slip. A restart forgives."""
        self._wrong[reference, self._clock.now().date()] += 1

    def wrong_today(self, reference: str) -> int:
        """How often that was today, in whichever visit."""
        return self._wrong[reference, self._clock.now().date()]

    def marked(self, reference: str, slip: Slip) -> tuple[int, Slip]:
        """``slip`` as a reprint, and its number, which is used up. Raises StoreError: what is not counted is no paper.

        It says where the money of its payment is now.
        """
        number = 1 + len(self._journal.entries(reference=reference, kind=REPRINT))
        payment = self._payment(reference)
        self._journal.append(reference, REPRINT, "numbered", {"number": number})
        state = payment.state.value if payment is not None else ""
        return number, reprinted(slip, number, self._clock.now(), self._machine, state=state)

    def unnumbered(self, slip: Slip) -> Slip:
        """The same where nothing can be counted any more."""
        return reprinted(slip, 0, self._clock.now(), self._machine)

    def _today(self, proof: KeptProof) -> KeptProof:
        """As it is true today."""
        payment = self._payment(proof.reference)
        if payment is None or payment.state in DELIVERED:
            return proof
        return replace(proof, slip=self._statement(payment).slip)

    def _payment(self, reference: str) -> Payment | None:
        entries = self._journal.entries(reference=reference, kind=KIND)
        return from_entry(entries[-1]) if entries else None

    def _statement(self, payment: Payment) -> KeptProof:
        at = self._journal.entries(reference=payment.reference, kind=KIND)[0].at
        slip = statement_slip(Statement(payment.reference, payment.amount, payment.state.value, at))
        return KeptProof(payment.reference, at, PAYMENT, payment.amount, slip)


__all__ = ["KeptProof", "Reprints"]
