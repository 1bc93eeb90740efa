"""From a frame to a file: crop, backdrop, JPEG, and the optional network that looks for prints and screens."""

import struct
from dataclasses import replace
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest

from bench.face_live import compared
from hardware.hosts.face import backdrop, jpeg
from hardware.hosts.face.arrays import Picture, floats, picture
from hardware.hosts.face.crop import HIGHEST, Form, Head, cut, head_of, missing, plan
from hardware.hosts.face.presence import SIDE, Presence, patch
from hardware.hosts.face.shots import KEPT, Shot, Shots, seen
from hardware.simulators.camera_people import WHO
from hardware.simulators.people.person import WALL, Gesture, wall
from kiosk_app.portrait.guidance import LIMITS
from kiosk_app.portrait.rules import judge
from kiosk_app.portrait.spec import specs
from tests.hardware.face_kit import frame, nets, person, presence_net

EXIT_ENTRY = Form(354, 472, head=360, crown=35)
ID_CARD = Form(358, 441, face_width=207, crown=14, eyes_to_bottom=210)
FILE = jpeg.File(20_000, 80_000, 300)


def shot(gesture: Gesture | None = None) -> Shot:
    return seen(nets(), frame(gesture))


def head(source: Shot) -> Head:
    return head_of(nets().outline(source.picture), source.look)


def test_crown_and_chin_land_where_the_form_says() -> None:
    there = head(shot())
    onto = plan(there, EXIT_ENTRY)
    eyes, up = np.array(there.eyes), np.array(there.up)
    crown = onto[:, :2] @ (eyes + up * there.crown) + onto[:, 2]
    chin = onto[:, :2] @ (eyes - up * there.chin) + onto[:, 2]
    assert crown == pytest.approx((177, 35), abs=0.5)
    assert chin == pytest.approx((177, 395), abs=0.5)


def test_a_form_may_ask_for_the_faces_width_and_for_room_below_the_eyes() -> None:
    """GA 461-2004: the crown where it is wanted while there is that room; with high hair the eyes win."""
    there = head(shot())
    for crown, lower in ((there.crown, False), (1.9 * there.crown, True)):
        high = replace(there, crown=crown)
        onto = plan(high, ID_CARD)
        scale = float(np.hypot(onto[0, 0], onto[0, 1]))
        eyes = (onto[:, :2] @ np.array(high.eyes) + onto[:, 2])[1]
        assert scale * high.face_width == pytest.approx(207, abs=0.5)
        assert eyes == pytest.approx(441 - 210 if lower else 14 + scale * crown, abs=0.5)
        assert 441 - eyes >= 207


@pytest.mark.parametrize("key", list(specs()))
@pytest.mark.parametrize("who", WHO)
def test_who_stands_well_gets_a_photo_by_the_rules_of_every_document(key: str, who: str) -> None:
    spec = specs()[key]
    file = jpeg.File(spec.file.smallest, spec.file.largest, spec.file.dpi)
    source = seen(nets(), frame(Gesture(turn=-17) if who == "biden" else None, who))  # taken from the side
    made = Shots(nets()).finish([source], Form(**msgspec.to_builtins(spec.form)), file, "keep")
    assert [found.rule.measure for found in judge(made.measures, spec) if not found.holds] == []


def test_high_hair_is_not_taken_for_the_head() -> None:
    source = shot()
    outline = nets().outline(source.picture)
    x, y = (int(value) for value in head(source).eyes)
    outline[: y - 40, x - 120 : x + 120] = 1
    assert head_of(outline, source.look).crown == pytest.approx(HIGHEST * head(source).chin)


@pytest.mark.parametrize(
    ("gesture", "side"),
    [(Gesture(down=-200), "top"), (Gesture(aside=-520), "left"), (Gesture(near=1.9, down=150), "bottom")],
)
def test_what_lies_outside_the_frame_is_named_and_not_made_up(gesture: Gesture, side: str) -> None:
    source = shot(gesture)
    assert side in missing(plan(head(source), EXIT_ENTRY), EXIT_ENTRY, (720, 1280))
    assert missing(plan(head(shot()), EXIT_ENTRY), EXIT_ENTRY, (720, 1280)) == ()


def cut_of(gesture: Gesture | None = None) -> tuple[Picture, Picture]:
    """The photo of a frame, and the same part of what is truly the person (0..255)."""
    source = shot(gesture)
    onto = plan(head(source), EXIT_ENTRY)
    truth = picture((person().alpha * 255).astype(np.uint8))
    return cut(source.picture, onto, EXIT_ENTRY), picture(cv2.warpAffine(truth, onto, (354, 472)))


def test_keeping_the_backdrop_changes_nothing() -> None:
    photo, _ = cut_of()
    assert backdrop.treat(photo, nets().outline(photo), "keep") is photo


@pytest.mark.parametrize("policy", ["whiten", "replace"])
def test_the_wall_becomes_white_and_the_person_stays_as_it_is(policy: str) -> None:
    photo, truth = cut_of()
    done = backdrop.treat(photo, nets().outline(photo), policy)
    inside = cv2.erode(truth, np.ones((13, 13), np.uint8)) == 255
    outside = cv2.dilate(truth, np.ones((25, 25), np.uint8)) == 0
    change = np.abs(done.astype(int) - photo)[inside]
    assert change.mean() <= 1.0
    assert (done[outside] >= (250 if policy == "replace" else 244)).all(axis=1).mean() >= 0.99


def test_an_uneven_wall_is_evened_by_whitening_and_measured_before() -> None:
    photo, truth = cut_of()
    shade = np.linspace(0.75, 1.0, photo.shape[1], dtype=np.float32)[None, :, None]
    dark = picture((photo * shade).astype(np.uint8))
    before = backdrop.measure(dark, nets().outline(dark))
    after = backdrop.measure(done := backdrop.treat(dark, nets().outline(dark), "whiten"), nets().outline(done))
    assert before["spread"] > 12 > 4 > after["spread"]
    assert before["light"] < after["light"]
    assert after["light"] > 0.95
    assert truth.any()


def test_a_coloured_wall_is_measured_as_such() -> None:
    photo, truth = cut_of()
    blue = np.where(truth[..., None] > 0, photo, np.array((230, 120, 60), np.uint8)).astype(np.uint8)
    assert backdrop.measure(blue, nets().outline(blue))["saturation"] > 0.5
    assert backdrop.measure(photo, nets().outline(photo))["saturation"] < 0.05


def test_a_picture_that_is_all_person_has_no_wall_to_judge() -> None:
    told = backdrop.measure(wall(), np.ones(wall().shape[:2], np.float32))
    assert told["share"] == told["light"] == 0.0


def test_the_outline_follows_the_edge_in_the_picture() -> None:
    source = np.full((400, 400, 3), WALL, np.uint8)
    cv2.circle(source, (200, 200), 120, (60, 70, 90), -1)
    truth = cv2.circle(np.zeros((400, 400), np.float32), (200, 200), 120, 1.0, -1)
    rough = floats(cv2.GaussianBlur(cv2.circle(np.zeros((400, 400), np.float32), (203, 198), 121, 1.0, -1), (0, 0), 5))
    assert np.abs(backdrop.sharpen(source, rough) - truth).mean() < 0.65 * np.abs(rough - truth).mean()


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="policy 'paint'"):
        backdrop.treat(wall(), floats(np.zeros((720, 1280))), "paint")


def test_the_file_is_the_best_that_is_not_too_large_and_says_its_density() -> None:
    photo, _ = cut_of()
    data, quality = jpeg.encode(photo, FILE)
    assert FILE.smallest <= len(data) <= FILE.largest
    small, worse = jpeg.encode(photo, jpeg.File(0, len(data) // 2, 350))
    assert len(small) <= len(data) // 2
    assert worse < quality
    assert struct.unpack(">BHH", small[13:18]) == (1, 350, 350)
    with pytest.raises(jpeg.TooLarge):
        jpeg.encode(photo, jpeg.File(0, 2_000, 300))
    assert np.abs(jpeg.decode(data).astype(int) - photo).mean() < 4


def test_files_that_are_not_ours_are_read_with_care() -> None:
    for data in (b"", b"GIF89a" + bytes(60), b"BM" + bytes(80), b"\xff\xd8\xff\xe0" + bytes(90)):
        with pytest.raises((ValueError, cv2.error)):
            jpeg.decode(data)
    for size in ((40, 40), (60, 400)):
        with pytest.raises(ValueError, match="pixels"):
            jpeg.decode(bytes(cv2.imencode(".png", np.zeros((*size, 3), np.uint8))[1]))


def test_few_frames_are_kept_and_those_that_go_are_overwritten() -> None:
    shots = Shots(nets())
    one = shot()
    shots.keep(one)
    (kept,) = shots.best()
    assert kept.picture is not one.picture
    for _ in range(12):
        count = shots.keep(one)
    assert count == KEPT
    assert not kept.picture.any()
    left = [one.picture for one in shots.best()]
    shots.forget()
    assert shots.best() == []
    assert not any(one.any() for one in left)


def test_straight_open_eyed_and_closed_lipped_is_better() -> None:
    rest = shot().score
    for gesture in (Gesture(turn=14), Gesture(shut=0.8), Gesture(open=0.6)):
        assert shot(gesture).score < rest - 0.1


# --- the optional network ---


def test_an_optional_network_scores_the_living(tmp_path: Path) -> None:
    presence = Presence([(presence_net(tmp_path / "a.onnx"), 2.7), (presence_net(tmp_path / "b.onnx"), 4.0)])
    box = floats((600, 250, 90, 120))
    bright = presence.score(np.full((720, 1280, 3), 220, np.uint8), box)
    dark = presence.score(np.full((720, 1280, 3), 30, np.uint8), box)
    assert bright is not None
    assert dark is not None
    assert bright > 0.9 > 0.1 > dark
    presence.wipe()
    assert Presence([]).score(wall(), box) is None


def test_a_network_of_another_shape_is_not_used(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"a\.onnx"):
        Presence([(presence_net(tmp_path / "a.onnx", 96), 2.7)])
    with pytest.raises(FileNotFoundError):
        Presence([(tmp_path / "none.onnx", 2.7)])
    (tmp_path / "bad.onnx").write_bytes(b"not a network")
    with pytest.raises(ValueError, match="bad"):
        Presence([(tmp_path / "bad.onnx", 2.7)])


def test_the_grown_box_is_kept_inside_the_picture() -> None:
    source = np.zeros((720, 1280, 3), np.uint8)
    source[:, :640] = 255
    assert patch(source, floats((0, 0, 90, 120)), 2.7).min() == 255
    assert patch(source, floats((1190, 600, 90, 120)), 2.7).max() == 0
    assert patch(source, floats((400, 100, 700, 600)), 4.0).shape == (SIDE, SIDE, 3)


def test_a_look_that_guidance_calls_good_becomes_a_photo_that_no_rule_refuses() -> None:
    """Of people who stand a little wrong in every way; live guidance with all its slack is never the looser one."""
    good = [look for look in compared(36, seed=3, spoil=0.5) if not look.live]
    assert len(good) >= 12
    assert [look.broken for look in good if look.broken] == []


@pytest.mark.parametrize("blurred", [2.0, 3.0])
@pytest.mark.parametrize("who", WHO)
def test_a_blurred_face_is_told_to_keep_still_and_a_sharp_one_is_not(who: str, blurred: float) -> None:
    limit = next(limit for limit in LIMITS if limit.measure == "sharpness")
    sharp = frame(who=who)
    assert limit.holds(seen(nets(), sharp).look.sharpness, before=False)
    dim = picture(cv2.GaussianBlur(sharp, (0, 0), blurred))
    assert not limit.holds(seen(nets(), dim).look.sharpness, before=True)
