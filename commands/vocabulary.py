"""The Dutch and English words that people type for values; the parser accepts both, always.

The catalogues hold the same words for display; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from commands.domain.item import Visibility
from commands.domain.mandate import MandateRole
from commands.domain.position import Answer, Basis, Kind, ReservationKind, Stance


@dataclass(frozen=True, slots=True)
class Words:
    """One thing in two languages, as it is typed."""

    nl: str
    en: str

    def in_language(self, language: str) -> str:
        """The word in a language; English for any other than Dutch."""
        return self.nl if language == "nl" else self.en


class Format(StrEnum):
    """The form of an export."""

    CSV = "csv"
    JSON = "json"
    MARKDOWN = "md"
    DOSSIER = "dossier"


VOCABULARY: Final[Mapping[type[StrEnum], Mapping[StrEnum, Words]]] = {
    Kind: {
        Kind.CONSULTATION: Words("consultatie", "consultation"),
        Kind.CONSENT: Words("instemming", "consent"),
        Kind.VOTE: Words("stemming", "vote"),
        Kind.SILENCE: Words("stilte", "silence"),
        Kind.CHOICE: Words("keuze", "choice"),
        Kind.APPROVAL: Words("goedkeuring", "approval"),
        Kind.RANKING: Words("rangorde", "ranking"),
        Kind.POINTS: Words("punten", "points"),
    },
    Stance: {
        Stance.AGREE: Words("akkoord", "agree"),
        Stance.NO_OBJECTION: Words("geen-bezwaar", "no-objection"),
        Stance.AGREE_IF: Words("mits", "agree-if"),
        Stance.RESERVATION: Words("voorbehoud", "reservation"),
        Stance.ABSTAIN: Words("onthouding", "abstain"),
        Stance.OBJECT: Words("bezwaar", "object"),
        Stance.RECUSE: Words("verschoning", "recuse"),
        Stance.SUPPORT: Words("steun", "support"),
        Stance.SUPPORT_WITH_COMMENTS: Words("steun-met-opmerkingen", "support-with-comments"),
        Stance.NO_COMMENTS: Words("geen-opmerkingen", "no-comments"),
        Stance.NO_SUPPORT: Words("geen-steun", "no-support"),
        Stance.FOR: Words("voor", "for"),
        Stance.AGAINST: Words("tegen", "against"),
    },
    Basis: {
        Basis.OFFICIAL: Words("ambtelijk", "official"),
        Basis.OFFICIAL_SUBJECT_TO_BOARD: Words("ambtelijk-ovb-bestuur", "official-subject-to-board"),
        Basis.BOARD: Words("bestuur", "board"),
        Basis.MEMBERS_VOTE: Words("ledenraadpleging", "members-vote"),
    },
    ReservationKind: {
        ReservationKind.CONSTITUENCY: Words("achterban", "constituency"),
        ReservationKind.ADMINISTRATIVE: Words("bestuurlijk", "administrative"),
        ReservationKind.PARLIAMENTARY: Words("parlementair", "parliamentary"),
        ReservationKind.FINANCIAL: Words("financieel", "financial"),
        ReservationKind.LEGAL: Words("juridisch", "legal"),
        ReservationKind.STUDY: Words("studie", "study"),
    },
    Answer: {
        Answer.MET: Words("ingewilligd", "met"),
        Answer.REFUSED: Words("afgewezen", "refused"),
        Answer.ADDRESSED: Words("behandeld", "addressed"),
    },
    MandateRole: {
        MandateRole.REPRESENTATIVE: Words("vertegenwoordiger", "representative"),
        MandateRole.DEPUTY: Words("plaatsvervanger", "deputy"),
    },
    Visibility: {
        Visibility.OPEN: Words("open", "open"),
        Visibility.AFTER_CLOSE: Words("na-sluiting", "after-close"),
    },
    Format: {
        Format.CSV: Words("csv", "csv"),
        Format.JSON: Words("json", "json"),
        Format.MARKDOWN: Words("md", "md"),
        Format.DOSSIER: Words("dossier", "dossier"),
    },
}
