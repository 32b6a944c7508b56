"""Logging of every process: one JSON object a line on standard error."""

import logging
import sys

import structlog


def configure_logs(*, process: str, quiet: bool = False) -> None:
    """Set structlog up for this process.

    Args:
        process: names it in every line.
        quiet: only warnings; for a command that speaks to a person itself.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.WARNING if quiet else logging.INFO
        ),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
