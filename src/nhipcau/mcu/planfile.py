"""The plan on the MCU's own disk: with it a restarted MCU needs neither office nor bus."""

from pathlib import Path

from pydantic import ValidationError

from nhipcau.ports.messages import ConferencePlan


class PlanFile:
    """Keeps the last plan."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> ConferencePlan | None:
        """Return the kept plan, None when there is none or an older version wrote another form."""
        try:
            return ConferencePlan.model_validate_json(self._path.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def save(self, plan: ConferencePlan) -> None:
        """Keep `plan`; a crash leaves the old one or the new one, never half of it.

        Raises:
            OSError: the disk refuses.
        """
        fresh = self._path.with_suffix(".new")
        # It holds the meeting's ticket key.
        fresh.touch(mode=0o600)
        fresh.write_bytes(plan.model_dump_json().encode())
        fresh.replace(self._path)
