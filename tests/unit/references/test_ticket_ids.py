"""What counts as a ticket id in an issue field, field shape by field shape."""

import math
from collections.abc import Callable
from urllib.parse import quote

import pytest

from linksync.references.text import LONGEST_TEXT
from linksync.references.ticket_ids import ticket_ids

HOST = "acme.zendesk.com"


def option(value: object, **others: object) -> dict[str, object]:
    return {
        "self": "https://acme.atlassian.net/rest/api/2/customFieldOption/10035",
        "value": value,
        "id": "10035",
        **others,
    }


@pytest.mark.parametrize("value", [None, "", "  \n", [], [None, ""], option(None), option("")])
def test_empty(value: object) -> None:
    assert ticket_ids(value) == ()


@pytest.mark.parametrize(
    "value",
    [
        *(True, False, {}, {"id": "5001"}, {"name": "5001", "id": "5002"}, [True], ["5001", {"id": "1"}], option(True)),
        *(option({"id": "5001"}), option("5001", child={"id": "5002"}), {"child": option("5001")}, object(), b"5001"),
    ],
)
def test_unknown_is_not_empty(value: object) -> None:
    assert ticket_ids(value) is None


@pytest.mark.parametrize(
    "written",
    [
        *(
            "5001",
            " 5001\n",
            "#5001",
            "ZD-5001",
            "zd5001",
            "ZD#5001",
            "zd_5001",
            "ZD:5001",
            "ticket-5001",
            "Ticket#5001",
        ),
        *("zendesk-5001", "(5001)", "[5001]", '"5001"', "“5001”", "5001.", "5001?", "*5001*", "{{5001}}", "5001's"),
        *(
            "see ticket 5001, please",
            "Tickets: 5001",
            "\x005001\x00",
            "５００１",
            "＃５００１",
            "ZD\u20115001",
            "ZD\u20135001",
        ),
        *("5001.0", " 5001.0 ", "5.001E3", "5001²", "\\#5001", "{color:#172b4d}5001{color}"),
    ],
)
def test_text(written: str) -> None:
    assert ticket_ids(written) == ("5001",)


@pytest.mark.parametrize(
    "written",
    [
        *("none", "0", "05001", "9" * 19, "-5001", "+5001", "v5001", "5001abc", "5001-2", "50%", "$5001", "€5001"),
        *(
            "2024-01-05",
            "2024–01–05",
            "1.2.3",
            "5001.5",
            "about 5001.0",
            ".5",
            "5.5",
            "12:30",
            "PROJ-123",
            "subticket-1",
        ),
        *("24/7", "12/31/2026", "1/2024", "and/or", "5,001", "1,005,200", "٥٠٠١", "½", "##5001", "ZD-05001", "1.0E99"),
        *("[~accountid:557058:1234]", "!image-2024.png|width=300!", "support+5001@acme.zendesk.com"),
    ],
)
def test_text_that_names_no_ticket(written: str) -> None:
    assert ticket_ids(written) == ()


@pytest.mark.parametrize(
    "separator", [*" ,;|\n\t\x00\u00a0\u3000\u200b/，、；", ", ", " and ", ")(", "}{", '" "', " / "]
)
def test_anything_separates(separator: str) -> None:
    assert ticket_ids(f"5001{separator}5002") == ("5001", "5002")
    assert ticket_ids(f"ZD-7{separator}#8") == ("7", "8")


def test_each_id_once_in_order_of_first_appearance() -> None:
    assert ticket_ids(["9", "5001 #9", 5001.0, "ZD-3"]) == ("9", "5001", "3")


@pytest.mark.parametrize(
    ("number", "ids"),
    [
        *((5001, ("5001",)), (5001.0, ("5001",)), (12345678.0, ("12345678",)), (10**18 - 1, ("9" * 18,))),
        *((2.0**53 - 1, (str(2**53 - 1),)), (2.0**53, ())),  # above, 2.0**53 + 1 is the same float
        *((5001.5, ()), (0, ()), (0.0, ()), (-5001, ()), (-5001.0, ()), (10**18, ()), (1e17, ())),
        *((math.nan, ()), (math.inf, ()), (-math.inf, ()), ("1.2345678E7", ("12345678",))),
    ],
)
def test_number(number: object, ids: tuple[str, ...]) -> None:
    assert ticket_ids(number) == ids


def test_a_number_too_long_to_print() -> None:
    assert ticket_ids(10**5000) == ()


@pytest.mark.parametrize(
    "path",
    [
        *("/agent/tickets/5001", "/tickets/5001", "/hc/requests/5001", "/hc/en-us/requests/5001", "/requests/5001"),
        *("/agent/tickets/5001/events?brand_id=360001#c-77", "/agent/tickets/5001.", "/agent%2Ftickets%2F5001"),
        "/access/login?return_to=https%3A%2F%2Facme.zendesk.com%2Fagent%2Ftickets%2F5001",
    ],
)
def test_urls(path: str) -> None:
    for url in (f"https://{HOST}{path}", f"{HOST}{path}", f"[ticket|http://{HOST}{path}]", f"<https://{HOST}{path}>,"):
        assert ticket_ids(url) == ticket_ids(url, account_host=HOST) == ("5001",)


@pytest.mark.parametrize(
    "path", ["", "/5001", "/agent/users/5001", "/agent/tickets/05001", "/agent/tickets/5001abc", "/?id=5001"]
)
def test_digits_elsewhere_in_urls_never_count(path: str) -> None:
    assert ticket_ids(f"https://{HOST}{path}") == ()
    assert ticket_ids(f"https://example.com:5001{path}") == ()


@pytest.mark.parametrize(
    ("host", "ids"),
    [(HOST, ("5001",)), ("ACME.zendesk.com", ("5001",)), ("help.acme.com", ("5001",)), ("other.zendesk.com", ())],
)
def test_urls_of_other_accounts_name_nothing(host: str, ids: tuple[str, ...]) -> None:
    assert ticket_ids(f"https://{host}/agent/tickets/5001", account_host=HOST) == ids
    assert ticket_ids(f"https://{host}/agent/tickets/5001") == ("5001",)


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (["backend", "zd-5001", "5002"], ("5001", "5002")),
        ([5001, 5002.0], ("5001", "5002")),
        (option("5001"), ("5001",)),
        (option("Other"), ()),
        ([option("5001"), option("5002")], ("5001", "5002")),
        (option("5001", child=option("ZD-5002")), ("5001", "5002")),
        (option("5001", child=None), ("5001",)),
    ],
)
def test_labels_selects_and_cascades_by_value_never_by_id(value: object, ids: tuple[str, ...]) -> None:
    assert ticket_ids(value) == ids


def test_hostile_nesting_is_unknown() -> None:
    lists: object = []
    options: object = "5001"
    for _ in range(100_000):
        lists, options = [lists], option(options)
    assert [ticket_ids(lists), ticket_ids(options)] == [None, None]


def nested(depth: int) -> object:
    """A list in a list in a list, with a ticket at the bottom."""
    value: object = "5001"
    for _ in range(depth):
        value = [value]
    return value


def cascading(depth: int) -> object:
    """An option below an option, as cascading selects have them."""
    value: dict[str, object] = {"value": "5001"}
    for _ in range(depth - 1):
        value = {"value": "5001", "child": value}
    return value


@pytest.mark.parametrize("shape", [nested, cascading])
def test_what_is_nested_too_deeply_cannot_be_read(shape: Callable[[int], object]) -> None:
    read = [ticket_ids(shape(depth)) for depth in range(1, 9)]
    assert read == [("5001",)] * 7 + [None]


@pytest.mark.parametrize(
    ("texts", "ids"),
    [
        (["#5001" + "." * (LONGEST_TEXT - 6)], ("5001",)),
        (["#5001" + "." * (LONGEST_TEXT - 5)], None),
        (["#5001", "." * (LONGEST_TEXT - 7)], ("5001",)),
        (["#5001", "." * (LONGEST_TEXT - 6)], None),
        ([""] * LONGEST_TEXT, ()),
        ([""] * (LONGEST_TEXT + 1), None),
    ],
)
def test_all_texts_together_are_no_longer_than_a_field(texts: list[str], ids: tuple[str, ...] | None) -> None:
    assert ticket_ids(texts) == ids


@pytest.mark.parametrize(
    ("number", "ids"),
    [(-1, ()), (0, ()), (1, ("1",)), (10**18 - 1, ("9" * 18,)), (10**18, ()), (1.0, ("1",)), (1.5, ())],
)
def test_a_number_is_an_id_of_eighteen_digits_at_most(number: float, ids: tuple[str, ...]) -> None:
    assert ticket_ids(number) == ids


@pytest.mark.parametrize(("times", "ids"), [(0, ("5001",)), (1, ("5001",)), (2, ("5001",)), (3, ()), (4, ())])
def test_an_address_is_looked_for_in_two_wrappings_at_most(times: int, ids: tuple[str, ...]) -> None:
    url = f"https://{HOST}/agent/tickets/5001"
    for number in range(times):
        url = f"https://scanner{number}.example/?u={quote(url, safe='')}"
    assert ticket_ids(f"see {url} about this", account_host=HOST) == ids
