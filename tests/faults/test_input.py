"""Input that is too large, too deep or made to deceive: refused in words, or kept as it is and shown without harm."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from bot.boardfile import read_board
from bot.problems import FileProblem
from bot.views.text import neutral
from commands import COMMANDS
from tests.faults.conftest import Make
from tests.faults.invariants import check
from tests.faults.world import (
    CHAIR,
    CHANNEL,
    DEADLINE,
    IPO,
    MINUTE,
    SECRETARY,
    VNG,
    World,
    board_text,
)

MEGABYTE = 1_000_000
NEW = '/consultatie nieuw "{}" --tekst "{}" --soort instemming'

# --- too large -------------------------------------------------------------------------------------------------

HUGE = {
    "a title of a megabyte": (SECRETARY, NEW.format("a" * MEGABYTE, "1. Punt."), "text-too-long"),
    "a title over its limit": (SECRETARY, NEW.format("a" * 201, "1. Punt."), "text-too-long"),
    "a text of a megabyte": (SECRETARY, NEW.format("Kader", "a" * MEGABYTE), "text-too-long"),
    "a text over its limit": (SECRETARY, NEW.format("Kader", "a" * 100_001), "text-too-long"),
    "thousands of decision points": (
        SECRETARY,
        NEW.format("Kader", "\n".join(f"{number}. Punt." for number in range(1, 10_001))[:100_000]),
        "too-many-points",
    ),
    "one decision point too many": (
        SECRETARY,
        NEW.format("Kader", "\n".join(f"{number}. Punt." for number in range(1, 1_001))),
        "too-many-points",
    ),
    "a reason over its limit": (VNG, f'/standpunt 1 bezwaar "{"a" * 100_001}"', "text-too-long"),
    "half a million words": (VNG, "/standpunt 1 akkoord " + "a " * 500_000, "text-too-long"),
    "quotes in quotes": (VNG, "/standpunt 1 bezwaar " + "“" * 100_000, "unclosed-quote"),
    "a hundred thousand brackets": (VNG, "/standpunt 1 " + "(" * 100_000, "invalid-value"),
    "a command of a hundred thousand signs": (VNG, "/" + "a" * 100_000, "unknown-command"),
    "a number of a hundred thousand digits": (VNG, f"/standpunt {'9' * 100_000} akkoord", "unknown-item"),
    "an organisation of a hundred thousand signs": (
        VNG,
        f"/standpunt 1 akkoord --namens {'a' * 100_000}",
        "unknown-organisation",
    ),
    "a deadline of a hundred thousand signs": (
        CHAIR,
        f'/consultatie verleng 1 --tot "{"1 " * 50_000}" "Meer tijd."',
        "deadline-unclear",
    ),
}


@pytest.mark.parametrize(("person", "text", "code"), HUGE.values(), ids=HUGE.keys())
def test_f20_what_is_too_large_is_refused_with_a_reason_in_a_short_answer(
    world: World, person: str, text: str, code: str
):
    entries = world.entries(), world.entries(CHANNEL)

    said = world.say(person, text)

    assert said.refusal == code
    assert "Er is niets vastgelegd." in said.text
    assert len(said.text) < 1000
    assert (world.entries(), world.entries(CHANNEL)) == entries


def test_f20_a_form_is_measured_whole(world: World):
    said = world.press(VNG, "position", item="1", stance="object", text="a" * 100_000, basis="b" * 100_001)

    assert said.refusal == "text-too-long"
    assert len(said.text) < 1000


def test_f20_what_just_fits_is_kept_to_the_last_sign(world: World):
    title, text, reason = "t" * 200, "1. " + "p" * 99_997, "r" * 100_000

    world.must(SECRETARY, NEW.format(title, text))
    world.must(VNG, f'/standpunt 1 bezwaar "{reason}"')
    world.must(SECRETARY, NEW.format("Kader", "\n".join(f"{number}. Punt." for number in range(1, 1_000))))

    drafted = world.read(lambda tx: tx.items.of_board("BOD"))
    assert (drafted[1].title, drafted[1].version.text) == (title, text)
    assert world.filed("vng")[0].text == reason
    assert len(drafted[2].version.points) == 999
    world.jump(DEADLINE + MINUTE)
    check(world)


# --- too deep --------------------------------------------------------------------------------------------------

DEEP = {
    "lists": "\n[rule.own]\ncriteria = " + "[" * 5_000 + "]" * 5_000,
    "lists that can be read": "\n[rule.own]\ncriteria = " + "[" * 30 + "]" * 30,
    "alternatives": "\n[rule.own]\ncriteria = [" + "{any_of=[" * 1_000 + "]}" * 1_000 + "]",
    "tables": "\n[" + ".".join("a" * 5_000) + "]\n",
}


@pytest.mark.parametrize("more", DEEP.values(), ids=DEEP.keys())
def test_f20_a_board_file_that_nests_too_deep_is_refused_by_name(tmp_path: Path, more: str):
    path = tmp_path / "board.toml"
    path.write_text(board_text() + more, "utf-8")

    with pytest.raises(FileProblem) as caught:
        read_board(path)

    assert (caught.value.file, caught.value.remedy.key) == (str(path), "file.too-deep")


def test_f20_a_board_of_a_thousand_organisations_opens_in_one_act(world: World):
    organisations = tuple(f"org{number}" for number in range(1_000))
    world.load(board_text("GRT", organisations))
    world.must(SECRETARY, NEW.format("Groot", "1. Punt."), channel="GRT")

    opened = world.must(CHAIR, '/consultatie open 1 --sluit "25 januari 2027 17:00"', channel="GRT")

    assert len(opened.text) < 1000
    assert len(world.read(lambda tx: tx.rolls.of(tx.items.of_board("GRT")[0])).seats) == 1_000


# --- made to deceive ---------------------------------------------------------------------------------------------

DECEIVING = {
    "bidi": "Kader \u202e0002 neeg\u202c \u2067x\u2069 \u200f\u061c",
    "zero width": "ak\u200bko\ufefford\u2060",
    "right to left": "הסכם 12 ענן",
    "marks": "K" + "\u0301\u0489" * 60 + "ader",
    "decomposed": "Cafe\u0301",
    "controls": "\x1b[2Jrood\x07\x9b31m",
}


def is_harmless(text: str) -> bool:
    """Whether a text holds nothing that a screen obeys instead of showing; isolates around it are ours."""
    kept = {"\n", "\u2068", "\u2069", "\u200c", "\u200d"}
    return all(each in kept or unicodedata.category(each) not in {"Cc", "Cf", "Cs"} for each in text)


@pytest.mark.parametrize("text", DECEIVING.values(), ids=DECEIVING.keys())
def test_f21_a_text_goes_through_a_whole_item_as_it_is_and_is_shown_without_harm(make_world: Make, text: str):
    world = make_world()
    answers = [
        world.must(SECRETARY, NEW.format(f"Kader {text}", f"1. Punt {text}.")),
        world.must(CHAIR, '/consultatie open 2 --sluit "25 januari 2027 17:00"'),
        world.must(VNG, f'/standpunt 2 bezwaar "Reden {text}" --punt 1'),
        world.must(CHAIR, f'/consultatie verleng 2 --tot "26 januari 2027 17:00" "Reden {text}"'),
        world.must(CHAIR, f'/consultatie bezwaar 2 vng behandeld "Antwoord {text}"'),
        world.must(CHAIR, "/consultatie stand 2"),
        world.must(CHAIR, f'/consultatie sluit 2 "Reden {text}"'),
        world.must(CHAIR, f'/consultatie stel-vast 2 "Conclusie {text}" --afwijkend "Reden {text}"'),
    ]
    world.advance(world.clock.now() + MINUTE)

    shown = [each.text for each in answers] + world.texts() + world.texts(f"@{IPO}")
    assert [each for each in shown if not is_harmless(each)] == []
    assert any(f"Reden {neutral(text)}" in each.replace("\u2068", "").replace("\u2069", "") for each in shown)
    item = world.read(lambda tx: tx.items.of_board("BOD"))[1]
    (position,) = world.filed(number=item.number)
    assert position.text == f"Reden {text}"
    assert item.version.text == f"1. Punt {text}."
    check(world)


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("sign", ["\x00", "\ud800"], ids=["nul", "lone surrogate"])
def test_f21_a_sign_that_cannot_be_kept_is_refused_wherever_it_stands(world: World, sign: str):
    entries = world.entries(), world.entries(CHANNEL)
    codes = {}

    for command in COMMANDS:
        for parameter in command.parameters:
            said = world.press(CHAIR, command.name, **{parameter.en: f"a{sign}a"})
            codes[command.name, parameter.en] = said.refusal
    typed = world.say(VNG, f'/standpunt 1 bezwaar "a{sign}a"')

    assert set(codes.values()) == {"forbidden-character"}
    assert typed.refusal == "forbidden-character"
    assert "Teken 24" in typed.text
    assert "Er is niets vastgelegd." in typed.text
    assert (world.entries(), world.entries(CHANNEL)) == entries


def test_f21_a_board_file_with_nul_in_a_name_is_refused_by_key(tmp_path: Path):
    path = tmp_path / "board.toml"
    path.write_text(board_text().replace("Persoon voorzitter", "Persoon\\u0000"), "utf-8")

    with pytest.raises(FileProblem) as caught:
        read_board(path)

    assert (caught.value.key, caught.value.remedy.key) == ("person.name", "file.forbidden-character")
