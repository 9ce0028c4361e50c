"""Characters of no width: inside a key and an address they mean nothing, elsewhere they are spaces."""

import pytest

from linksync.references.zero_width import removed


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("nothing of the kind", "nothing of the kind"),
        ("see|that", "see that"),
        ("PROJ-|123", "PROJ-123"),
        ("PROJ|-123", "PROJ-123"),
        ("PR|OJ-1|2|3", "PROJ-123"),
        ("P|R|O|J-1", "PROJ-1"),
        ("pr|oj-1", "proj-1"),
        ("Pr|oj-1", "Proj-1"),
        ("see|PROJ-1", "see PROJ-1"),
        ("see|PR|OJ-1", "see PROJ-1"),
        ("see|the|PR|OJ-1", "see the PROJ-1"),
        ("as|Seen|pR|oJ-1", "as Seen pR oJ-1"),
        ("https://|acme.|atlassian.net/|browse/|PROJ-1", "https://acme.atlassian.net/browse/PROJ-1"),
        ("PROJ-1|PROJ-2", "PROJ-1 PROJ-2"),
        ("||", " "),
    ],
)
@pytest.mark.parametrize("zero", ["\u200b", "\u200b\u200d"])
def test_what_is_left(text: str, left: str, zero: str) -> None:
    assert removed(text.replace("|", zero)) == left
