"""The numbers that decide how linksync behaves, each written out: whoever changes one decides something.

The tests of each rule go by the constant's name; this table alone says what it is.
"""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType

import linksync

NUMBERS: dict[str, dict[str, float]] = {
    "core.backoff": {"BASE": 2, "CAP": 300, "FLOOR": 1, "LONGEST": 43_000, "LONG_OUTAGE": 800, "LATE_CAP": 1_800},
    "core.breaker": {
        "OPENS_AFTER": 3,
        "FIRST_PAUSE": 5,
        "LONGEST_PAUSE": 30,
        "PROBE_SECONDS": 3,
        "FEW_DEMANDS": 4,
        "LONG_DEMAND": 5,
        "LONGEST_DEMAND": 3_600,
    },
    "core.checkpoints": {"EXPORT_OVERLAP": 120, "SEARCH_OVERLAP": 120},
    "core.issue_rules": {"MOST_EVER_NAMED": 1_000},
    "core.look_ups": {"FIRST": 600, "RAREST": 604_800, "LATE_LINKS": 60},
    "core.message_format": {"FORMAT_VERSION": 1},
    "core.named_tickets": {"MOST_UNASKED": 20},
    "core.ordering": {
        "RETRY_HORIZON": 600,
        "LOOK_BACK": 3_600,
        "CLOCK_SKEW": 30,
        "REPLICA_LAG": 10,
        "ATTEMPT_RESOLUTION": 1,
    },
    "core.wrong_references": {"MOST_GIVEN": 200, "_MOST_NAMED": 20},
    "inbound.jira_automation": {"_LONGEST_LIFECYCLE": 1_024},
    "inbound.parsed_body": {"_FURTHEST_AHEAD": 86_400},
    "inbound.receiver": {"LARGEST_BODY": 4_194_304, "_EXCERPT": 49_152},
    "inbound.request": {"LONGEST_HEADER": 4_096},
    "inbound.signatures": {"FRESH_FOR": 300},
    "inbound.webhook_secret": {"SHORTEST": 16},
    "outbound.auth": {"_EARLY": 60, "_DEFAULT_LIFE": 600},
    "outbound.connections": {"_LONGEST_LINE": 65_536},
    "outbound.deadline": {
        "SECONDS_A_CALL": 6,
        "SECONDS_A_COMMAND": 12,
        "SECONDS_TO_BE_READY": 6,
        "SECONDS_A_LOOK_UP": 18,
    },
    "outbound.exchange": {"_CHUNK": 65_536},
    "outbound.existence": {"_AT_ONCE": 100, "_MOST_BODY_BYTES": 16_777_216},
    "outbound.http_api": {"MOST_BODY_BYTES": 2_097_152},
    "outbound.jira_issues": {"_BATCH": 100, "_ASKING_SECONDS": 6},
    "outbound.jira_search": {"PAGE": 500, "MOST_BODY_BYTES": 16_777_216},
    "outbound.links_v1": {"_SECONDS_NEW": 8},
    "outbound.pace": {"DEFAULT_TOTAL": 200},
    "outbound.zendesk_exports": {
        "LARGEST_PAGE": 1_000,
        "SMALLEST_PAGE": 50,
        "SEARCH_PAGE": 100,
        "MOST_BODY_BYTES": 16_777_216,
    },
    "outbound.zendesk_tickets": {"_ASKED_AGAIN": 3},
    "reconciler.failures": {"MOST_TRIES": 5, "LONGEST_PAUSE": 60},
    "reconciler.limits": {"SHARE": 0.2, "MARGIN": 90, "MOST_WAITING": 1_000, "LEASE": 300, "LONGEST_WAIT": 90},
    "reconciler.look_stream": {"AT_ONCE": 100, "MOST_NAMES": 1_000},
    "reconciler.loop_guard": {"FIRST_PAUSE": 3_600, "LONGEST_PAUSE": 604_800},
    "reconciler.ticket_stream": {"EXPORT_LAG": 60},
    "references.adf": {"MAX_DEPTH": 100},
    "references.fields": {"MOST_REFERENCES": 500},
    "references.issue_keys": {"_NESTED_URLS": 3},
    "references.text": {"LONGEST_TEXT": 262_144},
    "references.ticket_ids": {"_MAX_DEPTH": 8, "_NESTED_URLS": 3, "_EXACT_FLOATS": 9_007_199_254_740_992},
    "store.aws_calls": {"_LARGEST_ANSWER": 1_048_576, "_PAUSE": 0.2},
    "store.aws_clock": {"_BORNE": 240},
    "store.batches": {"READS_A_CALL": 100, "WRITES_A_CALL": 25, "_ATTEMPTS": 5, "_PAUSE": 0.05},
    "store.crash_count": {"_KEPT": 1_296_000},
    "store.dead_letters": {"LOOKED_AT": 60},
    "store.dynamodb_calls": {"_LARGEST_ANSWER": 8_388_608},
    "store.event_queue": {"_BATCH": 10, "_ATTEMPTS": 3},
    "store.ledger_items": {"EMPTY_KEPT": 2_592_000},
    "store.repairs": {"_KEPT": 5_184_000},
    "store.secrets": {
        "REFRESHED_AFTER": 60,
        "EMPTY_REFRESHED_AFTER": 5,
        "RETRIED_AFTER": 5,
        "ASKED_AGAIN_AFTER": 1,
        "GOOD_FOR": 300,
    },
    "worker.disposition": {"GRACE": 30},
    "worker.idempotency": {"REMEMBERED": 86_400},
    "worker.latencies": {"PAUSE": 60, "_MOST": 100},
    "worker.link_worker": {"_TIME_TO_RECORD": 3},
    "worker.reference_notice": {"SECONDS_A_NOTICE": 9},
    "worker.run_guard": {"FREE_TRIES": 4, "MOST_CRASHES": 4},
}


def test_each_number_is_what_was_decided() -> None:
    assert {name: found for name, found in _all() if found} == NUMBERS


def _all() -> Iterator[tuple[str, dict[str, float]]]:
    packages = (package for package in pkgutil.iter_modules(linksync.__path__) if package.ispkg)
    for package in packages:
        folder = importlib.import_module(f"linksync.{package.name}")
        for found in pkgutil.iter_modules(folder.__path__):
            module = importlib.import_module(f"linksync.{package.name}.{found.name}")
            yield f"{package.name}.{found.name}", dict(_numbers(module))


def _numbers(module: ModuleType) -> Iterator[tuple[str, float]]:
    """The numbers with names in capitals, private ones too, that are assigned in the module itself."""
    for statement in ast.parse(inspect.getsource(module)).body:
        assigned = statement.targets if isinstance(statement, ast.Assign) else ()
        targets = [name for target in assigned for name in (target.elts if isinstance(target, ast.Tuple) else [target])]
        for name in (target.id for target in targets if isinstance(target, ast.Name)):
            value = getattr(module, name)
            if re.fullmatch(r"_?[A-Z0-9_]+", name) and isinstance(value, int | float) and not isinstance(value, bool):
                yield name, value
