#!/usr/bin/env python3
"""Checks a dossier of Samenspraak: a folder, a zip file or a bare events.jsonl.

    python3 verify.py [PATH] [--receipt HASH] [--head HASH]

`--receipt` takes the hash on a receipt, `--head` one published with an outcome, in full or in short; both may
be repeated. Exit code: 0 all is well, 1 something is not (the first bad entry is named), 2 wrong use. Of the
program that wrote the dossier nothing is used: hashes, deadlines and rules are done again, by Python 3.9.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from operator import ge, gt, le, lt
from pathlib import Path
from typing import Any

FORMAT = "samenspraak-dossier-1"
# An entry in canonical form (RFC 8785): sorted keys, no white space; the hash is over all but ,"hash":"…".
ENTRY = re.compile(
    r'(?a)\A\{"at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?Z)","body":(\{.*\}),"hash":"(.{64})",'
    r'"kind":"([a-z-]+)","log":"([ !#-\[\]-~]+)","previous":"(.{64})","sequence":(\d+)\}\n\Z'
)
# How a hash of a text opens; that of an operator, whose name stands in no dossier; signs that leave a choice of form.
HASH, OPERATOR, CHOICES = '{"hash":"', '"operator":{"hash":"', (" ", "\t", "\r", "\\", ":-", ",-", "[-")
FILES = {"LEESMIJ.md", "decision-list.md", "dossier.json", "events.jsonl", "positions.csv", "texts.jsonl"}
NAME = re.compile(r"(?a)\A(?:texts/)?\w[\w.-]*\Z")  # no name leads out of the dossier
decode = json.JSONDecoder(parse_float=int, parse_constant=int).raw_decode  # int() refuses what is no whole number
encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False).encode
COMPARE = {"at_least": ge, "more_than": gt, "at_most": le, "less_than": lt, "minimum": ge, "maximum": le}
PILES = dict.fromkeys(("for", "agree", "no-objection", "reservation"), "for")
PILES.update(abstain="abstain", recuse="recused")
# dropped: without reasons, where a rule wants them; answered: by the board, where a rule minds.
AGAINST = {"against", "dropped", "answered"}
ELIGIBLE = {"for", "abstain", "silent"} | AGAINST
FAULTS = {"entry", "content", "file", "lost"}
# The sentences, Dutch and English. They stand here and not in a catalogue: this program must stand alone.
# fmt: off
# ruff: disable[E501]
SENTENCES = {
    "good": ("IN ORDE: {n} regels in logboek {log}; {outcomes} uitslagen nagerekend; laatste hash {head}.", "IN ORDER: {n} entries in log {log}; {outcomes} outcomes recomputed; last hash {head}."),
    "bad": ("NIET IN ORDE. De eerste foute regel: {n}.", "NOT IN ORDER. The first bad entry: {n}."),
    "entry": ("Regel {n} is gewijzigd, ontbreekt of staat niet op zijn plaats.", "Entry {n} was changed, is missing or is out of place."),
    "content": ("Regel {n}: {what} klopt niet met de regels ervoor.", "Entry {n}: {what} does not agree with the entries before it."),
    "file": ("{name} ontbreekt, is gewijzigd of is beschadigd.", "{name} is missing, changed or damaged."),
    "lost": ("Hash {hash} hoort bij geen regel: er is iets weggelaten of herschreven.", "Hash {hash} belongs to no entry: something was left out or rewritten."),
    "found": ("Hash {hash} is regel {n}.", "Hash {hash} is entry {n}."),
    "removed": ("Regel {n}: een tekst is verwijderd; de hash staat er nog.", "Entry {n}: a text was removed; its hash is still there."),
    "unreached": ("Regel {n}: niet bereikt, volgens de uitslag zelf: {who}.", "Entry {n}: not reached, by the outcome itself: {who}."),
    "mandates": ("Regels uit het logboek van het overleg die de mandaten geven: {n}. Dat logboek staat apart.", "Entries of the log of the board that give the mandates: {n}. That log is kept apart."),
    "none": ("{path} is geen dossier dat te lezen is. Geef de map, het zip-bestand of events.jsonl. Er is niets gecontroleerd.", "{path} is not a dossier that can be read. Give the folder, the zip file or events.jsonl. Nothing was checked."),
    "bare": ("Zonder manifest.json is niet te zien of aan het einde regels ontbreken.", "Without manifest.json it cannot be seen whether entries are missing at the end."),
}
# ruff: enable[E501]
# fmt: on


@dataclass
class Report:
    """What was found, as (entry or 0, sentence, its values), and what the log told so far."""

    told: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    ok: bool = True
    first: int = 0  # the first bad entry; 0 when no entry is bad
    log: str = ""
    entries: int = 0
    head: str = "0" * 64
    outcomes: int = 0
    has_texts: bool = False
    texts: dict[str, str] = field(default_factory=dict)  # not met yet: hash -> SHA-256, "" for a wrong text
    versions: set[str] = field(default_factory=set)
    mandates: set[int] = field(default_factory=set)
    rounds: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)

    def tell(self, n: int, key: str, **values: Any) -> None:
        self.told.append((n, key, values))
        if key in FAULTS:
            self.ok, self.first = False, min(n or self.first, self.first or n)

    def lines(self, language: str) -> list[str]:
        """The report in sentences, the verdict first; Dutch for "nl", English for any other language."""
        n, key = (self.entries, "good") if self.ok else (self.first, "bad")
        told = [(n, key, {"log": self.log, "head": self.head, "outcomes": self.outcomes}), *self.told]
        said = [SENTENCES[key][language != "nl"].format(n=n or "-", **values) for n, key, values in told]
        return ["".join(sign if sign.isprintable() else "?" for sign in each) for each in said]


def check(path: str, receipts: Sequence[str] = (), heads: Sequence[str] = ()) -> Report:
    """Check the dossier at `path`. Raises OSError or BadZipFile when there is none, ValueError for no hash."""
    wanted = {re.sub(r"[\s-]", "", each).lower(): each for each in (*receipts, *heads)}
    if not all(re.fullmatch("[0-9a-f]{12}|[0-9a-f]{64}", each) for each in wanted):
        raise ValueError(*wanted.values())
    report, root = Report(), find(path)
    if root.is_dir():
        read_texts(root, report)
    for n, kind, body, texts, hash_ in entries(root / "events.jsonl" if root.is_dir() else root, report):
        try:
            follow(n, kind, body, texts, report)
        except Exception:  # what lacks a key, or has another type, is not what a log holds
            report.tell(n, "content", what=kind)
        for each in [each for each in wanted if hash_.startswith(each)]:
            report.tell(n, "found", hash=wanted.pop(each))
    for each in wanted.values():
        report.tell(0, "lost", hash=each)
    report.tell(len(report.mandates - {0}), "mandates")
    check_manifest(root, report) if root.is_dir() else report.tell(0, "bare")
    return report


def find(path: str) -> Any:
    """The folder of the dossier, in a zip file too; a bare log is itself. Raises OSError or BadZipFile otherwise."""
    root: Any = Path(path)
    if root.suffix == ".jsonl" and root.is_file():
        return root
    root = root if root.is_dir() else zipfile.Path(path)
    names = root.root.namelist() if isinstance(root, zipfile.Path) else []
    places = [at for at in (root, *root.iterdir()) if (at / "events.jsonl").exists() or (at / "manifest.json").exists()]
    if not places or len(names) != len(set(names)):  # two files of one name: not every program reads the same one
        raise OSError(path)
    return places[0]


def read_texts(root: Any, report: Report) -> None:
    """Read the texts that lie beside the log, each with the 16 random bytes that were hashed before it."""
    report.has_texts = True
    with suppress(Exception), (root / "texts.jsonl").open("rb") as raw:
        for kept in map(json.loads, map(bytes.decode, raw)):
            salt, text = bytes.fromhex(kept["salt"]), kept["text"].encode()
            is_own = len(salt) == 16 and hashlib.sha256(salt + text).hexdigest() == kept["hash"]
            report.texts[kept["hash"]] = hashlib.sha256(text).hexdigest() if is_own else ""
        return
    report.tell(0, "file", name="texts.jsonl")


def check_manifest(root: Any, report: Report) -> None:
    """Hold every file, and the end of the log, against manifest.json."""
    is_whole, files = not report.first, {"manifest.json": dict[str, Any]()}
    if is_whole and report.texts:
        report.tell(0, "file", name="texts.jsonl")  # it has a text that belongs to no entry
    with suppress(Exception):
        found = json.loads(text := (root / "manifest.json").read_bytes().decode())
        form = {**found, "format": FORMAT, "log": report.log or found["log"]}
        end, is_complete = form["entries"], len(form) == 5 and form["files"].keys() >= FILES
        if is_complete and text == json.dumps(form, indent=1, sort_keys=True, ensure_ascii=False) + "\n":
            files = form["files"]
        if is_whole and (end, form["head"]) != (report.entries, report.head):
            report.tell(min(end, report.entries) + (end != report.entries), "entry")
    for name, stated in files.items():
        digest, size = hashlib.sha256(), -1
        with suppress(Exception), (root / NAME.findall(name)[0]).open("rb") as raw:
            while block := raw.read(1 << 20):
                digest.update(block)
            size = raw.tell()
        own = digest.hexdigest()
        is_strange = is_whole and name.startswith("texts/") and own not in report.versions
        if is_strange or {"sha256": own, "size": size} != stated:
            report.tell(0, "file", name=name)


# --- the log ------------------------------------------------------------------------------------------------


def moment(at: str) -> str:
    """An instant of the log in a form that sorts: seconds and microseconds, without the Z."""
    return at[:19] + (at[19:-1] or ".000000")


def is_canonical(text: str, body: dict[str, Any]) -> bool:
    """Whether a body is written as RFC 8785 has it.

    Nearly every body is plain, which is cheaper to see than to write it anew: no objects in it but hashes, no key
    twice, and no sign that could have been left out or written in another way. Then only the order of keys is left.
    """
    hashes, has_choice = text.count(HASH), any(map(text.__contains__, CHOICES))
    is_plain = (text.count("{") - 1, text.count('":') - len(body), has_choice) == (hashes, hashes, False)
    return list(body) == sorted(body) if is_plain else encode(body) == text


def entries(log: Any, report: Report) -> Iterator[tuple[int, str, dict[str, Any], list[str], str]]:
    """Number, kind, body, texts and hash of each entry, to the first that does not follow from the others."""
    latest = ""
    with suppress(Exception), log.open("rb") as file:
        for n, line in enumerate(file, 1):
            ((at, text, hash_, kind, name, previous, sequence),) = ENTRY.findall(line.decode())
            start, _, rest = line.rpartition(b',"hash":"')
            (body, end), now, own = decode(text), moment(at), hashlib.sha256(start + rest[65:-1]).hexdigest()
            found = (hash_, previous, name, sequence, end, is_canonical(text, body))
            if found != (own, report.head, report.log or name, str(n), len(text), True) or now < latest:
                raise ValueError
            report.log, report.entries, report.head, latest = name, n, hash_, now
            yield n, kind, body, [each[:64] for each in text.replace(OPERATOR, "").split(HASH)[1:]], hash_
        if report.entries:
            return
    report.tell(report.entries + 1, "entry")


def follow(n: int, kind: str, body: dict[str, Any], texts: list[str], report: Report) -> None:
    """Follow the log by one entry: its texts, its round, and the outcome when that closes."""
    for each in texts if report.has_texts else ():
        text = report.texts.pop(each, None)
        if text is None:
            report.tell(n, "removed")
        elif not text or (body.get("text") == {"hash": each} and body.get("sha256", text) != text):
            report.tell(n, "content", what="text")
    if kind in ("item-drafted", "version-added"):
        report.versions.add(body["sha256"])
    key, received = (body.get("item", ""), body.get("round", 0)), moment(body["received_at"])
    if kind == "round-opened":
        if key in report.rounds:
            raise ValueError
        closes = [("", moment(body["closes_at"]))]  # since when the log knows each deadline, and the deadline
        report.rounds[key] = {**body, "closes": closes, "current": {}, "is_open": True, "asked": False}
    elif kind == "position-filed":
        round_, who, filing = report.rounds[key], body["organisation"], body["filing"]
        is_in_time = round_["is_open"] and received <= [to for since, to in round_["closes"] if since <= received][-1]
        if (filing == "in-time") != is_in_time or (filing == "after" and round_["is_open"]):
            report.tell(n, "content", what=f"{filing} ({who})")
        if filing == "in-time":
            round_["current"][who] = body
        body["n"] = n
        report.mandates.add(body.get("mandate", 0))
    elif kind == "position-answered":
        position = report.rounds[key]["current"][body["organisation"]]
        if position["n"] == body["position"]:
            position["answer"] = body["answer"]
    elif kind in ("round-extended", "outage-found"):
        report.rounds[key]["closes"].append((received, moment(body["closes_at"])))
        report.rounds[key]["asked"] = kind == "outage-found"
    elif kind == "round-closed":
        close(n, body, report.rounds[key], report)


def close(n: int, body: dict[str, Any], round_: dict[str, Any], report: Report) -> None:
    """End a round, and hold its outcome against what its rule makes of what the log told."""
    logged, rule = body["outcome"], round_["rule"]
    is_counted = bool(rule) and body["ending"] in ("deadline", "chair", "objection")
    expected = (True, round_["closes"][-1][1], is_counted)
    if (round_["is_open"], moment(body["closes_at"]), bool(logged)) != expected:
        raise ValueError
    round_["is_open"] = False
    if is_counted:  # after an outage that the chair left unanswered, silence says nothing
        is_lost = round_["asked"] and body["platform"] == "clock" and rule["objections"] == "break-silence"
        found = outcome(rule, round_, logged["unreached"], is_lost)
        if found != logged:
            report.tell(n, "content", what=f"outcome ({found['code']} {found['reason']} {found['counts']})")
        if logged["unreached"]:
            report.tell(n, "unreached", who=", ".join(logged["unreached"]))
        report.outcomes += 1


# --- the rules ----------------------------------------------------------------------------------------------


def outcome(rule: Any, round_: dict[str, Any], unreached: list[str], is_lost: bool) -> dict[str, Any]:
    """The outcome of a round as the log should have it; `is_lost`: nobody could be heard at the deadline."""
    now, seats = round_["current"], [dict(seat) for seat in round_["roll"] if seat["voting"]]
    for seat in seats:
        seat["pile"] = pile(now.get(seat["organisation"], {"stance": "silent"}), rule)

    def who(*piles: str) -> list[str]:
        return [seat["organisation"] for seat in seats if seat["pile"] in piles]

    def counts(column: str | None) -> dict[str, int]:
        own = [seat["pile"] for seat in seats if column in (None, seat["column"])]
        sums = {each: own.count(each) for each in ("for", "abstain", "silent", "recused")}
        return {**sums, "against": sum(map(own.count, AGAINST))}

    unreached = [each for each in who("silent") if each in unreached]
    code, reason = verdict(rule, seats, round_["repeat"], is_lost or bool(unreached))
    said = {each: now[each] for each in who("for")}
    held = [each for each in said if said[each]["suspensive"]]
    noted = [each for each in said if each not in held and (said[each]["text"] or said[each]["reservation"])]
    if code == "adopted" and (held or noted or who("answered")):
        code, reason = ("held", "reservation") if held else ("adopted-with-note", "")
    columns = dict.fromkeys(seat["column"] for seat in seats if seat["column"])
    return {
        "code": code,
        "reason": reason,
        "counts": counts(None),
        "columns": {each: counts(each) for each in columns},
        "silent": who("silent"),
        "objecting": who(*AGAINST),
        "noted": noted,
        "held_by": held if reason == "reservation" else [],
        "recused": who("recused"),
        "unreached": unreached,
    }


def pile(position: dict[str, Any], rule: Any) -> str:
    """Where the answer of an organisation lies."""
    stance: str = position["stance"]
    if stance not in ("against", "object", "agree-if"):
        return PILES.get(stance, "silent")
    if rule["unreasoned_against"] == "dropped" and not position["text"]:
        return "dropped"
    is_answered = stance == "object" and position.get("answer") == "addressed"
    return "answered" if is_answered and rule["objections"] == "block-until-answered" else "against"


def verdict(rule: Any, seats: list[dict[str, Any]], is_repeat: bool, is_lost: bool) -> tuple[str, str]:
    """Code and reason by a rule, from the pile of each organisation."""
    blocks, tie, quorum = rule["objections"], rule["tie"], rule.get("quorum", {})
    columns = {seat["column"].casefold() for seat in seats if seat["pile"] in ELIGIBLE} - {""}
    named = {seat["organisation"].casefold(): seat["pile"] for seat in seats}

    def size(piles: set[str], column: str = "", measure: str = "") -> Fraction:
        own = [seat for seat in seats if seat["pile"] in piles and column in ("", seat["column"].casefold())]
        return sum((Fraction(seat["weight"] if measure == "weight" else 1) for seat in own), Fraction())

    side = {each: {each} for each in ("for", "against", "abstain", "not-counted")}
    side["for" if rule["silence"] == "consent" else rule["silence"]].add("silent")
    opposed = {"against", "answered"}
    if any(0 < size(opposed, each) == size(ELIGIBLE, each) for each in columns):
        side["against"] |= opposed  # the objectors fill a column: then an answer is not enough
    side["cast"] = side["for"] | side["against"]
    side["participating"] = side["cast"] | side["abstain"] | {"answered"}
    side["eligible"], side["not-for"] = ELIGIBLE, ELIGIBLE - side["for"]

    def test(criterion: Any) -> tuple[bool, bool]:
        """Whether a criterion holds, and whether it does but for a tie."""
        if "any_of" in criterion:
            tests = [test(each) for each in criterion["any_of"]]
            return any(holds for holds, _ in tests), any(tied for _, tied in tests)
        ((name, limit),) = [(each, Fraction(criterion[each])) for each in COMPARE if each in criterion]
        of, base, measure = criterion["of"], criterion.get("base", "eligible"), criterion["measure"]
        can_tie = (of, base, name, limit) == ("for", "cast", "more_than", Fraction(1, 2))
        where, holds, tied = [criterion.get("column", "").casefold()], True, True
        for column in [each for each in columns if size(side[base], each)] if where == ["each"] else where:
            have, whole = size(side[of], column, measure), size(side[base], column, measure)
            is_met = COMPARE[name](have, limit * whole if "base" in criterion else limit)
            is_met = is_met and (name != "at_least" or whole > 0)  # nothing is not two thirds of nothing
            holds, tied = holds and is_met, tied and (is_met or (can_tie and 0 < whole == 2 * have))
        return holds, tied

    answering = {"for", "against", "answered"}
    present = answering | (side["abstain"] if quorum.get("abstentions_count") else set())
    present = ELIGIBLE if blocks == "break-silence" else present  # its quorum is on delivery

    def is_reached(key: str, have: Any, whole: Any) -> bool:
        limit = Fraction(quorum.get(key, 0))
        is_share = isinstance(quorum.get(key), str) and limit <= 1
        is_met = (gt if key.endswith("more_than") else ge)(have, limit * whole if is_share else limit)
        return key not in quorum or (is_met and not (is_share and not whole))

    is_quorate = (
        is_reached("organisations", size(present), size(ELIGIBLE))
        and is_reached("organisations_more_than", size(present), size(ELIGIBLE))
        and is_reached("weight", size(present, "", "weight"), size(ELIGIBLE, "", "weight"))
        and is_reached("columns", sum(size(present, each) > 0 for each in columns), len(columns))
        and all(named.get(each.casefold()) in present | {"recused"} for each in quorum.get("required", []))
    )
    is_decisive = size(answering) > 0 or blocks == "break-silence"
    is_opposed = size(side["against"] | {"answered"}) > 0 and blocks != "counted"
    is_full = size({"for", "against"}) == size(ELIGIBLE)
    tests = [test(each) for each in rule["criteria"]]
    is_for = all(named.get(each.casefold()) in side["for"] | {"recused"} for each in rule["required"])
    is_tied = is_for and all(tied for _, tied in tests)
    steps = (  # the first that applies ends it
        (not size(ELIGIBLE), "no-decision", "no-eligible"),
        (is_lost and rule["silence"] != "not-counted", "no-decision", "not-reached"),
        (not is_quorate and not (is_repeat and quorum["on_repeat"] == "none"), "no-decision", "quorum"),
        (not is_decisive, "no-decision", "only-abstentions" if size({"abstain"}) else "no-replies"),
        (is_for and all(holds for holds, _ in tests), "adopted", ""),
        (is_opposed, "no-decision", "silence-broken" if blocks == "break-silence" else "objection"),
        (not is_tied or tie == "rejected" or (tie == "held" and (is_repeat or is_full)), "rejected", ""),
        (tie.startswith("held") and not is_repeat, "held", "tie"),
    )
    return next(((code, reason) for applies, code, reason in steps if applies), ("no-decision", "tie"))


def main() -> int:
    """The program: arguments, and the report in the language of the environment, Dutch when it names none."""
    parser = argparse.ArgumentParser(description="Checks a dossier of Samenspraak.")
    parser.add_argument("path", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--receipt", action="append", default=[], metavar="HASH")
    parser.add_argument("--head", action="append", default=[], metavar="HASH")
    given = parser.parse_args()
    setting = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "nl")
    language = "nl" if re.match(r"nl|(C|POSIX)\b", setting) else "en"
    try:
        report = check(given.path, given.receipt, given.head)
    except (OSError, zipfile.BadZipFile):
        parser.error(SENTENCES["none"][language != "nl"].format(path=given.path))
    except ValueError as problem:
        parser.error(str(problem))
    print("\n".join(report.lines(language)))
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
