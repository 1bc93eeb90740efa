"""The views before the camera with sample data. The person is drawn, and nobody."""

import io
from dataclasses import replace

from PIL import Image, ImageDraw

from kiosk_app.devices import Frame
from kiosk_app.views import Consent, Done, LivePortrait, PortraitReview, Steps, Text, View, text


def drawn_person(width: int, height: int, *, aside: float = 0.0, near: float = 1.0) -> Image.Image:
    """Nobody: a head, hair and shoulders before a pale wall, the face where a photo wants it."""
    picture = Image.new("RGB", (2 * width, 2 * height), "#DDE6E2")
    draw, k = ImageDraw.Draw(picture), 2 * height * near
    x, y = width + aside * 2 * width, height * 2 * (0.5 - 0.07 * near)

    def oval(wide: float, tall: float, down: float, ink: str) -> None:
        draw.ellipse([x - wide * k, y + (down - tall) * k, x + wide * k, y + (down + tall) * k], fill=ink)

    oval(0.30, 0.34, 0.60, "#5A6B72")
    oval(0.075, 0.12, 0.24, "#B99C82")
    oval(0.172, 0.255, -0.01, "#1F2C31")
    oval(0.150, 0.205, 0.035, "#C9AE94")
    draw.chord([x - 0.172 * k, y - 0.27 * k, x + 0.172 * k, y + 0.14 * k], 192, 348, fill="#1F2C31")
    for eye in (-0.062, 0.062):
        draw.ellipse([x + (eye - 0.016) * k, y - 0.012 * k, x + (eye + 0.016) * k, y + 0.012 * k], fill="#1F2C31")
    draw.arc(
        [x - 0.045 * k, y + 0.09 * k, x + 0.045 * k, y + 0.145 * k], 20, 160, fill="#8C5B4A", width=round(0.011 * k)
    )
    return picture.resize((width, height), Image.Resampling.BOX)


class DrawnPreview:
    """A live picture of a drawn person, one frame for ever; None once a test takes ``frame`` away."""

    def __init__(self, width: int = 1280, height: int = 720, *, aside: float = 0.0, near: float = 1.0) -> None:
        pixels = drawn_person(width, height, aside=aside, near=near).tobytes()
        self.frame: Frame | None = Frame(width, height, 1, 0.0, memoryview(pixels))

    def latest(self) -> Frame | None:
        """The one picture there is."""
        return self.frame


def drawn_photo() -> bytes:
    """A JPEG of 354 x 472 of the drawn person."""
    file = io.BytesIO()
    whole = drawn_person(1280, 720, near=1.35)
    whole.crop((370, 0, 910, 720)).resize((354, 472), Image.Resampling.LANCZOS).save(file, "JPEG", quality=88)
    return file.getvalue()


ENDORSE = tuple(text(f"endorsement.step.{name}") for name in ("permit", "face", "choose", "pay", "print"))
PHOTO = tuple(text(f"id_photo.step.{name}") for name in ("document", "photo", "print"))
BORDER_PHOTO = text("named", zh="出入境证件相片", en="Exit-entry document photo")
CARD_PHOTO = text("named", zh="居民身份证相片", en="Resident ID card photo")
SITE = text("named", zh="环市街服务中心", en="Huanshi Street Service Centre")
CHECKS = ("facing", "place", "calm", "light", "sharp", "wall", "glasses")
LIVE, EMPTY = DrawnPreview(), DrawnPreview(aside=2.0)


def live(say: str, wrong: tuple[str, ...] | None = (), *, right: bool = False) -> LivePortrait:
    """The live picture with these checks wrong; None: nobody is there."""
    return LivePortrait(
        title=text("photo.title"), live=LIVE if wrong is not None else EMPTY, say=text(say), right=right,
        checks=tuple((text(f"photo.check.{check}"), None if wrong is None else check not in wrong) for check in CHECKS),
        release=text("photo.release"), steps=Steps(PHOTO, 1),
    )  # fmt: skip


def asked(gesture: str, done: int) -> LivePortrait:
    """A gesture to make."""
    return LivePortrait(
        title=text("face.title"), live=LIVE, say=text(f"face.gesture.{gesture}"), gesture=gesture, done=done,
        gestures=3, seconds=8, steps=Steps(ENDORSE, 1),
    )  # fmt: skip


def reviewed(title: str, **more: tuple[Text, ...] | Text) -> PortraitReview:
    """The finished photo."""
    size = text("photo.review.size", title=BORDER_PHOTO, width=354, height=472)
    return PortraitReview(
        title=text(title), picture=drawn_photo(), size=(354, 472), facts=(size,), again=text("photo.again"),
        steps=Steps(PHOTO, 1), **more,  # type: ignore[arg-type] # the view's own fields
    )  # fmt: skip


CONSENT = Consent(
    title=text("consent.title"),
    points=(
        (text("consent.about.who"), text("consent.who.said", site=SITE, phone="0750-1234567")),
        (text("consent.about.what"), text("endorsement.face.purpose")),
        *(
            (text(f"consent.about.{about}"), text(f"consent.{about}.said"))
            for about in ("how", "kept", "need", "rights")
        ),
    ),
    ways=tuple((way, text(f"consent.way.{way}"), text(f"consent.note.{way}")) for way in ("decline", "agree")),
    steps=Steps(ENDORSE, 1),
)
PICK_UP = Consent(
    title=text("id_photo.code.title"),
    points=tuple(
        (text(f"id_photo.code.about.{about}"), text(f"id_photo.code.said.{about}"))
        for about in ("what", "where", "kept", "who")
    ),
    ways=tuple((way, text(f"id_photo.way.{way}"), text(f"id_photo.note.{way}")) for way in ("paper", "code")),
    steps=Steps(PHOTO, 2),
)
PHOTO_DONE = Done(
    title=text("id_photo.done.printed"),
    facts=(
        text("id_photo.code", code="K7QM-2V0X-9RTD-5"),
        text("id_photo.code.until", until="2026-11-30 14:32"),
        text(
            "photo.review.size",
            title=CARD_PHOTO,
            width=358,
            height=441,
        ),
        text("id_photo.copies", count=8),
    ),
    qr="https://example.invalid/photo#K7QM-2V0X-9RTD-5",
    qr_note=text("id_photo.code.note"),
    papers=("document_printer",),
    actions=(("document", text("hand_out.again")), ("other", text("done.action.other"))),
    steps=Steps(PHOTO, 2),
)

BOOTH: dict[str, View] = {
    "consent": CONSENT,
    "photo_code": PICK_UP,
    "photo_done": PHOTO_DONE,
    "photo_no_code": replace(PHOTO_DONE, facts=PHOTO_DONE.facts[2:], qr="", warnings=(text("id_photo.code.failed"),)),
    "live_glasses": live("photo.say.glasses", ("glasses",)),
    "live_ready": live("photo.say.ready", right=True),
    "live_wall": live("photo.say.wall", ("wall", "light")),
    "live_nobody": live("photo.say.nobody", None),
    "live_covered": live("error.models_missing", None),
    "face_turn_left": asked("turn_left", 0),
    "face_turn_right": asked("turn_right", 0),
    "face_close_eyes": asked("close_eyes", 1),
    "face_open_mouth": asked("open_mouth", 2),
    "review_good": reviewed("photo.review.good", use=text("photo.use")),
    "review_advice": reviewed("photo.review.advice", use=text("photo.use"), advice=(text("photo.rule.glare"),)),
    "review_refused": reviewed(
        "photo.review.unusable", reasons=(text("photo.rule.eyes"), text("photo.rule.wall_uneven"))
    ),
}
"""By the name of the sample."""
