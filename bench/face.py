"""Faces: how fast, beside whom, how exact, and how often each rule is right.

All figures are of three portraits of public persons, varied by known amounts: they say how the programs behave under
these, and nothing about error rates with the people of a town. Times are of this machine: compare the ratios.
"""

from typing import Any

from bench import face_geometry, face_live, face_peers, face_rules, face_speed


def measure() -> dict[str, Any]:
    """Speed, peers, geometry, rules, and live guidance beside the rules."""
    speed = face_speed.measure()
    return {
        **speed,
        **face_peers.measure(speed["preview_p50_ms"], speed["processor_p50_ms"]),
        **face_geometry.measure(),
        **face_rules.measure(),
        **face_live.measure(),
    }


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name}: {value}")
