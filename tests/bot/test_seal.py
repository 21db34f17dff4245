"""A seal opens for us alone, for its own purpose, in time, and only as it was closed."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from bot.seal import BadSeal, Seal, Sealed

NOW = datetime(2027, 3, 1, 11, 0, 0, 123456, tzinfo=UTC)
FIRST, SECOND, THIRD = ("een" * 11, "twee" * 8, "drie" * 8)
SEALED = Sealed(
    "click", "position", {"item": "BOD-2027-003", "stance": "object", "text": "é “x” \\ \n y"}, "bkzn15tsq7dttfxhkc9j4177ao",
    NOW + timedelta(days=30), account="a437cho3djgguxg1nbmtgt5mmy", nonce="n1", asks=True, extra={"page": "2"},
)  # fmt: skip


def test_what_was_closed_is_opened_to_the_letter():
    seal = Seal([FIRST])

    token = seal.close(SEALED, NOW)

    assert seal.open(token, "click", NOW) == SEALED


def test_a_seal_shows_nothing_of_what_it_holds_and_looks_different_each_time():
    seal = Seal([FIRST])

    tokens = [seal.close(SEALED, NOW) for _ in range(2)]

    raw = base64.urlsafe_b64decode(tokens[0])
    assert [word for word in (b"position", b"object", b"BOD", b"a437") if word in raw] == []
    assert tokens[0] != tokens[1]


def test_a_seal_opens_only_for_its_purpose():
    seal = Seal([FIRST])
    token = seal.close(SEALED, NOW)

    with pytest.raises(BadSeal):
        seal.open(token, "dialog", NOW)


@pytest.mark.parametrize(
    ("after", "opens"),
    [(timedelta(0), True), (timedelta(days=30, microseconds=-1), True), (timedelta(days=30), False)],
)
def test_a_seal_opens_until_it_expires(after, opens):
    seal = Seal([FIRST])
    token = seal.close(SEALED, NOW)

    try:
        opened = seal.open(token, "click", NOW + after) == SEALED
    except BadSeal:
        opened = False

    assert opened is opens


def test_every_change_of_one_sign_breaks_a_seal():
    seal = Seal([FIRST])
    token = seal.close(SEALED, NOW)

    opened = []
    for place, sign in enumerate(token):
        other = "B" if sign == "A" else "A"
        opened += [_opens(seal, token[:place] + other + token[place + 1 :])]

    assert len(opened) > 300
    assert set(opened) == {False}


@pytest.mark.parametrize("other", ["", "x", "geheim.mac", "é", "\ud800", "=" * 40, "A" * 400])
def test_what_is_no_seal_does_not_open(other):
    assert _opens(Seal([FIRST]), other) is False


@pytest.mark.parametrize("addition", ["\n", " ", "!", "=", "A", "AAAA", "\x00"])
def test_a_seal_with_something_added_does_not_open(addition):
    seal = Seal([FIRST])
    token = seal.close(SEALED, NOW)

    assert [_opens(seal, other) for other in (token + addition, addition + token)] == [False, False]


def test_a_new_key_closes_while_the_old_one_still_opens():
    old = Seal([FIRST]).close(SEALED, NOW)
    both = Seal([SECOND, FIRST])

    new = both.close(SEALED, NOW)

    assert (_opens(both, old), _opens(both, new)) == (True, True)
    assert (_opens(Seal([SECOND]), new), _opens(Seal([FIRST]), new)) == (True, False)


def test_a_third_key_opens_nothing():
    both = Seal([SECOND, FIRST])
    token = both.close(SEALED, NOW)

    assert _opens(Seal([THIRD]), token) is False
    assert _opens(both, Seal([THIRD]).close(SEALED, NOW)) is False


@pytest.mark.parametrize("keys", [[], [FIRST, SECOND, THIRD], ["k" * 31], [FIRST, "k" * 31]])
def test_a_seal_has_one_or_two_long_keys(keys):
    with pytest.raises(ValueError):
        Seal(keys)


def _opens(seal: Seal, token: str) -> bool:
    try:
        return seal.open(token, "click", NOW) == SEALED
    except BadSeal:
        return False
