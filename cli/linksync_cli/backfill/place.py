"""How far a backfill has come, in a file beside the settings: after a kill the next run goes on there."""

import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4


@dataclass(slots=True, kw_only=True)
class Place:
    """The place of one backfill.

    `run` names it: what is queued twice is known by it.  `of` tells its rows from others.  `at` is the place in them,
    the others are counts so far.  `saved_at` is when the last run was at work, in seconds since the epoch; 0 where
    nothing was saved yet.
    """

    run: str = field(default_factory=lambda: uuid4().hex)
    of: str = ""
    at: str = ""
    read: int = 0
    queued: int = 0
    to_link: int = 0
    already_linked: int = 0
    not_found: list[dict[str, str]] = field(default_factory=list)
    saved_at: float = 0.0


class PlaceFile:
    """The file.  One that another version wrote counts as none, and so does one about other rows than `of` tells."""

    def __init__(self, path: Path, *, of: str = "") -> None:
        self.path, self._of = path, of

    def read(self) -> Place:
        """The place where the last run stopped; a new one where none did, or in other rows.

        When that was is told in any case: what it queued may still be worked on.
        """
        try:
            found: dict[str, Any] = json.loads(self.path.read_text("utf-8"))
            place, saved_at = Place(**found), self.path.stat().st_mtime
        except (OSError, ValueError, TypeError):
            return Place(of=self._of)
        return replace(place if place.of == self._of else Place(of=self._of), saved_at=saved_at)

    def write(self, place: Place, *, at: float) -> None:
        """Put it in the place of what is there, whole or not at all."""
        written = self.path.with_name(self.path.name + ".new")
        written.write_text(json.dumps(asdict(place)), "utf-8")
        os.utime(written, (at, at))
        written.replace(self.path)

    def touch(self, place: Place, *, at: float) -> None:
        """Note that the run was at work at this time, and came no further."""
        if self.path.exists():
            os.utime(self.path, (at, at))
        else:
            self.write(place, at=at)

    def remove(self) -> None:
        """Remove the file: the backfill is done."""
        self.path.unlink(missing_ok=True)
