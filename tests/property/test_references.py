"""What holds for every text and every field value, whoever wrote it."""

import re
from urllib.parse import unquote

from hypothesis import assume, given
from hypothesis import strategies as st

from linksync.references.issue_keys import issue_keys
from linksync.references.text import plain
from linksync.references.ticket_ids import ticket_ids

KEY = re.compile(r"[A-Z][A-Z0-9_]{1,254}-[1-9][0-9]{0,17}")
ID = re.compile(r"[1-9][0-9]{0,17}")

# Without double underscores, which separate the levels of a lower-case tag.
projects = st.from_regex(r"[A-Z](_?[A-Z0-9]){1,8}", fullmatch=True)
numbers = st.integers(1, 10**18 - 1)
keys = st.builds("{}-{}".format, projects, numbers)
ids = numbers.map(str)

alphabet = "aZ019-_.,:/@#% \n\x00é課\u00ad\u2013\u0301１"
pieces = st.sampled_from(
    ["https://", "acme.atlassian.net/", "other.zendesk.com", "/agent/tickets/", "__", "%2C", "PROJ-1"]
)
texts = st.text() | st.lists(st.text(alphabet, max_size=8) | pieces).map("".join)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "content", "text", "value", "child", "id", "attrs", "url"]), inner)
        | st.fixed_dictionaries({"type": st.just("doc"), "content": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries(
            {"type": st.sampled_from(["text", "paragraph", "inlineCard"]), "text": inner, "attrs": inner}
        )
    ),
    max_leaves=20,
)

cases = st.sampled_from([str.upper, str.lower, str.title])
around_keys = st.sampled_from(
    ["{}", "({})", "see {}.", '"{}"', "feature/{}", "#{}", "{}'s", "https://acme.atlassian.net/browse/{}"]
)
between = st.sampled_from([" ", ", ", ",", ";", "\n", " and ", " | ", "\x00", "\t", " — "])
around_ids = st.sampled_from(
    ["{}", "#{}", "ZD-{}", "zd{}", "({})", "ticket-{}", "https://acme.zendesk.com/agent/tickets/{}"]
)


# Beside numbers: none of these is a mark, a unit or a conjunction.
words = st.sampled_from(["since", "Jane's", "see", "broken", "Basket", "(urgent)", "über", "PROJ-7", "v2.1", "課題"])
marked = st.sampled_from(
    [
        *("#{}", "ZD-{}", "zd{}", "zendesk-{}", "ticket {}", "Ticket #{}", "ticket no. {}", "Ticket: {}", "acme-{}"),
        *(
            "(#{})",
            "*#{}*",
            "#{},",
            "https://acme.zendesk.com/agent/tickets/{}",
            "<https://acme.zendesk.com/tickets/{}|>",
        ),
    ]
)
bare = st.sampled_from(["{}", "({})", "{},", "{} customers", "{}.", "{}:", "{} March", "{}%", "+{}", "{}/2", "no. {}"])


def distinct(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


@given(st.lists(st.tuples(keys, cases, around_keys, between)))
def test_keys_written_in_any_way_are_read_back(written: list[tuple[str, type[str], str, str]]) -> None:
    text = "".join(around.format(case(key)) + after for key, case, around, after in written)
    assert issue_keys(text, site="acme.atlassian.net") == distinct([key for key, *_ in written])


@given(st.lists(keys))
def test_tags_are_read_back(named: list[str]) -> None:
    nested = " ".join(f"jira__{key.lower()}" for key in named)
    underscored = nested.replace("-", "_")
    known = frozenset(key.partition("-")[0] for key in named)
    assert issue_keys(nested) == distinct(named)
    assert issue_keys(underscored, projects=known) == (distinct(named) if known else ())


@given(texts)
def test_any_text_gives_keys_and_their_list_gives_them_again(text: str) -> None:
    found = issue_keys(text)
    assert all(map(KEY.fullmatch, found))
    assert len(set(found)) == len(found)
    assert issue_keys(", ".join(found)) == found


@given(st.lists(keys, min_size=1), st.data())
def test_the_allow_list_takes_no_key_away(named: list[str], data: st.DataObject) -> None:
    allowed = frozenset(data.draw(st.sets(st.sampled_from([key.partition("-")[0] for key in named]), min_size=1)))
    text = " ".join(named)
    assert issue_keys(text, projects=allowed) == issue_keys(text)


@given(texts, st.frozensets(st.sampled_from(["AZ", "PROJ", "A_1"]), min_size=1))
def test_what_known_projects_add_are_keys_of_these(text: str, allowed: frozenset[str]) -> None:
    added = set(issue_keys(text, projects=allowed)) - set(issue_keys(text))
    assert {key.partition("-")[0] for key in added} <= allowed


@given(st.lists(st.tuples(ids, around_ids, between)))
def test_ids_written_in_any_way_are_read_back(written: list[tuple[str, str, str]]) -> None:
    # A space behind the comma, for 1,000 is one number.
    text = "".join(around.format(number) + after.replace(",", ", ") for number, around, after in written)
    assume(not re.search(r"(?m)^[ \t]*\([0-9]{1,2}\)[ \t]+[^\s(]", text))  # (1) 5001 is a list
    assert ticket_ids(text, account_host="acme.zendesk.com") == distinct([number for number, *_ in written])


@given(st.lists(ids))
def test_every_field_shape_says_the_same(named: list[str]) -> None:
    expected = distinct(named)
    options: list[object] = [{"self": "x/10035", "value": number, "id": "10035"} for number in named]
    blocks = [
        {"type": "paragraph", "content": [{"type": "text", "text": character} for character in number]}
        for number in named
    ]
    assert ticket_ids(named) == ticket_ids([int(number) for number in named]) == expected
    assert ticket_ids(options) == ticket_ids({"type": "doc", "version": 1, "content": blocks}) == expected
    assert ticket_ids(", ".join(named)) == ticket_ids("\n".join(named)) == expected


@given(st.integers(1, 2**53 - 1))
def test_whole_floats_are_read_as_they_are_printed(number: int) -> None:
    assert ticket_ids(float(number)) == ticket_ids(f"{number}.0") == (str(number),)


@given(json_values)
def test_any_value_gives_ids_or_unknown(value: object) -> None:
    found = ticket_ids(value, account_host="acme.zendesk.com")
    assert found is None or (all(map(ID.fullmatch, found)) and len(set(found)) == len(found))
    assert found is None or ticket_ids(", ".join(found)) == found


@given(
    st.recursive(st.sampled_from(["backend", "", None]), lambda inner: st.lists(inner, max_size=3), max_leaves=8), ids
)
def test_option_ids_never_leak(shown: object, number: str) -> None:
    option = {"self": f"https://acme.atlassian.net/rest/api/2/customFieldOption/{number}", "value": shown, "id": number}
    assert ticket_ids(option) == ticket_ids([option]) == ticket_ids({**option, "child": option}) == ()


@given(st.lists(st.tuples(st.just(True), marked, ids) | st.tuples(st.just(False), bare, ids)), words, st.data())
def test_among_other_words_marked_numbers_are_always_found_and_bare_ones_never(
    written: list[tuple[bool, str, str]], word: str, data: st.DataObject
) -> None:
    text = word + "".join(f" {form.format(number)} {data.draw(words)}" for _, form, number in written)
    found = ticket_ids(text, account_host="acme.zendesk.com")
    assert found == distinct([number for is_marked, _, number in written if is_marked])


@given(texts | st.text("0123456789 ,.'\u202f\u200b-/#", max_size=30))
def test_no_number_is_put_together_or_cut_out_of_another(text: str) -> None:
    assume(not re.fullmatch(r"[0-9.E]+", plain(text).strip()))  # 1.2345678E7 is how Jira writes a number
    shown, unescaped = plain(text), text
    for _ in range(3):
        shown += " " + plain(unescaped := unquote(unescaped))
    assert set(ticket_ids(text) or ()) <= set(re.findall(r"[0-9]+", shown))


@given(st.text() | st.text("AZaz019-_.# \u00ad\u200b\u2013\ufeff\u2060１Ａ…\u30fc\u00b2"))
def test_a_text_made_plain_is_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert len(plain(text)) <= 3 * len(text)


@given(st.text(), st.sampled_from("\u200b\u200d\u2060\ufeff\u200e"), st.data())
def test_characters_of_no_width_hide_no_key(around: str, zero: str, data: st.DataObject) -> None:
    key = data.draw(keys.filter(lambda key: len(key) < 12))
    hidden = "".join(character + zero * data.draw(st.integers(0, 2)) for character in key)
    assert issue_keys(f"{around} {zero}{hidden}") == issue_keys(f"{around} {key}")
