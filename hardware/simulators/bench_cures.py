"""What can be wrong with a device on the bench, and the hand that puts it right.

A new simulator adds its rows here; those it has from :class:`.base.Simulator` are known. The order matters: first
the plug, then what needs a line. Cards stay where they are: this mends devices, it ends nobody's visit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from hardware.simulators.permit_body import BOX_LOW
from hardware.simulators.receipt_printer import NEAR_END
from hardware.simulators.ups import LOW

State = Mapping[str, Any]
WARM, USUAL_WARMTH = 55, 25
"""Degrees Celsius: of a cabinet that is too hot, and of one that is well."""


@dataclass(frozen=True)
class Cure:
    """``hand`` with ``given`` ends ``what``, which is the case ``when`` the state says so."""

    hand: str
    what: str
    when: Callable[[State], Any]
    given: Mapping[str, Any] = field(default_factory=dict)


_EVERY = (
    Cure("plug_in", "unplugged", lambda s: s.get("plugged") is False),
    Cure("thaw", "frozen", lambda s: s.get("frozen")),
    Cure("corrupt", "answers garbled", lambda s: s.get("garbled"), {"count": 0}),
    Cure("noise", "noise on the line", lambda s: s.get("noisy"), {"count": 0}),
    Cure("slow_down", "slow", lambda s: s.get("delay_ms"), {"milliseconds": 0}),
)
_CAMERA = (
    Cure("uncover", "lens covered", lambda s: s["covered"]),
    Cure("unstick", "picture frozen", lambda s: s["stuck"]),
)
_UNIONPAY = (
    Cure("bank_says", "bank will decline", lambda s: s.get("will_say"), {"code": ""}),
    Cure("reversals_say", "bank will not reverse", lambda s: s.get("to_reversals"), {"code": ""}),
    Cure("init_returns", "library does not start", lambda s: s.get("init_code"), {"code": 0}),
    Cure("spoil", "next answer spoilt", lambda s: s.get("spoilt"), {"how": ""}),
    Cure("stray", "reversals go astray", lambda s: s.get("strays"), {"on": 0}),
)
"""Of the card terminal whose state has these."""
_OF_ROLE: Mapping[str, tuple[Cure, ...]] = MappingProxyType(
    {
        "id_card_reader": (Cure("repair", "security module broken", lambda s: s["broken"]),),
        "card_terminal": (
            Cure("bank_line", "bank unreachable", lambda s: not s["bank_reachable"], {"up": 1}),
            Cure("bank_says", "bank will decline", lambda s: s.get("bank_code"), {"code": 0}),
            Cure("status_is", "reports a fault", lambda s: s.get("status"), {"code": 0}),
            *_UNIONPAY,
        ),
        "receipt_printer": (
            Cure("clear_jam", "cutter jammed", lambda s: s["cutter_error"]),
            Cure("close_cover", "cover open", lambda s: s["cover_open"]),
            Cure("refill", "roll empty or nearly", lambda s: s["paper_mm"] <= NEAR_END),
        ),
        "document_printer": (
            Cure("switch_on", "switched off", lambda s: not s["on"]),
            Cure("clear_jam", "paper jam", lambda s: "media-jam" in s["reasons"]),
            Cure("close_cover", "cover open", lambda s: "cover-open" in s["reasons"]),
            Cure("refill", "tray empty", lambda s: s["on"] and not s["filled"]),
        ),
        "chip_card_reader": (Cure("start_service", "pcscd stopped", lambda s: not s["pcscd"]),),
        "permit_unit": (
            Cure("clear_jam", "card jammed", lambda s: s["position"] == "JAMMED"),
            Cure("mend_head", "print head broken", lambda s: s["head"] != "ok"),
            Cure("empty_box", "box nearly full", lambda s: len(s["box"]) >= BOX_LOW),
        ),
        **dict.fromkeys(("camera", "document_camera"), _CAMERA),
        "cabinet": (
            Cure("restart", "board dead", lambda s: s["muted"]),
            Cure("close_doors", "door open", lambda s: s["open_doors"]),
            Cure(
                "heat",
                "temperature",
                lambda s: s["degrees"] is None or s["degrees"] >= WARM,
                {"degrees": USUAL_WARMTH},
            ),
        ),
        "ups": (
            Cure("find_ups", "data cable pulled", lambda s: s["lost_ups"]),
            Cure("return_mains", "mains failed", lambda s: not s["on_mains"]),
            Cure("withdraw_shutdown", "shutdown ordered", lambda s: "FSD" in s["ups.status"]),
            Cure(
                "renew_battery",
                "battery low",
                lambda s: "RB" in s["ups.status"] or int(s["battery.charge"]) <= LOW,
            ),
        ),
        "network": (Cure("restore", "cut or slow", lambda s: not s["connected"] or s["pause_ms"]),),
        "kiosk": (Cure("start", "without power", lambda s: not s["running"]),),
    }
)


def wrong_with(role: str, state: State) -> list[Cure]:
    """The cures that ``role`` needs now."""
    return [cure for cure in (*_EVERY, *_OF_ROLE.get(role, ())) if cure.when(state)]
