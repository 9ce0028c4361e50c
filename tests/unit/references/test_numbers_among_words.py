"""Which numbers in an issue's text are tickets': marked ones anywhere, bare ones only where no other word stands."""

import pytest

from linksync.references.ticket_ids import ticket_ids

HOST = "acme.zendesk.com"
TICKET = f"https://{HOST}/agent/tickets/5001"


def ids(text: object) -> tuple[str, ...] | None:
    return ticket_ids(text, account_host=HOST)


@pytest.mark.parametrize(
    "text",
    [
        *("5001 (2 customers)", "5001 since 12 March 2026", "Customers: 12, 17", "2 customers, 3 agents", "5001 ok"),
        *(
            "5001 and counting",
            "row 3 / 4",
            "released 2026",
            "ETA 14 days",
            "5001 2026-03-12",
            "5001, 50%",
            "5001 $ 20",
        ),
        *("+49 30 1234567", "030 1234567", "(555) 123-4567", "call 5551234567", "12 March 2026", "2026-03-12 10:30"),
        *(
            "1.2.3 5001",
            "v2 5001",
            "PROJ-12 13",
            "jane@acme.com 5001",
            "5001\tJane\t2026",
            "\u2460 see 17",
            "5\ufe0f\u20e3",
        ),
        *("https://example.com/x 5001", "https://other.zendesk.com/agent/tickets/7, 5001", "12:30 5001", "C#5 5001"),
        *("On 12 March, Jane wrote:\n> 5001", "||Ticket||Customer||\n|5001|Acme|", "票号 5001", "5,001 6002"),
    ],
)
def test_bare_numbers_beside_other_words_name_nothing(text: str) -> None:
    assert ids(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        *("5001 5002", "5001, 5002", "5001 and 5002", "5001 & 5002", "5001 und 5002", "5001\n5002\n", "5001\t5002\r\n"),
        *(
            "Tickets: 5001, 5002",
            "Zendesk tickets 5001 + #5002",
            "ZD-5001 / 5002",
            "ticket ids: 5001 5002",
            "5001/5002",
        ),
        *("1. 5001\n2. 5002", "1) 5001\n2) 5002", "(1) 5001\n(2) 5002", "a) 5001\nb) 5002", "> 1. 5001\n> 2. 5002"),
        *("- 5001\n- 5002", "* 5001\n* 5002", "\u2022 5001\n\u2022 5002", "# 5001\n# 5002", "✅ 5001\n\U0001f4cc 5002"),
        *("h2. Tickets\n5001\n5002", "||Tickets||\n|5001|\n|5002|", "{color:#172b4d}5001{color} {{5002}}"),
        *(
            "{panel:bgColor=#deebff}\n5001\n5002\n{panel}",
            "+5001+ _5002_",
            "5001 -4999- 5002",
            "\u200e5001\u200e\u200b5002",
        ),
        *(f"{TICKET} 5002", f"[5001|{TICKET}], 5002", "5001\u20095002", "'5001\n'5002", "5001's, 5002"),
        *("{Color:red}5001{COLOR} 5002", "H2. 5001\n5002", "A) 5001\nB) 5002", "5001'S 5002", "5001 -_- 5002"),
    ],
)
def test_numbers_marks_and_separators_alone(text: str) -> None:
    assert ids(text) == ("5001", "5002")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "see #5001, 2 customers",
            "5 customers: ZD-5001",
            "zd5001 since 12 March",
            "2 of 3: zendesk#5001",
            "12 x ZD_5001",
        ),
        *(
            "see ticket 5001 (2 customers)",
            "3 open, Ticket: 5001",
            "Ticket #5001 of 2026",
            "ticket no. 5001 (2 open)",
            "2x ZD 5001",
        ),
        *(
            "Ticket Nr. 5001, 2 Kunden",
            "ticket_id=5001 row 2",
            "Zendesk ticket 5001 blocks 3",
            "Zendesk: 5001, 2 days ago",
        ),
        *("seit 3 Tagen: ticket 5001 ist offen", "2 customers \N{NUMERO SIGN}5001", "the 3 tickets 5001, not 12"),
        *("ticket 5001, 12/03/2026", "tickets 5001 customers reopened 2", "ticket 5001: 2 days", "ticket 5001. 2 more"),
        *("acme-5001, other-5002, 3", "see acme-5001 of 2026", "2 customers (ZD-5001)", "[#5001] 2 customers"),
        *(
            f"2 customers, {TICKET}",
            f"<{TICKET}|Ticket 5001: 2 customers>",
            f"12 x {HOST}/hc/en-us/requests/5001",
            f"2 open: {TICKET}?x=3",
        ),
        f"see https://urldefense.com/v3/__{TICKET}__;!!AbC!x-12$ by 2026",
        f"see https://{HOST}/api/v2/tickets/5001.json, 2 customers",
        *("{color:red}ticket 5001{color}, 2 customers", "2 customers: {quote}ZD: 5001{quote}"),
        "see https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Facme.zendesk.com%2Fagent%2Ftickets%2F5001&x=9",
        "see https://help.acme.com/hc/de/requests/5001 of 12 March",
    ],
)
def test_marked_numbers_count_anywhere(text: str) -> None:
    assert ids(text) == ("5001",)


@pytest.mark.parametrize(
    "text",
    [
        *("reopened the ticket 2 days ago", "ticket 3 times", "one ticket 12 customers", "this ticket 12 March 2026"),
        *(
            "ticket 12/03/2026",
            "ticket 2026-03-12",
            "ticket 5.1",
            "ticket 1-3",
            "tickets 5001\u20135010",
            "ticket 5,001",
        ),
        *("ticket 50%", "ticket 10:30", "ticket 5001abc", "sub-ticket 12", "in Zendesk 3 customers", "ticket v2"),
        *(
            "order #5001",
            "PR #12",
            "pull request #12",
            "Invoice no. #77",
            "see build#9",
            "our #1 reason",
            "is #2 in sales",
        ),
        *("##5001 x", "C#5 x", "&#8217;x", "color:#333333 x", "ticket-5001@acme.com", "-ZD-5001- x", "-#5001- gone"),
        *("ACME-5001 x", "acme-5001b x", "acme--5001 x", "notacme-5001 x", "other-5001 x", "ZD-05001 x", "#0 x"),
        *(
            "https://tracker.example.com/tickets/5001",
            "https://tracker.example.com/requests/5001",
            f"{TICKET}_x",
            f"{TICKET}__x",
        ),
    ],
)
def test_what_is_no_mark(text: str) -> None:
    assert ids(text) == ()


@pytest.mark.parametrize("text", ["501,502", "501, 502", "501 502", "501,502,503", "5001,5002"])
def test_short_numbers_in_a_list_are_several(text: str) -> None:
    assert ticket_ids(text) == tuple(text.replace(",", " ").split())


@pytest.mark.parametrize(
    "number", ["5 001", "5'001", "5’001", "5\u202f001", "5\u2009001", "5\u00a0001", "5,001", "12'345"]
)
def test_thousands_are_one_number_and_not_ours_to_guess(number: str) -> None:
    assert ids(number) == ids(f"{number}, 6002") == ids(f"ticket {number}") == ()


@pytest.mark.parametrize("text", ["17.", "17) ", "(17) ", "17.\n", " 17 "])
def test_a_number_alone_is_no_item_of_a_list(text: str) -> None:
    assert ids(text) == ("17",)


def test_what_is_not_known_of_an_account_is_no_mark() -> None:
    assert ticket_ids("acme-5001") == ()


def test_labels_and_options_are_read_one_by_one() -> None:
    assert ids(["backend", "5001", "zd-5002", "since 2026"]) == ("5001", "5002")


@pytest.mark.parametrize(
    "word",
    [
        *("ticket", "tickets", "zendesk", "zd", "id", "ids", "no", "nos", "nr", "number", "numbers"),
        *("and", "or", "und", "oder", "et", "ou", "y", "o", "e", "en", "og", "och"),
    ],
)
def test_a_word_that_only_joins_or_marks_numbers_is_no_other_word(word: str) -> None:
    assert ids(f"5001 {word} 5002") == ("5001", "5002")
    assert ids(f"{word.upper()} 5001, 5002") == ("5001", "5002")
    assert ids(f"{word}; 5001, 5002 {word}") == ("5001", "5002")
