"""The papers of a scripted visit: kept in the run folder and read back as a person would read them."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from kiosk_app.demo_citizen import Citizen


@dataclass
class Papers:
    """By file name, what stands on them."""

    slips: dict[str, str] = field(default_factory=dict)
    vouchers: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """All files."""
        return [*self.slips, *self.vouchers]


async def keep_papers(citizen: Citizen, folder: Path) -> Papers:
    """Fetch every paper from the bench into ``folder``: receipt-1.png and .txt, voucher-1.pdf."""
    state, papers = await citizen.bench_state(), Papers()
    for name in state["receipt_printer"]["papers"]:
        number = name.partition(".")[0]
        (folder / f"receipt-{number}.png").write_bytes(await citizen.paper("receipt_printer", name))
        text = await citizen.paper("receipt_printer", f"{number}.txt")
        (folder / f"receipt-{number}.txt").write_bytes(text)
        papers.slips[f"receipt-{number}.txt"] = text.decode()
    for name in state["document_printer"]["papers"]:
        number = name.partition(".")[0]
        pdf = folder / f"voucher-{number}.pdf"
        pdf.write_bytes(await citizen.paper("document_printer", f"{number}.pdf"))
        papers.vouchers[pdf.name] = await _text(pdf)
    return papers


async def _text(pdf: Path) -> str:
    reading = await asyncio.create_subprocess_exec("pdftotext", str(pdf), "-", stdout=asyncio.subprocess.PIPE)
    text, _ = await reading.communicate()
    return text.decode(errors="replace")
