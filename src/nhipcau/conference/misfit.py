"""An event that can't be folded."""


class EventError(Exception):
    """The event does not fit the state: it names a site or a cue that is not there, a third
    speaker, or ends what has not begun.
    """
