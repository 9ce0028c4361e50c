"""What a check is, and how all of them are run: in order, each by itself, none whose needs have failed."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from linksync_cli.endings import as_failure


class Status(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, and what to do about it (empty: nothing)."""

    status: Status
    found: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A finding under its check's stable name."""

    check: str
    status: Status
    found: str
    mend: str


@dataclass(frozen=True, slots=True)
class CheckSpec[T]:
    """A check to be run.  `needs` are the checks that must not have failed before."""

    name: str
    run: Callable[[T], Finding]
    needs: tuple[str, ...] = ()


def ok(found: str) -> Finding:
    """All is well."""
    return Finding(Status.OK, found)


def warning(found: str, mend: str) -> Finding:
    """It works, and somebody should look at it."""
    return Finding(Status.WARNING, found, mend)


def failed(found: str, mend: str) -> Finding:
    """It does not work."""
    return Finding(Status.FAILED, found, mend)


def double(name: str, vendor: str) -> Finding:
    """A second webhook or trigger tells what another tells already."""
    mend = f"Run `linksync setup {vendor} --remove-doubles`."
    return warning(f'"{name}" is a double: each change is delivered twice', mend)


def run_all[T](specs: Sequence[CheckSpec[T]], subject: T, *, skip: Collection[str]) -> Iterator[Check]:
    """The checks, one by one.  A name that is skipped stands for all that begin with it and a dot, too."""
    done: dict[str, Status] = {}
    for spec in specs:
        finding = _finding(spec, subject, done, skip)
        done[spec.name] = finding.status
        yield Check(spec.name, finding.status, finding.found, finding.mend)


def _finding[T](spec: CheckSpec[T], subject: T, done: Mapping[str, Status], skip: Collection[str]) -> Finding:
    if any(spec.name == name or spec.name.startswith(f"{name}.") for name in skip):
        return Finding(Status.SKIPPED, "skipped, as asked")
    lacking = [name for name in spec.needs if done.get(name) in (Status.FAILED, Status.SKIPPED)]
    if lacking:
        return Finding(Status.SKIPPED, f"not looked at without {lacking[0]}")
    try:
        return spec.run(subject)
    except Exception as problem:  # noqa: BLE001  a check that cannot be made has failed, and the others go on
        failure = as_failure(problem)
        return failed(failure.message, failure.mend)
