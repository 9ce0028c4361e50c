"""Coverage-guided fuzzing of the parsers, from raw bytes down.  Needs atheris; ends well, and says why, without.

    python tests/fuzz/atheris_receivers.py -max_total_time=60

Arguments are libFuzzer's.  The samples in `events/` are the seed corpus.
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "linksync")]

try:
    import atheris
except ImportError:
    print("atheris is not installed here: coverage-guided fuzzing is skipped (pip install atheris)")
    sys.exit(0)

with atheris.instrument_imports(include=["linksync", "json"]):
    from tests.fuzz.checks import check_parsers, check_request
    from tests.receivers import samples


def check(data: bytes) -> None:
    """What libFuzzer calls."""
    check_parsers(data)
    check_request(data.decode("utf-8", "replace"))


def main() -> None:
    """Runs libFuzzer on a throw-away copy of the samples."""
    with tempfile.TemporaryDirectory() as corpus:
        for sample in samples.bodies() + samples.gateway_events():
            (Path(corpus) / f"{sample.parent.name}-{sample.name}").write_bytes(sample.read_bytes())
        atheris.Setup([*sys.argv, corpus], check)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
