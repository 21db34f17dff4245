"""Words, quotes and flags of a command, with their positions."""

from __future__ import annotations

from contextlib import suppress
from time import perf_counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commands.domain.errors import ForbiddenCharacter, Refusal, SurplusWord, UnclosedQuote
from commands.domain.values import Code
from commands.text import Flag, Word, is_blank, plain, split, suggest

EXAMPLE = Code("/standpunt 003 akkoord")


def texts_of(text: str) -> list[str]:
    """The words of a text as they were understood; a flag as `--name` or `--name=value`."""
    shown = []
    for token in split(text, EXAMPLE):
        match token:
            case Word():
                shown.append(token.text)
            case Flag():
                shown.append(f"--{token.name}" + (f"={token.value.text}" if token.value else ""))
    return shown


def test_words_flags_and_quotes_come_with_their_positions():
    tokens = split('003 mits "Onder voorwaarde" --punt 2,4 --namens="vng a"', EXAMPLE)

    assert tokens == (
        Word("003", 1, quoted=False),
        Word("mits", 5, quoted=False),
        Word("Onder voorwaarde", 10, quoted=True),
        Flag("punt", 29, None),
        Word("2,4", 36, quoted=False),
        Flag("namens", 40, Word("vng a", 49, quoted=True)),
    )


@pytest.mark.parametrize(
    "text,words",
    [
        ('"een twee" drie', ["een twee", "drie"]),
        ("“een twee” drie", ["een twee", "drie"]),
        ("„een twee” drie", ["een twee", "drie"]),
        ("„een twee“ drie", ["een twee", "drie"]),
        ("«een twee» drie", ["een twee", "drie"]),
        ("'een twee' drie", ["een twee", "drie"]),
        ("‘een twee’ drie", ["een twee", "drie"]),
        ("'zo'n ding'", ["zo'n ding"]),
        ("'een'", ["een"]),
        ('""', [""]),
        ('"hij zei \\"ja\\" en ging"', ['hij zei "ja" en ging']),
        ("'hij zei \\\"ja\\\"'", ['hij zei "ja"']),
        ('“hij zei \\"ja\\"”', ['hij zei "ja"']),
        ('"C:\\map"', ["C:\\map"]),
        ('"regel een\nregel twee"', ["regel een\nregel twee"]),
        ('"met “andere” tekens"', ["met “andere” tekens"]),
        ('"een" \n "twee"', ["een", "twee"]),
    ],
)
def test_quotes_group(text, words):
    assert texts_of(text) == words


@pytest.mark.parametrize(
    "text,words",
    [
        ("bezwaar zo'n besluit", ["bezwaar", "zo'n", "besluit"]),
        ("l'avis zo’n", ["l'avis", "zo’n"]),
        ("'s avonds", ["'s", "avonds"]),
        ("'s avonds om 's", ["'s", "avonds", "om", "'s"]),
        ("auto's 'een twee'", ["auto's", "een twee"]),
        ("'een'twee drie", ["'een'twee", "drie"]),
        ("'", ["'"]),
        ("jan' piet", ["jan'", "piet"]),
        ("‘s avonds", ["‘s", "avonds"]),
    ],
)
def test_an_apostrophe_that_quotes_nothing_is_a_letter(text, words):
    assert texts_of(text) == words


@pytest.mark.parametrize("space", [" ", "\t", "\n", "\r\n", "\u00a0", "\u202f", "\u2007", "\u3000", "\u2028", "\x85"])
def test_any_white_space_separates(space):
    assert texts_of(f"{space}003{space}akkoord{space}{space}") == ["003", "akkoord"]


@pytest.mark.parametrize("stray", ["\u200b", "\ufeff", "\u2060", "\u00ad", "\u200e", "\u202a"])
def test_stray_invisible_characters_outside_quotes_are_left_out(stray):
    tokens = split(f'{stray}ak{stray}koord{stray} {stray}"a{stray}b"{stray} --ter{stray}mijn', EXAMPLE)

    assert tokens == (
        Word("akkoord", 2, quoted=False),
        Word(f"a{stray}b", 13, quoted=True),
        Flag("termijn", 20, None),
    )


def test_joiners_are_letters():
    assert texts_of("👩\u200d💻 می\u200cخواهم") == ["👩\u200d💻", "می\u200cخواهم"]


@pytest.mark.parametrize("text", ["", "  ", "\u00a0\n", "\u200b \ufeff"])
def test_a_text_without_words_has_none(text):
    assert split(text, EXAMPLE) == ()


@pytest.mark.parametrize(
    "text,shown",
    [
        ("--tot", "--tot"),
        ("—tot", "--tot"),
        ("–tot", "--tot"),
        ("‑‑tot", "--tot"),
        ("−tot", "--tot"),
        ("-–tot", "--tot"),
        ("---tot", "--tot"),
        ("-tot", "--tot"),
        ("--Tot", "--Tot"),
        ("--\u200btot", "--tot"),
        ("--tot=morgen", "--tot=morgen"),
        ("—tot=morgen", "--tot=morgen"),
        ("--tot=“vrijdag 17:00”", "--tot=vrijdag 17:00"),
        ("--tot='20 werkdagen'", "--tot=20 werkdagen"),
        ("--tot=", "--tot="),
        ("--tot=a=b", "--tot=a=b"),
        ("--bij-lage", "--bij-lage"),
        ("--één", "--één"),
    ],
)
def test_a_dash_before_a_name_makes_a_flag(text, shown):
    (token,) = split(text, EXAMPLE)

    assert isinstance(token, Flag)
    assert texts_of(text) == [shown]


@pytest.mark.parametrize("text", ["-", "--", "—", "-5", "--5", "–5", "-x", "a--b", "WE>CL", "1=ja"])
def test_a_dash_without_a_name_is_a_word(text):
    assert split(text, EXAMPLE) == (Word(text, 1, quoted=False),)


def test_a_quoted_dash_is_a_word():
    assert split('"--tot"', EXAMPLE) == (Word("--tot", 1, quoted=True),)


def test_a_space_after_the_equals_sign_leaves_the_value_empty():
    assert split("--tot= morgen", EXAMPLE) == (
        Flag("tot", 1, Word("", 7, quoted=False)),
        Word("morgen", 8, quoted=False),
    )


@pytest.mark.parametrize(
    "text,word,position",
    [
        ('003 akkoord "goed', '"goed', 13),
        ("003 akkoord “goed", "“goed", 13),
        ("„goed", "„goed", 1),
        ("«goed", "«goed", 1),
        ('"einde\\"', '"einde\\"', 1),
        ('--tekst="goed', '"goed', 9),
        ('003 goed"', '"', 9),
        ("goed” gekeurd", "”", 5),
        ('--tekst"goed"', '"goed"', 8),
        ("a»", "»", 2),
    ],
)
def test_a_quotation_that_is_not_closed_is_refused_with_its_position(text, word, position):
    with pytest.raises(UnclosedQuote) as caught:
        split(text, EXAMPLE)

    assert caught.value.values() == {"word": word, "position": position, "example": EXAMPLE}


@pytest.mark.parametrize(
    "text,word,position",
    [
        ('"titel"--tekst x', "--tekst", 8),
        ('"Ja","Nee"', ',"Nee"', 5),
        ('"hij zei "ja" en ging"', 'ja"', 11),
        ("„hij zei “ja” en”", "ja”", 11),
        ('--tekst="a"b', "b", 12),
    ],
)
def test_what_is_glued_to_a_closing_quote_is_refused_with_its_position(text, word, position):
    with pytest.raises(SurplusWord) as caught:
        split(text, EXAMPLE)

    assert caught.value.values() == {"word": word, "position": position, "example": EXAMPLE}


@pytest.mark.parametrize("text,position", [("ab\x00", 3), ("\ud800", 1), ('"a \udfff"', 4)])
def test_f21_nul_and_lone_surrogates_are_refused_with_their_position(text, position):
    with pytest.raises(ForbiddenCharacter) as caught:
        split(text, EXAMPLE)

    assert caught.value.position == position


@pytest.mark.parametrize(
    "text",
    [
        "'a " * 20_000,
        "‘a " * 20_000,
        '"a" ' * 16_000,
        "x" * 65_536,
        '"' + "\\" * 60_000,
        "—" * 60_000,
        "\u200b" * 60_000,
    ],
)
def test_f20_the_longest_text_is_split_within_a_second(text):
    began = perf_counter()

    with suppress(UnclosedQuote):
        split(text, EXAMPLE)

    assert perf_counter() - began < 1


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


@given(st.lists(ANY_TEXT.map(lambda text: text.replace("\\", ""))))
@example(['"', "'", "“", "--tot", " ", "\u200b"])
def test_every_text_can_be_quoted(texts):
    line = " ".join('"' + text.replace('"', '\\"') + '"' for text in texts)

    assert [token.text for token in split(line, EXAMPLE) if isinstance(token, Word)] == texts


@given(ANY_TEXT)
@example("\u200b-")
@example("-\u200btot")
def test_nothing_is_dropped_that_can_be_seen(text):
    visible = "".join(each for each in text if each not in "\"'“”„«»‘’=-" and not is_blank(each))

    try:
        tokens = split(text, EXAMPLE)
    except Refusal:
        return

    kept = "".join(
        token.text if isinstance(token, Word) else token.name + (token.value.text if token.value else "")
        for token in tokens
    )
    dashes = "‐‑‒–—―−⸺⸻﹘﹣－"
    assert [each for each in kept if each in visible and each not in dashes] == [
        each for each in visible if each not in dashes
    ]
    assert all(text[token.start - 1] not in " \n\t" for token in tokens)
    assert [token.start for token in tokens] == sorted({token.start for token in tokens})


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\u00a0", "\u200b\ufeff", "\u2800", "\u3164", "\u00ad\u2060", "\ufe0f", "\u034f", "\x07"],
)
def test_a_text_of_white_space_and_invisible_characters_is_blank(text):
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", ".", " 0 ", "\u200ba", "é", "👍"])
def test_a_text_with_something_to_see_is_not_blank(text):
    assert not is_blank(text)


@pytest.mark.parametrize(
    "word,expected",
    [
        ("akoord", "akkoord"),
        ("AKKOORT", "akkoord"),
        ("voorbehout", "Voorbehoud"),
        ("xyz", ""),
        ("", ""),
        ("x" * 41, ""),
    ],
)
def test_the_nearest_candidate_is_suggested(word, expected):
    assert suggest(word, ["akkoord", "bezwaar", "mits", "Voorbehoud", "x" * 41]) == expected


@pytest.mark.parametrize(
    "text,expected",
    [
        ("  Kader\n soevereine\u00a0cloud ", "Kader soevereine cloud"),
        ("een\ntwee", "een twee"),
        ("cafe\u0301", "café"),
        ("3 voor \u202e gewets 2\u202c", "3 voor gewets 2"),
        ("\u2066a\u2069\u200e\u200f\u061c", "a"),
        ("a\x1b[31m\x07b\x9b", "a[31mb"),
        ("👩\u200d💻", "👩\u200d💻"),
    ],
)
def test_f21_a_plain_name_is_one_line_without_controls(text, expected):
    assert plain(text) == expected


@given(ANY_TEXT)
def test_f21_a_plain_name_stays_as_it_is(text):
    once = plain(text)

    assert plain(once) == once
    assert not set(once) & set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\n\r\t\x00")
