"""Subjects and patterns: dotted words, `*` for one word, `>` for one word or more at the end.

mcu.hall.status     matches     mcu.*.status, mcu.>, mcu.hall.status
"""

import re

# What NATS takes in a subject and in a key of its key-value store alike.
_WORD = re.compile(r"[-/_=a-zA-Z0-9]+")


def check_subject(subject: str) -> str:
    """Return `subject`.

    Raises:
        ValueError: it is not made of dotted words.
    """
    if not all(_WORD.fullmatch(word) for word in subject.split(".")):
        raise ValueError(f"not a subject of dotted words: {subject!r}")
    return subject


def check_word(word: str) -> str:
    """Return `word`, which can stand for one `*`.

    Raises:
        ValueError: it is not one word of a subject.
    """
    if not _WORD.fullmatch(word):
        raise ValueError(f"not one word of a subject: {word!r}")
    return word


def check_pattern(pattern: str) -> str:
    """Return `pattern`.

    Raises:
        ValueError: it is not made of dotted words, `*`, and `>` as the last word.
    """
    *front, last = pattern.split(".")
    if last != ">":
        front.append(last)
    if not all(word == "*" or _WORD.fullmatch(word) for word in front):
        raise ValueError(f"not a pattern of dotted words: {pattern!r}")
    return pattern


def matches(pattern: str, subject: str) -> bool:
    """Return True when `subject` (checked) falls under `pattern` (checked)."""
    wanted, words = pattern.split("."), subject.split(".")
    if wanted[-1] == ">":
        wanted.pop()
        if len(words) <= len(wanted):
            return False
        words = words[: len(wanted)]
    return len(wanted) == len(words) and all(
        want in ("*", word) for want, word in zip(wanted, words, strict=True)
    )
