"""What the client library raises: its own errors, the socket's, and time-outs."""

import nats.errors

NATS_ERRORS = (nats.errors.Error, OSError, TimeoutError)
