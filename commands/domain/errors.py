"""The tree of refusals: each is a fact with parameters; the edge turns it into a sentence.

Every refusal means that nothing was recorded. There are two exceptions. `TooLate`: a late position is kept as late
and not counted. `Unconfirmed`: nobody can tell.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from commands.domain.number import ItemNumber
from commands.domain.values import Code, Line, Value


@dataclass(eq=False)  # not frozen: Python sets __traceback__ on exceptions
class Refusal(Exception):
    """An act that is not carried out, with the reason as a code and its facts.

    `sentence` is the id of its sentence where that is not the code, because two refusals share one code.
    """

    code: ClassVar[str]
    sentence: ClassVar[str] = ""

    def values(self) -> dict[str, Value]:
        """The facts by name, as the sentence of this refusal uses them.

        A `position` of 0, of what was pressed or filled in instead of typed, is none.
        """
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: "" if name == "position" and value == 0 else value for name, value in found.items()}

    def __str__(self) -> str:
        return self.code


# --- the text of a command ---------------------------------------------------------------------------------


@dataclass(eq=False)
class UnknownCommand(Refusal):
    """No such trigger or verb; `suggestion` is the nearest one, or empty. `position` counts characters from 1."""

    code: ClassVar[str] = "unknown-command"
    word: str
    position: int
    suggestion: Code
    example: Code | str


@dataclass(eq=False)
class CommandNotYet(Refusal):
    """A command of the plan that this version does not have; `example` shows those that it has."""

    code: ClassVar[str] = "not-in-this-version"
    sentence: ClassVar[str] = "unknown-command.not-yet"
    word: str
    example: Code


@dataclass(eq=False)
class UnknownFlag(Refusal):
    """A flag that this command does not have. `position` counts characters from 1."""

    code: ClassVar[str] = "unknown-flag"
    word: str
    position: int
    suggestion: Code
    example: Code | str


@dataclass(eq=False)
class RepeatedFlag(Refusal):
    """The same flag twice."""

    code: ClassVar[str] = "repeated-flag"
    word: str
    position: int
    example: Code


@dataclass(eq=False)
class MissingValue(Refusal):
    """A flag without its value."""

    code: ClassVar[str] = "missing-value"
    word: str
    position: int
    example: Code


@dataclass(eq=False)
class SurplusWord(Refusal):
    """A word that has no place in this command."""

    code: ClassVar[str] = "surplus-word"
    word: str
    position: int
    example: Code | str


@dataclass(eq=False)
class UnclosedQuote(Refusal):
    """A quotation that is not closed, or a quotation mark that stands loose. `position` counts from 1."""

    code: ClassVar[str] = "unclosed-quote"
    word: str
    position: int
    example: Code | str


@dataclass(eq=False)
class MissingArgument(Refusal):
    """Something that this command cannot do without."""

    code: ClassVar[str] = "missing-argument"
    argument: Code
    example: Code | str


@dataclass(eq=False)
class InvalidValue(Refusal):
    """A word that is not one of the values possible here."""

    code: ClassVar[str] = "invalid-value"
    word: str
    position: int
    suggestion: Code
    choices: tuple[Value, ...]
    example: Code | str


@dataclass(eq=False)
class TextTooLong(Refusal):
    """A text over the limit, in characters."""

    code: ClassVar[str] = "text-too-long"
    limit: int
    length: int


@dataclass(eq=False)
class TooManyPoints(Refusal):
    """A text with more numbered decision points than anybody can answer one by one."""

    code: ClassVar[str] = "too-many-points"
    limit: int
    count: int


@dataclass(eq=False)
class ForbiddenCharacter(Refusal):
    """A text with a character that no register can keep (NUL, a lone surrogate). `position` counts from 1."""

    code: ClassVar[str] = "forbidden-character"
    position: int


# --- deadlines ---------------------------------------------------------------------------------------------


@dataclass(eq=False)
class DeadlineUnclear(Refusal):
    """A deadline that is not understood whole."""

    code: ClassVar[str] = "deadline-unclear"
    text: str


@dataclass(eq=False)
class DeadlineAmbiguous(Refusal):
    """A deadline with more than one reading; `readings` are the instants meant, as far as they can be named."""

    code: ClassVar[str] = "deadline-ambiguous"
    text: str
    readings: tuple[Value, ...]


@dataclass(eq=False)
class DeadlineImpossible(Refusal):
    """A day or time that does not exist, or a weekday that does not belong to the date."""

    code: ClassVar[str] = "deadline-impossible"
    text: str


@dataclass(eq=False)
class DeadlinePast(Refusal):
    """A deadline that has passed already."""

    code: ClassVar[str] = "deadline-past"
    text: str
    at: datetime


@dataclass(eq=False)
class DeadlineGap(Refusal):
    """A local time that does not exist because the clock jumps forward; the two instants offered instead."""

    code: ClassVar[str] = "deadline-gap"
    text: str
    earlier: datetime
    later: datetime


@dataclass(eq=False)
class DeadlineFold(Refusal):
    """A local time that comes twice because the clock goes back; the two instants meant."""

    code: ClassVar[str] = "deadline-fold"
    text: str
    earlier: datetime
    later: datetime


@dataclass(eq=False)
class TermTooShort(Refusal):
    """A round that would be shorter than the board's minimum; `earliest` is the first deadline possible."""

    code: ClassVar[str] = "term-too-short"
    closes_at: datetime
    earliest: datetime
    hours: int
    working_days: int


@dataclass(eq=False)
class ChooseTerm(Refusal):
    """A term and a deadline at once: a round closes by one of them."""

    code: ClassVar[str] = "choose-term"
    example: Code


@dataclass(eq=False)
class TermTooLong(Refusal):
    """A round that would last longer than anybody means; `latest` is the last deadline possible."""

    code: ClassVar[str] = "term-too-long"
    closes_at: datetime
    latest: datetime


@dataclass(eq=False)
class NotLater(Refusal):
    """An extension that is not later than the deadline it replaces."""

    code: ClassVar[str] = "not-later"
    item: ItemNumber
    closes_at: datetime


@dataclass(eq=False)
class DeadlinePassed(Refusal):
    """An extension after the deadline, without an outage that left the choice to the chair."""

    code: ClassVar[str] = "deadline-passed"
    item: ItemNumber
    closes_at: datetime


# --- who ---------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class UnknownAccount(Refusal):
    """An account that no board knows; `account` is shown so that the secretary can link it."""

    code: ClassVar[str] = "unknown-account"
    account: str


@dataclass(eq=False)
class NoBoard(Refusal):
    """A channel that is not linked to a board."""

    code: ClassVar[str] = "no-board"


@dataclass(eq=False)
class ChooseBoard(Refusal):
    """A direct message that fits more than one board; the ids to choose from."""

    code: ClassVar[str] = "choose-board"
    boards: tuple[Value, ...]
    example: Code


@dataclass(eq=False)
class UnknownBoard(Refusal):
    """No such board, or not one this person is on."""

    code: ClassVar[str] = "unknown-board"
    word: str


@dataclass(eq=False)
class NotAllowed(Refusal):
    """An act of a role that this person does not have; `roles` may do it."""

    code: ClassVar[str] = "not-allowed"
    roles: tuple[Value, ...]
    account: str


@dataclass(eq=False)
class AdminHasNoVoice(Refusal):
    """An administrator can neither file nor change positions, whatever mandate he holds."""

    code: ClassVar[str] = "not-allowed"
    sentence: ClassVar[str] = "admin-voice"
    organisation: str


@dataclass(eq=False)
class AdminTakesNoMandate(Refusal):
    """A mandate for somebody who is, or will be, an administrator of the board."""

    code: ClassVar[str] = "not-allowed"
    sentence: ClassVar[str] = "admin-mandate"
    person: str
    organisation: str


@dataclass(eq=False)
class NoMandate(Refusal):
    """No mandate for this organisation (all organisations of the person's when `organisation` is empty)."""

    code: ClassVar[str] = "no-mandate"
    organisation: str
    account: str


@dataclass(eq=False)
class MandateExpired(Refusal):
    """A mandate that ended; `until` is its last valid instant's day, in words of the board's zone."""

    code: ClassVar[str] = "mandate-expired"
    organisation: str
    until: datetime


@dataclass(eq=False)
class MandateNotYet(Refusal):
    """A mandate that has not begun."""

    code: ClassVar[str] = "mandate-not-yet"
    organisation: str
    valid_from: datetime


@dataclass(eq=False)
class ChooseOrganisation(Refusal):
    """A person with mandates for several organisations on the roll must say for which one."""

    code: ClassVar[str] = "choose-organisation"
    organisations: tuple[Value, ...]
    example: Code


@dataclass(eq=False)
class NotOnRoll(Refusal):
    """An organisation that is not on the roll of this round, or has no vote in it."""

    code: ClassVar[str] = "not-on-roll"
    organisation: str
    item: ItemNumber


@dataclass(eq=False)
class UnknownOrganisation(Refusal):
    """No such organisation on this board."""

    code: ClassVar[str] = "unknown-organisation"
    word: str
    suggestion: Code


@dataclass(eq=False)
class UnknownPerson(Refusal):
    """No such person or account on this board."""

    code: ClassVar[str] = "unknown-person"
    word: str


@dataclass(eq=False)
class NoSuchAccount(Refusal):
    """The chat platform has no account with this name."""

    code: ClassVar[str] = "no-such-account"
    word: str


@dataclass(eq=False)
class OwnGrant(Refusal):
    """Nobody grants a mandate, a role or a link to himself."""

    code: ClassVar[str] = "own-grant"


@dataclass(eq=False)
class MandateExists(Refusal):
    """The person holds a mandate for this organisation in that period already."""

    code: ClassVar[str] = "mandate-exists"
    person: str
    organisation: str


@dataclass(eq=False)
class NoSuchMandate(Refusal):
    """The person holds no valid mandate for this organisation."""

    code: ClassVar[str] = "no-such-mandate"
    person: str
    organisation: str


@dataclass(eq=False)
class InvalidPeriod(Refusal):
    """A period that ends before it begins."""

    code: ClassVar[str] = "invalid-period"


@dataclass(eq=False)
class AccountTaken(Refusal):
    """An account that is linked to another person."""

    code: ClassVar[str] = "account-taken"
    account: str


@dataclass(eq=False)
class ChannelTaken(Refusal):
    """A channel that belongs to another board."""

    code: ClassVar[str] = "channel-taken"
    board: str


# --- items, versions, rounds --------------------------------------------------------------------------------


@dataclass(eq=False)
class UnknownItem(Refusal):
    """No item with this number that this person may know of."""

    code: ClassVar[str] = "unknown-item"
    word: str


@dataclass(eq=False)
class AmbiguousItem(Refusal):
    """A short number that fits several open items; the full numbers."""

    code: ClassVar[str] = "ambiguous-item"
    word: str
    numbers: tuple[Value, ...]


@dataclass(eq=False)
class NumberTaken(Refusal):
    """A number that exists already, or existed."""

    code: ClassVar[str] = "number-taken"
    number: ItemNumber


@dataclass(eq=False)
class InvalidNumber(Refusal):
    """A number that is not one, or carries a prefix this board may not use."""

    code: ClassVar[str] = "invalid-number"
    word: str


@dataclass(eq=False)
class NotPossible(Refusal):
    """A step that the state of the item does not allow."""

    code: ClassVar[str] = "not-possible"
    item: ItemNumber
    state: StrEnum
    step: StrEnum


@dataclass(eq=False)
class RoundClosed(Refusal):
    """The round takes nothing more."""

    code: ClassVar[str] = "round-closed"
    item: ItemNumber
    closed_at: datetime


@dataclass(eq=False)
class NewerRound(Refusal):
    """A button or form that was drawn for version `was`, when `version` holds.

    `was_round` and `round` tell apart two rounds on the same version; otherwise they are empty.
    """

    code: ClassVar[str] = "newer-round"
    item: ItemNumber
    was: str
    version: str
    was_round: str
    round: str


@dataclass(eq=False)
class VersionTaken(Refusal):
    """A version label that this item has already; `versions` are all that it has."""

    code: ClassVar[str] = "version-taken"
    item: ItemNumber
    version: str
    versions: tuple[Value, ...]


@dataclass(eq=False)
class InvalidVersion(Refusal):
    """A label of a version without a figure in it; `versions` are those that the item has, none for a new one."""

    code: ClassVar[str] = "invalid-version"
    word: str
    versions: tuple[Value, ...]


@dataclass(eq=False)
class ChooseWeight(Refusal):
    """A new version must say whether it is substantive or editorial, and not both."""

    code: ClassVar[str] = "choose-weight"
    example: Code


@dataclass(eq=False)
class EditorialTooLate(Refusal):
    """An editorial version that could not be contested before the round closes."""

    code: ClassVar[str] = "editorial-too-late"
    item: ItemNumber
    closes_at: datetime
    contest_until: datetime


@dataclass(eq=False)
class NothingToContest(Refusal):
    """No editorial version that can still be contested; `until` is when the last chance passed, or empty."""

    code: ClassVar[str] = "nothing-to-contest"
    item: ItemNumber


@dataclass(eq=False)
class WrongKind(Refusal):
    """An answer that does not belong to this kind of item; `example` is the command that does."""

    code: ClassVar[str] = "wrong-kind"
    item: ItemNumber
    kind: StrEnum
    example: Code


@dataclass(eq=False)
class UnknownRule(Refusal):
    """No such decision rule here."""

    code: ClassVar[str] = "unknown-rule"
    word: str
    suggestion: Code


@dataclass(eq=False)
class RuleDoesNotFit(Refusal):
    """A rule that does not decide this kind of item; a consultation has none at all."""

    code: ClassVar[str] = "wrong-rule"
    rule: str
    kind: StrEnum


@dataclass(eq=False)
class NotBuiltYet(Refusal):
    """A kind or rule of the plan that this version does not have."""

    code: ClassVar[str] = "not-in-this-version"
    word: str


@dataclass(eq=False)
class ReasonRequired(Refusal):
    """An act that needs a reason or a text; `argument` says which."""

    code: ClassVar[str] = "reason-required"
    argument: Code
    example: Code


@dataclass(eq=False)
class DeviationRequired(Refusal):
    """Establishing anything but an adopted outcome needs a reason; `because` says what stands in the way."""

    code: ClassVar[str] = "reason-required"
    sentence: ClassVar[str] = "deviation-required"
    item: ItemNumber
    because: tuple[Value, ...]
    example: Code


@dataclass(eq=False)
class UnknownPoint(Refusal):
    """A decision point that this version does not have."""

    code: ClassVar[str] = "unknown-point"
    point: int
    item: ItemNumber
    version: str


@dataclass(eq=False)
class NoRecipients(Refusal):
    """No organisation with a vote: nothing can be opened."""

    code: ClassVar[str] = "no-voting-organisation"
    board: str


@dataclass(eq=False)
class DocumentIncomplete(Refusal):
    """A document hash that is not a SHA-256, or a hash without its document."""

    code: ClassVar[str] = "document-incomplete"
    word: str


# --- positions ---------------------------------------------------------------------------------------------


@dataclass(eq=False)
class NoPosition(Refusal):
    """The organisation has filed nothing in this round."""

    code: ClassVar[str] = "no-position"
    item: ItemNumber
    organisation: str


@dataclass(eq=False)
class NothingToLift(Refusal):
    """The organisation has no reservation, condition or objection here."""

    code: ClassVar[str] = "nothing-to-lift"
    item: ItemNumber
    organisation: str


@dataclass(eq=False)
class NothingToAnswer(Refusal):
    """The organisation has no open condition (or objection) that this answer could concern."""

    code: ClassVar[str] = "nothing-to-answer"
    item: ItemNumber
    organisation: str


@dataclass(eq=False)
class HiddenUntilClose(Refusal):
    """Positions that nobody sees before the round closes."""

    code: ClassVar[str] = "hidden-until-close"
    item: ItemNumber
    closes_at: datetime


@dataclass(eq=False)
class StaysHidden(HiddenUntilClose):
    """Positions that nobody sees before `closes_at`, the deadline of their round, because it ended without closing."""

    sentence: ClassVar[str] = "stays-hidden"


@dataclass(eq=False)
class NotAgainstReservation(Refusal):
    """A flag of a reservation (kind, suspensive, until) with another position."""

    code: ClassVar[str] = "only-with-reservation"
    argument: Code
    example: Code


# --- ballots -----------------------------------------------------------------------------------------------


@dataclass(eq=False)
class InvalidBallot(Refusal):
    """A ballot that cannot be read; `problem` says why. `position` counts characters of the ballot from 1."""

    code: ClassVar[str] = "invalid-ballot"
    problem: Line
    position: int
    example: Code | Line


@dataclass(eq=False)
class OverBudget(Refusal):
    """More points than there are to divide."""

    code: ClassVar[str] = "over-budget"
    spent: int
    budget: int
    example: Code | Line


@dataclass(eq=False)
class InvalidOptions(Refusal):
    """Options between which nobody could choose; `problem` says why."""

    code: ClassVar[str] = "invalid-options"
    problem: Line


@dataclass(eq=False)
class DefaultNotOffered(Refusal):
    """A ballot without the option against which its rule holds all others."""

    code: ClassVar[str] = "default-not-offered"
    option: str


# --- the register --------------------------------------------------------------------------------------------


@dataclass(eq=False)
class NoDecision(Refusal):
    """No decision on this item yet."""

    code: ClassVar[str] = "no-decision-yet"
    item: ItemNumber


@dataclass(eq=False)
class TamperedLog(Refusal):
    """The log of this dossier does not verify; `sequence` is the first bad entry."""

    code: ClassVar[str] = "tampered-log"
    dossier: str
    sequence: int


# --- technical: the act was understood, but could not be kept ------------------------------------------------


@dataclass(eq=False)
class Busy(Refusal):
    """The database was locked for too long."""

    code: ClassVar[str] = "busy"


@dataclass(eq=False)
class AccountsUnknown(Refusal):
    """The chat platform does not answer, so that the accounts that are named cannot be looked up."""

    code: ClassVar[str] = "accounts-unknown"


@dataclass(eq=False)
class StorageFailed(Refusal):
    """The database could not keep it (full, broken, cut off)."""

    code: ClassVar[str] = "storage-failed"


@dataclass(eq=False)
class Unconfirmed(Refusal):
    """The database did not answer in time whether it kept it: that it did not cannot be said."""

    code: ClassVar[str] = "unconfirmed"


@dataclass(eq=False)
class OtherContent(Refusal):
    """An act under the id of an earlier one that asked for something else."""

    code: ClassVar[str] = "other-content"


@dataclass(eq=False)
class InternalError(Refusal):
    """A bug; `reference` finds it in the log of the program."""

    code: ClassVar[str] = "internal-error"
    reference: Code


@dataclass(eq=False)
class ReadOnly(Refusal):
    """The console only reads where a chat platform is configured."""

    code: ClassVar[str] = "read-only"
