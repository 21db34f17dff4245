"""The canonical form of the log is that of RFC 8785, by another hand's program."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from commands.domain.ledger import canonical
from commands.exports.verify import decode, encode, is_canonical
from tests.exports.factory import a_story, lines

LARGEST = 2**53 - 1

VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-LARGEST, LARGEST), st.text()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(st.characters(codec="ascii"), max_size=6), inner, max_size=4),
    ),
    max_leaves=12,
)


@given(VALUES)
def test_the_bytes_are_those_of_rfc_8785(value):
    assert canonical(value) == rfc8785.dumps(value)


@given(VALUES)
def test_the_checker_reads_and_writes_the_same_bytes(value):
    text = canonical(value).decode()

    assert encode(decode(text)[0]) == text


def test_every_line_of_a_log_is_canonical():
    for line in lines(a_story().entries).splitlines():
        assert rfc8785.dumps(decode(line.decode())[0]) == line


@pytest.mark.parametrize("text", ['{"a":1.0}', '{"a":1e3}', '{"a":NaN}', '{"a":Infinity}', '{"a":-0.0}'])
def test_the_checker_reads_no_number_that_could_be_written_in_two_ways(text):
    with pytest.raises(ValueError, match="invalid literal"):
        decode(text)


HASH = '{"hash":"' + "a1" * 32 + '"}'

PARTS = st.sampled_from(
    [*'{}[]:,"', " ", "\t", "\r", "\\", "-0", "0", "7", "é", '"a":', '"b":', '"hash":', '"', '"x"', '":"', HASH, "true"]
)


@given(st.lists(PARTS, max_size=9).map("".join))
def test_the_checker_takes_for_canonical_only_what_it_would_write_itself(inside):
    text = f"{{{inside}}}"
    try:
        body, end = decode(text)
    except ValueError:
        return
    if end == len(text):
        assert is_canonical(text, body) == (encode(body) == text)


@pytest.mark.parametrize(
    "text",
    [
        '{"b":1,"a":1}',
        '{"a":1,"a":1}',
        f'{{"b":{HASH},"a":1}}',
        f'{{"a":{HASH},"a":{HASH}}}',
        '{"a": 1}',
        '{"a":1\t}',
        '{"a":1\r}',
        '{"a":"\\u0061"}',
        '{"a":-0}',
        '{"a":[-0]}',
        '{"a":[1,-0]}',
        '{"a":{"c":1,"b":2}}',
        '{"hash":"x","z":{"hash":"y","b":1}}',
    ],
)
def test_what_is_written_in_another_way_is_not_canonical(text):
    body, end = decode(text)

    assert end == len(text)
    assert not is_canonical(text, body)
