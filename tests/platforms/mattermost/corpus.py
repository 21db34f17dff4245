"""Texts that could do something in Mattermost, and what must not be found in what we make of them."""

from __future__ import annotations

import re
from typing import Final

from markdown_it import MarkdownIt

from bot.views.text import neutral
from tests.platforms.hostile import HOSTILE

READER: Final = MarkdownIt("commonmark").enable(["table", "strikethrough"])
JOINER: Final = "\u2060"

_NAMES: Final = ("noor", "NOOR", "channel", "all", "here", "jan.de-vries_2")
_AROUND: Final = (
    "{}", "\\{}", "`{}", "`{}`", "``` {}", "**{}**", "*{}*", "~~{}~~", "_{}_", "({})", "<{}>", "[{}](https://a.nl)",
    "![{}](https://a.nl/a.png)", "[x](https://a.nl '{}')", "> {}", "| {} |", "<!-- {} -->", "${}$", "{}.", "{}:", "{}-",
    "{}_", "\u200b{}", "x {} y", "https://a.nl/{}", "[x]: {}", "# {}", "- {}", "1. {}", "&{}", "&#64;{}", "¿{}?",
)  # fmt: skip
_MARKDOWN: Final = (
    "# Uitslag: aangenomen", "###### klein", "Uitslag\n===", "Uitslag\n---", "===", "---", "***", "___", "- - -", "- punt",
    "* punt", "+ punt", "1. punt", "1) punt", "999999999. punt", "    code", "\tcode", "```\ncode\n```", "~~~\ncode\n~~~",
    "``code``", "> citaat", ">> dieper", "**vet**", "__vet__", "*schuin*", "_schuin_", "***beide***", "~~door~~",
    "a*b*c", "a_b_c", "| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n--- | ---\n1 | 2", ":-- | --:", "\\# geen kop", "\\",
    "\\\\", "a\\", "\\*niet vet\\*", "regel  \nregel", "regel\\\nregel", "[x]: https://a.nl", "[x][y]\n\n[y]: https://a.nl",
    "[^1]", "$x^2$", "$$x$$", "```latex\nx\n```", "#beleid", "a #Beleid-2027 b", "##", "~town-square", "~", "a~b",
)  # fmt: skip
_LINKS: Final = (
    "https://example.org", "HTTP://EXAMPLE.ORG/a_b_c", "www.example.org", "www2.example.org/x", "example.org/pad", "ftp://a.nl",
    "mailto:jan@example.org", "jan@example.org", "tel:+31612345678", "mattermost://a", "mmaction://x", "javascript:alert(1)",
    "data:text/html,x", "vbscript:x", "<https://a.nl>", "<jan@a.nl>", "[a](https://a.nl)", "[a](<https://a.nl> 'b')",
    "[a](javascript:x)", "![a](https://a.nl/a.png)", "![](http://a.nl/volg.gif)", "[![a](b)](c)", "//a.nl/x", "https:a.nl",
    "(https://a.nl)", "”https://a.nl”", "a:b", "zaak:123", "x.y/z", "a.nl/b.nl/c", "http:/a", "file:///etc/passwd",
)  # fmt: skip
_HTML: Final = (
    "<b>vet</b>", "<script>x</script>", "<img src=x onerror=y>", "<br>", "<!-- x -->", "<?php x ?>", "<!DOCTYPE html>",
    "<![CDATA[x]]>", "<at>Jan</at>", "<!channel>", "<!here|x>", "<http://x|y>", "<@U1>", "&lt;b&gt;", "&amp;lt;", "&#60;",
    "&copy;", "&nbsp;x", "<3", "</3", "<", "a < b > c", "</div>", "<details><summary>x</summary>y</details>",
)  # fmt: skip
_EMOJI: Final = (
    ":smile:", ":+1:", ":100:", "a :white_check_mark: b", "::", ":)", ":-)", ":D", ":p", ":/", ";)", ";-)", "x:smile:y",
    "12:30:45", "om 17:00", "17:00-18:00", ":17:", "1:100:", "✔ Aangenomen", "✅ Aangenomen", "☑", "🇳🇱:nl:🇳🇱",
)  # fmt: skip
_TEMPLATES: Final = (
    "{item}", "{{x}}", "${x}", "#{x}", "<%= x %>", "[[ x ]]", "%s %(x)s", "{0.__class__}", "`${x}`", "\x0e x \x0f",
    "=1+1", "=cmd|' /C calc'!A0", "@SUM(1)", "+31", "-1", "'; DROP TABLE x; --", "\\n\\u0040all", "\\x40all", "%40all",
)  # fmt: skip
_SEEDS: Final = (*_MARKDOWN, *_LINKS, *_HTML, *_EMOJI, *_TEMPLATES)
_SHAPES: Final = ("{}", "Kader {} is klaar", "x\n{}\ny", "{0} {0}", "\u202e{}", "@all {}")

CORPUS: Final = tuple(
    dict.fromkeys(
        [around.format(f"@{name}") for around in _AROUND for name in _NAMES]
        + [shape.format(seed) if shape != "{}" else seed for shape in _SHAPES for seed in _SEEDS]
        + list(HOSTILE.values())
    )
)
"""Some nine hundred strings, each once."""

LOOKED_FOR: Final = {
    "an emoji": re.compile(r"(?<!\w):[\w+-]+:(?!\w)", re.ASCII),
    "an emoticon": re.compile(
        r"(?<!\w)(?::-?[)(\]\[/|$@]|;-?\))|(?<!\w):-?[dpsox](?!\w)|</?3(?!\w)", re.ASCII | re.IGNORECASE
    ),
    "a hashtag": re.compile(r"(?<!\w)#[^\W\d_]"),
    "a channel": re.compile(r"\B~[a-z0-9._-]+", re.ASCII | re.IGNORECASE),
    "an address": re.compile(
        r"[a-z][a-z\d.+-]*:(?:/{1,3}|[^\W_]|%|\+\d)|www\d{0,3}\.|[\w.-]+\.[^\W\d_]{2,4}/", re.IGNORECASE
    ),
    "an e-mail address": re.compile(r"\S@[\w.-]+\.[^\W\d_]{2}"),
    "a mention to click": re.compile(r"(?:\B|\b_+)@[a-z0-9.\-_]+", re.ASCII | re.IGNORECASE),
}
"""What Mattermost's web client looks for in the text that is left when the markdown has been read."""

_WORD: Final = re.compile(r"[^\W_]|[:.\-_@]")


def mentions(text: str, names: frozenset[str] = frozenset({"noor", "channel", "all", "here", "jan.de-vries_2"})) -> int:
    """How many mentions the server counts: words of letters, digits and `:.-_@` that begin with an @ and a name.

    The server skips code and the addresses of links; this does not, so that it counts no fewer than the server.
    """
    words = "".join(sign if _WORD.match(sign) else " " for sign in text).split()
    return sum(_is_mention(word, names) for word in words)


def _is_mention(word: str, names: frozenset[str]) -> bool:
    word = word.lower().strip(":.-_")
    if not word.startswith("@"):
        return False
    name = word[1:]
    while name not in names and name[-1:] in {":", ".", "-", "_"}:
        name = name[:-1]
    return name in names or re.split(r"[:@]", name)[0] in names


def shown(markdown: str) -> str:
    """The text that is left of a markdown text of one line, without what nobody sees."""
    return unseen(
        "".join(
            "\n" if child.type == "softbreak" else child.content
            for token in READER.parse(markdown)
            for child in token.children or ()
        )
    )


def unseen(text: str) -> str:
    """A text without joiners and isolates."""
    return re.sub("[\u2060\u2068\u2069]", "", text)


def written(text: str) -> str:
    """What a reader must see of a user text."""
    return neutral(text).translate(str.maketrans("✔☑✅", "✓✓✓"))


def kinds(markdown: str) -> set[str]:
    """The kinds of tokens in a markdown text, blocks and inline; plain text and its paragraphs are left out."""
    tokens = READER.parse(markdown)
    found = {each.type for token in tokens for each in (token, *(token.children or ()))}
    return found - {"inline", "text", "paragraph_open", "paragraph_close", "softbreak"}
