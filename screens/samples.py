"""Every view with sample data: for the gallery, the tests and whoever judges how it looks. No real person."""

import io
from dataclasses import replace

from PIL import Image, ImageDraw

from kiosk_app.devices import Frame
from kiosk_app.money.amounts import Fen
from kiosk_app.views import (
    Attract,
    Choice,
    ChooseMany,
    ChooseOne,
    Consent,
    Done,
    EnterNumber,
    IdleWarning,
    LivePortrait,
    Menu,
    MenuItem,
    Pay,
    PayCode,
    PayWay,
    PlaceCard,
    PortraitReview,
    Sorry,
    Steps,
    Text,
    View,
    Working,
    text,
)

STEPS = tuple(text(f"fines.step.{name}") for name in ("identify", "choose", "pay", "proof"))
FINES = MenuItem(
    key="traffic_fines",
    family="road",
    title=text("menu.traffic_fines.title"),
    detail=text("menu.traffic_fines.detail"),
)
REFERENCE = "4407 0326 1123 0142"


def row(key: str, title: str, title_en: str, place: str, fen: int, *, late: str = "", refused: str = "") -> Choice:
    """A sample decision."""
    return Choice(
        key=key,
        title=title,
        title_en=title_en,
        lines=(
            text("fines.row.when_where", when="2026-11-02 08:14", place=place),
            text("fines.row.plate_points", plate="粤J·12K45", points=0),
        ),
        amount=Fen(fen),
        badge=text("fines.row.late_fee", amount=late) if late else None,
        refused=text(refused) if refused else None,
    )


ROWS = (
    row("440703100612345", "违反规定停放机动车", "Parking against the rules", "迎宾大道西 18 号", 20000),
    row("440703100598771", "未按导向车道行驶", "Driving in the wrong lane", "建设三路与胜利路口", 10000),
    row("440703100577120", "驾驶时拨打手持电话", "Using a telephone while driving", "白石大道东", 27200, late="72.00"),
    row("440703100511119", "超过规定时速百分之十以上未达百分之二十", "Speeding by 10 to 20 per cent",
        "江门大道北行 K12+300",
        15000, refused="fines.refused.not_handled"),
)  # fmt: skip


def choose(rows: tuple[Choice, ...], *, marked: int = 2) -> ChooseMany:
    """A sample list."""
    return ChooseMany(
        title=text("fines.choose.title", name="张**", count=sum(r.refused is None for r in rows)),
        subtitle=text("fines.choose.subtitle"),
        rows=rows,
        marked=tuple(r.key for r in rows[:marked]),
        action=text("fines.choose.action"),
        summary=text("fines.choose.selected"),
        steps=Steps(STEPS, 1),
    )


def many(count: int) -> tuple[Choice, ...]:
    """More rows than fit."""
    return tuple(row(f"4407031000{i:05d}", *SAMPLE_TEXTS[i % 3], 10000 + 100 * i) for i in range(count))


SAMPLE_TEXTS = tuple((r.title, r.title_en, "迎宾大道西 18 号") for r in ROWS[:3])


def pay(stage: int, title: str, *, cancellable: bool) -> Pay:
    """The payment at one stage."""
    return Pay(
        title=text(f"pay.title.{title}"), amount=Fen(30000), purpose=text("pay.purpose", count=2), reference=REFERENCE,
        stage=stage, cancellable=cancellable, steps=Steps(STEPS, 2),
    )  # fmt: skip


def pay_code(title: str, *, shown: bool = True) -> PayCode:
    """The payment by code; not ``shown``: before the code is there, or when it may no longer be paid."""
    return PayCode(
        title=text(title, app=text("pay.way.wechat")), amount=Fen(30000), purpose=text("pay.purpose", count=2),
        channel="wechat", reference=REFERENCE, code="weixin://wxpay/bizpayurl?pr=SAMPLE7f3a09c1d2e4" if shown else "",
        seconds=118 if shown else 0, cancellable=shown, steps=Steps(STEPS, 2),
    )  # fmt: skip


DONE = Done(
    title=text("done.title.paid"),
    amount=Fen(30000),
    paid_by=text("done.paid_by", card="**** 4412", authorisation="082931"),
    facts=(
        text("done.fact.decision", number="4407 0310 0612 345"),
        text("done.fact.decision", number="4407 0310 0598 771"),
        text("done.fact.reference", reference=REFERENCE),
        text("done.fact.reported", time="14:33"),
    ),
    qr="https://example.invalid/p/4407032611230142",
    qr_note=text("done.qr_note"),
    take=("card", "receipt"),
    actions=(("document", text("done.action.document")), ("other", text("done.action.other"))),
    steps=Steps(STEPS, 3),
)
NUMBER = EnterNumber(
    title=text("fines.number.title"), hint=text("fines.number.hint"), lengths=(15, 16), value="4407031006",
    steps=Steps(STEPS, 0),
)  # fmt: skip


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
    """A preview of a drawn person: implements ``kiosk_app.devices.Preview`` for pictures and tests."""

    def __init__(self, width: int = 1280, height: int = 720, *, aside: float = 0.0, near: float = 1.0) -> None:
        pixels = drawn_person(width, height, aside=aside, near=near).tobytes()
        self.frame: Frame | None = Frame(width, height, 1, 0.0, memoryview(pixels))

    def latest(self) -> Frame | None:
        """The one picture there is; None once a test takes it away."""
        return self.frame

    async def newer(self, than: int = 0) -> Frame:
        """Never: a drawing does not move."""
        raise NotImplementedError(than)


def drawn_photo() -> bytes:
    """A JPEG of 354 x 472 of the drawn person."""
    file = io.BytesIO()
    whole = drawn_person(1280, 720, near=1.35)
    whole.crop((370, 0, 910, 720)).resize((354, 472), Image.Resampling.LANCZOS).save(file, "JPEG", quality=88)
    return file.getvalue()


ENDORSE = tuple(text("plain", words=name) for name in ("身份验证", "拍照", "选择签注", "确认缴费", "制证"))
CHECKS = ("facing", "place", "calm", "light", "sharp", "wall", "glasses")
LIVE = DrawnPreview()


def live(say: str, wrong: tuple[str, ...] | None = (), *, right: bool = False) -> LivePortrait:
    """The live picture with these checks wrong; None: nobody is there."""
    return LivePortrait(
        title=text("photo.title"), live=LIVE if wrong is not None else DrawnPreview(near=0.01), say=text(say), right=right,
        checks=tuple((text(f"photo.check.{check}"), None if wrong is None else check not in wrong) for check in CHECKS),
        release=text("photo.release"), steps=Steps(ENDORSE, 1),
    )  # fmt: skip


def asked(gesture: str, done: int) -> LivePortrait:
    """A gesture to make."""
    return LivePortrait(
        title=text("face.title"), live=LIVE, say=text(f"face.gesture.{gesture}"), gesture=gesture, done=done, gestures=3,
        seconds=8, steps=Steps(ENDORSE, 0),
    )  # fmt: skip


def reviewed(title: str, **more: tuple[Text, ...] | Text) -> PortraitReview:
    """The finished photo."""
    size = text("photo.review.size", title=text("plain", words="出入境证件相片"), width=354, height=472)
    return PortraitReview(
        title=text(title), picture=drawn_photo(), size=(354, 472), facts=(size,), again=text("photo.again"),
        steps=Steps(ENDORSE, 1), **more,  # type: ignore[arg-type] # the view's own fields
    )  # fmt: skip


CONSENT = Consent(
    title=text("consent.title"),
    points=(
        (text("consent.who"), text("consent.who.said", site="环市街服务中心", phone="0750-1234567")),
        (text("consent.what"), text("plain", words="确认您就是通行证的持有人 To see that the permit is yours")),
        (text("consent.how"), text("consent.how.said")),
        (text("consent.kept"), text("consent.kept.said")),
        (text("consent.need"), text("consent.need.said")),
        (text("consent.rights"), text("consent.rights.said")),
    ),
    ways=(
        ("decline", text("consent.decline"), text("consent.decline.note")),
        ("agree", text("consent.agree"), text("consent.agree.note")),
    ),
    steps=Steps(ENDORSE, 0),
)

SAMPLES: dict[str, View] = {
    "attract": Attract(services=(FINES.title,)),
    "menu": Menu(items=(FINES,)),
    "menu_limited": Menu(
        items=(
            FINES,
            MenuItem(key="other", family="social", title=FINES.title, detail=FINES.detail,
                     closed=text("menu.closed.card_terminal")),
        ),
        notes=(text("menu.note.no_receipt"), text("menu.note.no_id_reader")),
    ),
    "place_card": PlaceCard(title=text("identify.title"), other=text("identify.other_number"), steps=Steps(STEPS, 0)),
    "place_card_again": PlaceCard(
        title=text("identify.title"), other=text("identify.other_number"), problem=text("error.card_not_read"),
        steps=Steps(STEPS, 0),
    ),
    "enter_number": NUMBER,
    "enter_number_wrong": EnterNumber(
        title=NUMBER.title, hint=NUMBER.hint, lengths=NUMBER.lengths, value="440703100612345",
        problem=text("fines.number.unknown"), steps=NUMBER.steps,
    ),
    "choose_many": choose(ROWS),
    "choose_many_long": choose(many(14), marked=14),
    "choose_many_none": choose(ROWS[3:]),
    "pay_card": pay(0, "insert_card", cancellable=True),
    "pay_bank": pay(2, "bank", cancellable=False),
    "pay_way": PayWay(
        title=text("pay.way.title"), amount=Fen(30000), purpose=text("pay.purpose", count=2),
        ways=("card", "wechat", "alipay"), steps=Steps(STEPS, 2),
    ),
    "pay_code": pay_code("pay.code.scan"),
    "pay_code_no_answer": pay_code("pay.code.no_answer"),
    "pay_code_checking": pay_code("pay.code.checking", shown=False),
    "done_by_code": replace(
        DONE, paid_by=text("done.paid_by_code", app=text("pay.way.wechat"), transaction="4200002345202611230123456789")
    ),
    "working": Working(title=text("work.looking_up"), waits_for=text("work.waits.central"), steps=Steps(STEPS, 0)),
    "done": DONE,
    "done_no_receipt": Done(
        title=text("done.title.paid_no_receipt"), amount=DONE.amount, paid_by=DONE.paid_by, facts=DONE.facts,
        warnings=(text("done.warning.receipt_failed", reference=REFERENCE),), take=("card",), actions=DONE.actions,
        steps=DONE.steps,
    ),
    "sorry": Sorry(
        title=text("error.paper_out"), detail=text("sorry.detail.staff_informed", time="14:32"),
        cards=(
            (text("sorry.still.title"), (text("menu.traffic_fines.title"),)),
            (text("sorry.nearest.title"), (text("plain", words="白沙街道服务中心 · 1.2 公里"),)),
        ),
        actions=(("other", text("sorry.action.other")),),
    ),
    "sorry_payment": Sorry(
        title=text("pay.trouble.unknown", amount="300.00"), detail=text("pay.uncertain"),
        facts=(text("sorry.reference", reference=REFERENCE), text("sorry.phone")),
        actions=(("other", text("sorry.action.other")),),
    ),
    "closed": Sorry(title=text("closed.starting"), detail=text("sorry.detail.starting"), leave=False),
    "idle_warning": IdleWarning(seconds=15),
    "choose_one": ChooseOne(
        title=text("fines.choose.title_number"), subtitle=text("fines.choose.subtitle"),
        rows=(ROWS[0], Choice(key="2", title="身份证照片", title_en="Photo for the ID card"), ROWS[3]),
        steps=Steps(STEPS, 1),
    ),
    "consent": CONSENT,
    "live_glasses": live("photo.say.glasses", ("glasses",)),
    "live_ready": live("photo.say.ready", right=True),
    "live_wall": live("photo.say.wall", ("wall", "light")),
    "live_nobody": live("photo.say.nobody", None),
    "face_turn_left": asked("turn_left", 0),
    "face_turn_right": asked("turn_right", 0),
    "face_close_eyes": asked("close_eyes", 1),
    "face_open_mouth": asked("open_mouth", 2),
    "review_good": reviewed("photo.review.good", use=text("photo.use")),
    "review_advice": reviewed("photo.review.advice", use=text("photo.use"), advice=(text("photo.rule.glare"),)),
    "review_refused": reviewed(
        "photo.review.refused", reasons=(text("photo.rule.eyes"), text("photo.rule.wall_uneven"))
    ),
}  # fmt: skip
