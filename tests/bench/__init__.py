"""The benchmarks: `make bench` prints every table; `docs/performance.md` keeps one run of it."""
