"""The papers of a scripted visit: taken, kept in the run folder, and read back as a person would read them."""

import asyncio
from pathlib import Path

from kiosk_app.demo_citizen import Citizen

SLIP, VOUCHER = "receipt", "voucher"


async def take_papers(citizen: Citizen) -> None:
    """Take what the printers have put out."""
    await keep_papers(citizen)
    for printer in ("receipt_printer", "document_printer"):
        await citizen.hand(printer, "take_paper")


async def keep_papers(citizen: Citizen) -> dict[str, str]:
    """Keep every paper there is: receipt-1.png and .txt, voucher-1.pdf. By file name, what stands on all so far."""
    bench = await citizen.bench_state()
    for name in bench["receipt_printer"]["papers"]:
        number = name.partition(".")[0]
        (citizen.out / f"{SLIP}-{number}.png").write_bytes(await citizen.paper("receipt_printer", name))
        text = await citizen.paper("receipt_printer", f"{number}.txt")
        (citizen.out / f"{SLIP}-{number}.txt").write_bytes(text)
        citizen.papers[f"{SLIP}-{number}.txt"] = text.decode()
    for name in bench["document_printer"]["papers"]:
        number = name.partition(".")[0]
        pdf = citizen.out / f"{VOUCHER}-{int(number)}.pdf"
        pdf.write_bytes(await citizen.paper("document_printer", f"{number}.pdf"))
        citizen.papers[pdf.name] = await _text(pdf)
    return citizen.papers


async def _text(pdf: Path) -> str:
    reading = await asyncio.create_subprocess_exec("pdftotext", str(pdf), "-", stdout=asyncio.subprocess.PIPE)
    text, _ = await reading.communicate()
    return text.decode(errors="replace")
