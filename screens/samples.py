"""Every view with sample data: for the gallery, the tests and whoever judges how it looks. No real person."""

from dataclasses import replace

from kiosk_app.money.amounts import Fen
from kiosk_app.views import (
    Attract,
    Choice,
    ChooseMany,
    ChooseOne,
    Done,
    EnterNumber,
    IdleWarning,
    Menu,
    MenuItem,
    Pay,
    PayCode,
    PayWay,
    PlaceCard,
    Printing,
    Sorry,
    Steps,
    View,
    Working,
    text,
)
from screens.sample_books import BOOKS
from screens.sample_hall import HALL
from screens.sample_offered import OFFERED
from screens.sample_papers import PAPERS
from screens.sample_person import BOOTH, ENDORSE

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


def pay(stage: int, title: str, *, cancellable: bool, pin: tuple[int, int] | None = None) -> Pay:
    """The payment at one stage."""
    return Pay(
        title=text(f"pay.title.{title}"), amount=Fen(30000), purpose=text("pay.purpose", count=2), reference=REFERENCE,
        stage=stage, pin=pin, cancellable=cancellable, steps=Steps(STEPS, 2),
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
    faces=True,
)
NUMBER = EnterNumber(
    title=text("fines.number.title"), hint=text("fines.number.hint"), lengths=(15, 16), value="4407031006",
    steps=Steps(STEPS, 0),
)  # fmt: skip


SAMPLES: dict[str, View] = {
    "attract": Attract(services=(FINES.title,)),
    "attract_notices": Attract(
        services=tuple(text(f"family.{family}.title") for family in ("social", "border", "road", "hall")),
        warnings=(text("notice.warning", said=text("menu.closed.store")),),
        notices=(text("notice.info", said=text("guide.notices.line")),),
    ),
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
    "pay_pin": pay(1, "enter_pin", cancellable=False, pin=(3, 6)),
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
    "working": Working(title=text("work.looking_up_fines"), waits_for=text("work.waits.police"), steps=Steps(STEPS, 0)),
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
    "printing": Printing(
        title=text("endorsement.print.title"),
        detail=text("endorsement.print.detail"),
        percent=62,
        steps=Steps(ENDORSE, 4),
    ),
    "take_permit": Done(
        title=text("permit.take.title"), take=("permit",), warnings=(text("refused.counter"),), seconds=30,
        steps=Steps(ENDORSE, 0),
    ),
    "closed": Sorry(title=text("closed.starting"), detail=text("sorry.detail.starting"), leave=False),
    "idle_warning": IdleWarning(seconds=15),
    "choose_one": ChooseOne(
        title=text("fines.choose.title_number"), subtitle=text("fines.choose.subtitle"),
        rows=(ROWS[0], Choice(key="2", title="身份证照片", title_en="Photo for the ID card"), ROWS[3]),
        steps=Steps(STEPS, 1),
    ),
    **BOOTH,
    **BOOKS,
    **HALL,
    **OFFERED,
    **PAPERS,
    "closed_with_words": Sorry(
        title=text("sorry.title.closed"), detail=text("menu.closed.central"),
        cards=((text("sorry.help.title"), (text("sorry.phone"),)),), actions=(("begin", text("sorry.action.hall")),),
        leave=False,
    ),
}  # fmt: skip
