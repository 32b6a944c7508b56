"""The bounds that both buses keep."""

# The port's promise for a value, and the largest message.
VALUE_LIMIT_BYTES = 1 << 20


def check_value(value: bytes) -> None:
    """Let a value through.

    Raises:
        ValueError: it is larger than 1 MiB.
    """
    if len(value) > VALUE_LIMIT_BYTES:
        raise ValueError(f"{len(value)} bytes, at most {VALUE_LIMIT_BYTES} are carried")
