"""What can be done, and by which rules."""

from __future__ import annotations

from typing import Final

from commands.adjourn import COMMAND as ADJOURN
from commands.board_admin import COMMANDS as BOARD_ADMIN
from commands.close import COMMAND as CLOSE
from commands.command import Command
from commands.comment import COMMAND as COMMENT
from commands.contest import COMMANDS as CONTEST
from commands.decisions import COMMANDS as DECISIONS
from commands.dispose import COMMANDS as DISPOSE
from commands.draft import COMMAND as DRAFT
from commands.establish import COMMAND as ESTABLISH
from commands.extend import COMMAND as EXTEND
from commands.guide import COMMAND as GUIDE
from commands.mandate import COMMANDS as MANDATE
from commands.matrix import COMMAND as MATRIX
from commands.mine import COMMAND as MINE
from commands.open import COMMAND as OPEN
from commands.overview import COMMAND as OVERVIEW
from commands.position import COMMANDS as POSITION
from commands.rectify import COMMAND as RECTIFY
from commands.remind import COMMAND as REMIND
from commands.revise import COMMAND as REVISE
from commands.status import COMMAND as STATUS
from commands.withdraw import COMMAND as WITHDRAW

COMMANDS: Final[tuple[Command, ...]] = (
    # /consultatie
    DRAFT,
    REVISE,
    OPEN,
    EXTEND,
    REMIND,
    CLOSE,
    ESTABLISH,
    RECTIFY,
    ADJOURN,
    WITHDRAW,
    *DISPOSE,
    STATUS,
    MATRIX,
    OVERVIEW,
    # /standpunt
    *POSITION,
    *CONTEST,
    MINE,
    # /reactie
    COMMENT,
    # /mandaat, /besluit, /overlegbeheer
    *MANDATE,
    *DECISIONS,
    *BOARD_ADMIN,
    GUIDE,
)
"""Every command, in the order in which help shows them. A verb is registered when it works, and not before."""
