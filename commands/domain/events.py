"""The events of the logs: every kind, with the body that its entry holds.

This file is the schema of the register. A body holds codes, numbers, ids and instants; each free text stands in it as
a `Free`, of which the log keeps only a salted hash, and each person as a random code; an operating-system user, who is
a person too, stands in it like a free text. Organisation and board names are kept as they were at the event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, TypeAlias

from commands.domain.board import Board, Organisation
from commands.domain.comment import Comment
from commands.domain.decision import Decision
from commands.domain.draft import Version
from commands.domain.item import Item
from commands.domain.ledger import KeptText, Plain, instant, text_hash
from commands.domain.mandate import Mandate
from commands.domain.outcome import Counts, Outcome
from commands.domain.position import Answer, Position
from commands.domain.roll import Roll
from commands.domain.round import Round
from commands.domain.rules.data import rule_as_data


@dataclass(frozen=True, slots=True)
class Free:
    """A free text on its way into a log, where it stands as `{"hash": …}`; empty text stays an empty string."""

    text: str


OPERATOR: Final = "operator"
"""The field with the hash of an operating-system user. His name is kept beside the log, and stands in no export."""

Body: TypeAlias = "Mapping[str, BodyValue]"
BodyValue: TypeAlias = "str | int | bool | Free | list[BodyValue] | dict[str, BodyValue]"


@dataclass(frozen=True, slots=True)
class Act:
    """Who did something, and through which door; what the clock did has no person and the platform `clock`.

    `person` is the person's random code. `mandate` is the number of the entry in the board's log that granted the
    mandate used, 0 for an act by role. `operator` is the operating-system user on console and command line; as he is a
    person, the log holds a salted hash of his name.
    """

    platform: str
    received_at: datetime
    person: str = ""
    mandate: int = 0
    operator: str = ""
    platform_at: datetime | None = None

    def body(self) -> dict[str, BodyValue]:
        """The fields that every entry has."""
        body: dict[str, BodyValue] = {
            "by": self.person,
            "platform": self.platform,
            "received_at": instant(self.received_at),
        }
        if self.mandate:
            body["mandate"] = self.mandate
        if self.operator:
            body[OPERATOR] = Free(self.operator)
        if self.platform_at is not None:
            body["platform_at"] = instant(self.platform_at)
        return body


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, ready to be appended to a log."""

    kind: str
    body: Body


def seal(event: Event, salt: Callable[[], bytes]) -> tuple[dict[str, Plain], tuple[KeptText, ...]]:
    """The body as the log keeps it, and the texts that lie beside the log.

    `salt` gives 16 random bytes for each text. A text in a body becomes `{"hash": SHA-256(salt, text)}`.
    """
    kept: list[KeptText] = []

    def sealed(value: BodyValue) -> Plain:
        if isinstance(value, Free):
            if not value.text:
                return ""
            bytes_ = salt()
            kept.append(KeptText(text_hash(bytes_, value.text), bytes_, value.text))
            return {"hash": kept[-1].hash}
        if isinstance(value, dict):
            return {key: sealed(each) for key, each in value.items()}
        if isinstance(value, list):
            return [sealed(each) for each in value]
        return value

    return {key: sealed(each) for key, each in event.body.items()}, tuple(kept)


def hash_in(value: object) -> str | None:
    """The hash of a free text, when this value of a body holds one."""
    if isinstance(value, dict) and value.keys() == {"hash"}:
        found = value["hash"]
        return found if isinstance(found, str) else None
    return None


# --- items and versions -------------------------------------------------------------------------------------


def item_drafted(item: Item, board: Board, act: Act) -> Event:
    """A new item with its first version."""
    document = item.document
    return _of(
        "item-drafted",
        act,
        item=str(item.number),
        board=board.id,
        board_name=board.name,
        item_kind=item.kind.value,
        title=Free(item.title),
        rule=item.rule,
        term=item.term,
        visible=item.visible.value,
        subject=item.subject,
        meeting=_day(item.meeting),
        document=Free(document.url if document else ""),
        document_sha256=document.sha256 if document else "",
        **_version(item.version),
    )


def version_added(item: Item, act: Act) -> Event:
    """A new version of the text; `substantive` false means editorial, to be contested until `contest_until`."""
    return _of(
        "version-added",
        act,
        item=str(item.number),
        note=Free(item.version.note),
        substantive=item.version.substantive,
        contest_until=_instant(item.version.contest_until),
        **_version(item.version),
    )


def version_contested(item: Item, organisation: str, reason: str, act: Act) -> Event:
    """An organisation contests an editorial version, which is substantive from then on."""
    return _of(
        "version-contested",
        act,
        item=str(item.number),
        version=item.version.label,
        organisation=organisation,
        reason=Free(reason),
    )


# --- rounds ---------------------------------------------------------------------------------------------------


def round_opened(item: Item, round: Round, roll: Roll, act: Act) -> Event:
    """A round opens: version, deadline, rule and roll as they are frozen. The first deadline is `closes_at`."""
    return _of(
        "round-opened",
        act,
        item=str(item.number),
        round=round.number,
        version=round.version,
        sha256=item.version.sha256,
        opened_at=instant(round.opened_at),
        closes_at=instant(round.closes_at),
        rule=_rule(round),
        repeat=round.repeat,
        urgent=Free(round.urgent),
        roll=[
            {
                "organisation": seat.organisation,
                "name": seat.name,
                "short": seat.short,
                "column": seat.column,
                "weight": str(seat.weight),
                "voting": seat.voting,
            }
            for seat in roll.seats
        ],
    )


def round_extended(item: Item, round: Round, before: datetime, reason: str, act: Act) -> Event:
    """A later deadline for all; `before` is the deadline it replaces."""
    return _of(
        "round-extended",
        act,
        item=str(item.number),
        round=round.number,
        before=instant(before),
        closes_at=instant(round.closes_at),
        reason=Free(reason),
    )


def reminded(item: Item, round: Round, organisations: Iterable[str], act: Act) -> Event:
    """A reminder went to the organisations that had not answered."""
    return _of(
        "reminded",
        act,
        item=str(item.number),
        round=round.number,
        organisations=list(organisations),
        count=round.reminded,
    )


def outage_found(item: Item, round: Round, act: Act) -> Event:
    """Nobody could file for a while around the deadline; the chair must choose between extending and closing."""
    return _of(
        "outage-found",
        act,
        item=str(item.number),
        round=round.number,
        closes_at=instant(round.closes_at),
        down_from=_instant(round.down_from),
        down_until=_instant(round.down_until),
    )


def round_closed(item: Item, round: Round, reason: str, act: Act) -> Event:
    """A round ended; `outcome` is an empty object where no rule was applied."""
    return _of(
        "round-closed",
        act,
        item=str(item.number),
        round=round.number,
        version=round.version,
        closes_at=instant(round.closes_at),
        closed_at=_instant(round.closed_at),
        ending=round.ending.value if round.ending else "",
        reason=Free(reason),
        outcome=outcome_body(round.outcome),
    )


def outcome_body(outcome: Outcome | None) -> dict[str, BodyValue]:
    """An outcome as the log holds it; the explanation follows from the rest and is left out. Only a ballot
    has an order.
    """
    if outcome is None:
        return {}
    body: dict[str, BodyValue] = {
        "code": outcome.code.value,
        "reason": outcome.reason.value if outcome.reason else "",
        "counts": _counts(outcome.counts),
        "columns": {name: _counts(counts) for name, counts in outcome.columns.items()},
        "silent": list(outcome.silent),
        "objecting": list(outcome.objecting),
        "noted": list(outcome.noted),
        "held_by": list(outcome.held_by),
        "recused": list(outcome.recused),
        "unreached": list(outcome.unreached),
    }
    if outcome.order or outcome.dropped:
        body |= {"order": [list(group) for group in outcome.order], "dropped": list(outcome.dropped)}
    return body


# --- positions ------------------------------------------------------------------------------------------------


def position_filed(item: Item, position: Position, act: Act, *, lifts: int = 0) -> Event:
    """An organisation filed, replaced, withdrew or lifted its position.

    `filing` says whether it counts: in-time; late; or after, for something lifted after closing. `lifts` is the entry
    of the position whose reservation, condition or objection it lifts, 0 otherwise.
    """
    reservation = position.reservation
    return _of(
        "position-filed",
        act,
        item=str(item.number),
        round=position.round,
        version=position.version,
        organisation=position.organisation,
        stance=position.stance.value,
        ballot=position.ballot,
        text=Free(position.text),
        points=list(position.points),
        basis=position.basis.value if position.basis else "",
        reservation=reservation.kind.value if reservation else "",
        suspensive=reservation is not None and reservation.suspensive,
        until=_day(reservation.until if reservation else None),
        filing=position.filing.value,
        lifts=lifts,
    )


def position_answered(item: Item, position: Position, answer: Answer, text: str, act: Act) -> Event:
    """The board's answer to a condition or an objection. It turns nobody's no into a yes."""
    return _of(
        "position-answered",
        act,
        item=str(item.number),
        round=position.round,
        organisation=position.organisation,
        position=position.sequence,
        answer=answer.value,
        text=Free(text),
    )


def comment_made(item: Item, comment: Comment, act: Act) -> Event:
    """An adviser's remark; never counted."""
    return _of(
        "comment-made",
        act,
        item=str(item.number),
        round=comment.round,
        organisation=comment.organisation,
        text=Free(comment.text),
        points=list(comment.points),
    )


# --- acts of the chair and of members on the item ---------------------------------------------------------------


def item_called(item: Item, organisation: str, text: str, act: Act) -> Event:
    """A member ends a written round and calls the item to the meeting."""
    return _of("item-called", act, item=str(item.number), organisation=organisation, reason=Free(text))


def item_adjourned(item: Item, reason: str, act: Act) -> Event:
    """The chair adjourns the item."""
    return _of("item-adjourned", act, item=str(item.number), reason=Free(reason))


def item_withdrawn(item: Item, reason: str, act: Act) -> Event:
    """The chair withdraws the item."""
    return _of("item-withdrawn", act, item=str(item.number), reason=Free(reason))


def decision_established(item: Item, decision: Decision, act: Act) -> Event:
    """The chair establishes the decision; a deviation from the outcome carries its reason."""
    return _of("decision-established", act, item=str(item.number), **_decision(decision))


def decision_rectified(item: Item, decision: Decision, act: Act) -> Event:
    """The chair rectifies a decision, which stays beside its correction."""
    return _of("decision-rectified", act, item=str(item.number), **_decision(decision))


def text_removed(hash: str, act: Act) -> Event:
    """A text was taken out of the register by law or request; its hash stays, and shows the gap."""
    return _of("text-removed", act, removed=hash)


# --- the board's own log ------------------------------------------------------------------------------------------


def board_loaded(
    board: Board,
    changes: Iterable[str],
    act: Act,
    *,
    mandates: Iterable[Mandate] = (),
    codes: Mapping[str, str] = MappingProxyType({}),
) -> Event:
    """The board file was applied: the whole list of participants, roles, mandates and days as it is from now on.

    `changes` are the changed keys in the file's own terms; `codes` gives the random code of each person.
    """
    return _of(
        "board-loaded",
        act,
        board=board.id,
        board_name=board.name,
        revision=board.revision,
        changes=list(changes),
        closed=[day.isoformat() for day in board.calendar.closed],
        open=[day.isoformat() for day in board.calendar.open],
        organisations=[_organisation(each) for each in board.organisations],
        roles=[
            {
                "person": codes[each.person],
                "role": each.role.value,
                "valid_from": _day(each.valid_from),
                "until": _day(each.until),
            }
            for each in board.roles
            if each.person in codes
        ],
        mandates=[
            {
                "id": each.id,
                "person": codes[each.person],
                "organisation": each.organisation,
                "role": each.role.value,
                "valid_from": each.valid_from.isoformat(),
                "until": _day(each.until),
                "revoked_at": _instant(each.revoked_at),
            }
            for each in mandates
            if each.person in codes
        ],
    )


def mandate_granted(mandate: Mandate, code: str, act: Act) -> Event:
    """A person got a mandate for an organisation."""
    return _of(
        "mandate-granted",
        act,
        board=mandate.board,
        id=mandate.id,
        person=code,
        organisation=mandate.organisation,
        role=mandate.role.value,
        valid_from=mandate.valid_from.isoformat(),
        until=_day(mandate.until),
    )


def mandate_revoked(mandate: Mandate, code: str, act: Act) -> Event:
    """A mandate ended before its time."""
    return _of(
        "mandate-revoked",
        act,
        board=mandate.board,
        id=mandate.id,
        person=code,
        organisation=mandate.organisation,
        revoked_at=_instant(mandate.revoked_at),
    )


def account_linked(board: str, code: str, platform: str, act: Act) -> Event:
    """An account of a platform now belongs to a person; the account itself, which names him, stays outside the log."""
    return _of("account-linked", act, board=board, person=code, account_platform=platform)


def channel_linked(board: str, platform: str, channel: str, act: Act) -> Event:
    """A channel now belongs to the board."""
    return _of("channel-linked", act, board=board, channel_platform=platform, channel=channel)


# --- parts --------------------------------------------------------------------------------------------------------


def _organisation(each: Organisation) -> dict[str, BodyValue]:
    return {
        "organisation": each.id,
        "name": each.name,
        "short": each.short,
        "column": each.column,
        "weight": str(each.weight),
        "voting": each.voting,
    }


def _of(kind: str, act: Act, /, **body: BodyValue) -> Event:
    return Event(kind, {**body, **act.body()})


def _version(version: Version) -> dict[str, BodyValue]:
    return {
        "version": version.label,
        "text": Free(version.text),
        "sha256": version.sha256,
        "points": len(version.points),
    }


def _decision(decision: Decision) -> dict[str, BodyValue]:
    return {
        "decision": str(decision.number),
        "version": decision.version,
        "corrects": str(decision.corrects or ""),
        "deviates": decision.deviates,
        "text": Free(decision.text),
        "conclusion": Free(decision.conclusion),
        "deviation": Free(decision.deviation),
        "reason": Free(decision.reason),
    }


def _rule(round: Round) -> dict[str, BodyValue]:
    return {} if round.rule is None else _plain(rule_as_data(round.rule))


def _plain(data: Mapping[str, Plain]) -> dict[str, BodyValue]:
    """The same data as values of a body: copied, because lists and dictionaries of one kind are not those of the other."""

    def same(value: Plain) -> BodyValue:
        if isinstance(value, dict):
            return {key: same(each) for key, each in value.items()}
        return [same(each) for each in value] if isinstance(value, list) else value

    return {key: same(each) for key, each in data.items()}


def _counts(counts: Counts) -> dict[str, BodyValue]:
    return {
        "for": counts.for_,
        "against": counts.against,
        "abstain": counts.abstain,
        "silent": counts.silent,
        "recused": counts.recused,
    }


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _instant(at: datetime | None) -> str:
    return "" if at is None else instant(at)
