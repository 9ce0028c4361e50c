"""The cursors of a list that is read a page at a time: whether they lead to its end, or in a circle."""

from linksync.errors import UpstreamUnavailable


class Places:
    """Where the reading of one list has been.  Only one place is kept, however long the list is.

    That is Brent's way to find a circle: the place that is kept is renewed after 1, 2, 4, 8 … steps.
    https://maths-people.anu.edu.au/~brent/pub/pub051.html
    """

    def __init__(self, what: str) -> None:
        """`what` names the list, for the error's message."""
        self._what = what
        self._kept, self._steps, self._renewed_after = "", 0, 1

    def went_to(self, cursor: str) -> None:
        """The reading goes on at this cursor.  Raises UpstreamUnavailable when it was there before, and for none."""
        if cursor in ("", self._kept):
            raise UpstreamUnavailable(f"{self._what} does not lead on; it will be tried again", maybe_applied=False)
        self._steps += 1
        if self._steps == self._renewed_after:
            self._kept, self._steps, self._renewed_after = cursor, 0, 2 * self._renewed_after
