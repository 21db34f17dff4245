"""Logs of the program: JSON lines with at least action, object, result, origin, actor and time (BIO2 8.15.01).

They hold no texts, no positions, no tokens and no addresses of databases.
"""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logs(level: str) -> None:
    """Write structured lines to stderr, from a level on."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="tijdstempel"),
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)  # locals hold texts and positions
            ),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=_to_stderr,
    )
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)


def _to_stderr(*_given: object) -> structlog.PrintLogger:
    """A logger for the standard error output as it is now."""
    return structlog.PrintLogger(sys.stderr)
