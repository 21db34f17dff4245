"""A refusal of typed text shows the right form, in the words that were typed where that is possible."""

from __future__ import annotations

import pytest

from commands import COMMANDS
from commands.command import parse
from commands.domain.errors import Refusal
from commands.domain.values import Code


def refused(line: str) -> Refusal:
    """The refusal of a line."""
    with pytest.raises(Refusal) as caught:
        parse(line, COMMANDS)
    return caught.value


@pytest.mark.parametrize(
    ("typed", "code", "example"),
    [
        ('/standpunt 003 mits "Pas in 2031.', "unclosed-quote", '/standpunt 003 mits "Pas in 2031."'),
        ("/standpunt 003 mits “Pas in 2031.", "unclosed-quote", "/standpunt 003 mits “Pas in 2031.”"),
        ("/standpunt akkoord 1", "invalid-value", "/standpunt 1 akkoord"),
        ("/standpunt hef-op 003", "invalid-value", "/standpunt 003 hef-op"),
        ("/consultatie 003 stand", "unknown-command", "/consultatie stand 003"),
        ("/consultatie stnd 003", "unknown-command", "/consultatie stand 003"),
        ("/standpnt 003 akkoord", "unknown-command", "/standpunt 003 akkoord"),
        ("/standpunt 003 akoord --punt 2", "invalid-value", "/standpunt 003 akkoord --punt 2"),
        ("/standpunt 003 akkoord --naamens vng", "unknown-flag", "/standpunt 003 akkoord --namens vng"),
        (
            "/standpunt 003 bezwaar geen geld --namens vng",
            "surplus-word",
            '/standpunt 003 bezwaar "geen geld" --namens vng',
        ),
        ("/position agree 1", "invalid-value", "/position 1 agree"),
    ],
)
def test_what_one_change_mends_is_shown_mended(typed: str, code: str, example: str):
    refusal = refused(typed)

    assert (refusal.code, refusal.values()["example"]) == (code, example)
    parse(example, COMMANDS)


@pytest.mark.parametrize(
    ("typed", "beginning"),
    [
        ('/standpunt 003 mits "Pas in 2031. --namens vng', "/standpunt 003 mits"),
        ('/consult close 003 a"b', "/consult close 003"),
        ("/standpunt 003 akkoord mits", "/standpunt 003 mits"),
        ('/standpunt "Klaar', "/standpunt 003 mits"),
        ("/standpunt 003 bezwaar " + "geen geld " * 20, "/standpunt 003 mits"),
        ('/onzin 003 "x', "/help"),
    ],
)
def test_what_one_change_does_not_mend_shows_the_example_of_its_command(typed: str, beginning: str):
    example = refused(typed).values()["example"]

    text = example.text if isinstance(example, Code) else str(example)
    assert text.startswith(beginning)
    parse(text, COMMANDS)


def test_a_text_that_would_swallow_a_flag_is_never_shown_as_right():
    example = refused('/standpunt 003 mits "Pas in 2031. --namens vng').values()["example"]

    assert isinstance(example, Code)


def test_a_stance_is_never_turned_into_the_text_of_another():
    example = refused("/standpunt 003 akkoord mits").values()["example"]

    assert isinstance(example, Code)


def test_an_unknown_verb_is_refused_with_its_position():
    assert refused("/consultatie stnd 003").values()["position"] == 14
    assert refused("/standpnt 003 akkoord").values()["position"] == 1
