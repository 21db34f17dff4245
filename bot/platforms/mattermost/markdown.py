"""Our words and other people's text as Mattermost's markdown, so that it shows what was written and does nothing else.

What people typed cannot alert anybody, link, load a picture, become a heading, a list, a table or an emoji, or end the
quotation it stands in. Two things do that: a backslash or an entity for what markdown reads, and a word joiner (U+2060,
invisible) inside what Mattermost looks for after markdown: mentions, channels, hashtags, addresses, `:names:` of emoji.
Of a mention no backslash and no code span makes anything harmless; a joiner right after the `@` does.
"""

from __future__ import annotations

import re
from typing import Final

from bot.views.card import Text, UserText
from bot.views.cut import cut
from bot.views.text import isolated, neutral, neutral_lines

JOINER: Final = "\u2060"
TIME: Final = r"(?<![\w.+:-])\d{1,2}:\d\d(?![\w+:-])"

_ESCAPED: Final = {sign: f"\\{sign}" for sign in "`*_[]|~"} | {
    # A backslash before these is shown by Mattermost's own parser; entities are understood by every one.
    "\\": "&#92;", "<": "&lt;", "&": "&amp;", "$": "&#36;",
}  # fmt: skip
_ESCAPE: Final = str.maketrans(_ESCAPED)
_TICKS: Final = str.maketrans("✔☑✅", "✓✓✓")  # these would become large pictures
_LOOKED_FOR: Final = re.compile(
    rf"(?P<keep>{TIME})"
    r"|(?P<sign>[#~<:](?=\S)|;(?=-?\))|www\d{0,3}(?=\.)|\.[^\W\d_]{2,}(?=/))",
    re.IGNORECASE,
)
_BLOCK: Final = re.compile(r"(?P<sign>[-+#>])|(?P<number>\d{1,9})(?P<after>[.)])|(?P<rule>=)")
_ADDRESS: Final = re.compile(r"https?://[\w.~:/?#\[\]!$&'()*+,;=%-]+", re.ASCII)
_LABEL: Final = re.compile(r"[^:.?!]{1,30}:(?=\s|$)")
_SPACES: Final = re.compile(r"\s+")


def line(text: Text, longest: int | None = None) -> str:
    """A line of a message in markdown; of each user text in it at most `longest` characters."""
    return _at_start("".join(_part(part, longest) for part in text))


def sentence(text: Text, longest: int | None = None) -> str:
    """As `line`, with a label of ours at its beginning (a few words and a colon) in bold."""
    first = text[0] if text else ""
    found = _LABEL.match(first) if isinstance(first, str) else None
    if found is None:
        return line(text, longest)
    return f"**{_own(found[0])}**" + "".join(
        _part(part, longest) for part in (found.string[found.end() :], *text[1:]) if part
    )


def fact(label: Text, value: Text, longest: int | None = None) -> str:
    """A label and a value as one line; the label is bold when all of it is ours."""
    if any(isinstance(part, UserText) for part in label):
        return line((*label, ": ", *value), longest)
    return f"**{line(label)}:** " + "".join(_part(part, longest) for part in value)


def quote(text: UserText, longest: int | None = None) -> list[str]:
    """The lines of a quotation; after it an empty line is needed, or what follows would be a part of it."""
    lines = neutral_lines(text.text if longest is None else _beginning(text.text, longest))
    if longest is not None:
        lines = cut("\n".join(lines), longest).split("\n")
    return [f"> {_at_start(_harmless(isolated(each)))}".rstrip() for each in lines]


def with_addresses(text: Text, longest: int | None = None) -> str:
    """As `line`, with web addresses as code: nothing to click, and free of joiners, so that they can be copied."""
    return _at_start("".join(_address(part, longest) or _part(part, longest) for part in text))


def label(text: Text, longest: int | None = None) -> str:
    """A line where no markdown is read: the name of a button, the title of a field."""
    parts = (
        _guarded(isolated(_short(part.text, longest))) if isinstance(part, UserText) else part.translate(_TICKS)
        for part in text
    )
    return _SPACES.sub(" ", "".join(parts))


def cells(row: tuple[Text, ...], longest: int | None = None) -> str:
    """A row of a table."""
    return f"| {' | '.join(''.join(_part(part, longest) for part in cell) for cell in row)} |"


def _part(part: str | UserText, longest: int | None) -> str:
    if isinstance(part, UserText):
        return _harmless(isolated(_short(part.text, longest)))
    return _own(part)


def _address(part: str | UserText, longest: int | None) -> str:
    """A user text that is an address and nothing else, as code; empty for any other."""
    if isinstance(part, str) or (longest is not None and len(part.text) > longest):
        return ""
    return f"`{part.text}`" if _ADDRESS.fullmatch(part.text) else ""


def _own(words: str) -> str:
    """Words of ours: shown as they are, and free to hold a mention or an address."""
    return _SPACES.sub(" ", words.translate(_TICKS).translate(_ESCAPE))


def _short(text: str, longest: int | None) -> str:
    """Neutral text of at most this length; of a very long one only the beginning is looked at."""
    return neutral(text) if longest is None else cut(neutral(_beginning(text, longest)), longest)


def _beginning(text: str, longest: int) -> str:
    return text[: 4 * (longest + 100)]


def _harmless(text: str) -> str:
    """Neutral user text in markdown. The joiners come first, as an entity would end in what they look for."""
    return _guarded(text).translate(_ESCAPE)


def _guarded(text: str) -> str:
    """Neutral user text with a joiner inside everything that Mattermost looks for; nothing may be cut after this."""
    return _LOOKED_FOR.sub(_joined, text.translate(_TICKS)).replace("@", f"@{JOINER}")


def _joined(found: re.Match[str]) -> str:
    return found["keep"] or f"{found['sign']}{JOINER}"


def _at_start(markdown: str) -> str:
    """A line that does not begin a heading, a list, a quotation or a rule."""
    found = _BLOCK.match(markdown)
    if found is None:
        return markdown
    rest = markdown[found.end() :]
    if found["number"]:
        return f"{found['number']}\\{found['after']}{rest}"
    return f"\\{found['sign']}{rest}" if found["sign"] else f"{JOINER}={rest}"
