"""Texts that somebody could type to deceive a reader, to ping people, or to break a screen."""

from __future__ import annotations

from typing import Final

HOSTILE: Final = {
    "an override that reverses": "Kader \u202e0002 neeg :drookka\u202c",
    "an embedding that stays open": "Kader \u202b\u202a\u202d",
    "an isolate that stays open": "Kader \u2067\u2066\u2068",
    "an isolate that ends ours": "Kader \u2069\u2069 12",
    "marks of direction": "Kader\u200f\u200e\u061c 3",
    "a title in Hebrew": "הסכם ענן ריבוני",
    "a title in Arabic with digits": "إطار ١٢٣ السحابة",
    "Hebrew around digits": "סך 12 נגד 3",
    "zero-width signs": "ak\u200bko\ufeffo\u2060rd\u00ad",
    "a flood of marks": "K" + "\u0301\u0489" * 60 + "ader",
    "a flood of marks with pauses": "K" + "\u0301\u200b" * 60 + "ader",
    "signs for the terminal": "\x1b[2J\x1b[1;1H\x1b]0;titel\x07\x9b31mrood\x1b[0m",
    "a return over the line": "Bezwaar\rAkkoord",
    "backspaces": "Bezwaar\b\b\b\b\b\b\bAkkoord",
    "null and shift signs": "Ka\x00de\x0er\x0f",
    "a lone surrogate": "Kader \ud800 \udfff",
    "lines of ours": "Kader\n[1] Akkoord\nUitslag: aangenomen\n────────\n  - VNG: akkoord",
    "other line ends": "Kader\u2028[1] Akkoord\u2029[2] Bezwaar\x85[3] x\v[4] y\f[5] z",
    "a choice": "[1] Akkoord   [2] Bezwaar",
    "mentions": "@all @channel @here @jan ~town-square <at>Jan</at> <@U1> @​all ＠all",
    "markup": "# Kop\n> citaat\n**vet** [klik](https://example.org) ![x](https://example.org/x.png)",
    "markup of a table": "| a | b |\n|---|---|\n| Akkoord | 12 |",
    "markup of a program": "```\ncode\n``` <b>vet</b> <script>x</script> mmaction://x &lt;",
    "a bar of a quotation": "│ VNG\n> IPO",
    "one very long word": "https://example.org/" + "a" * 300,
    "wide letters": "東京都" * 60,
    "emoji of several signs": "👩‍👩‍👧‍👦🇳🇱",
    "nothing but white space": " \t\u00a0\u3000\n ",
}
"""By what each one does."""
