"""The same with `LinksApiVersion=v1`, on a stack of its own: linking, what senders drop, and the storm."""

from types import ModuleType


def every_test_of(
    *modules: ModuleType, fixtures: tuple[str, ...] = (), without: tuple[str, ...] = ()
) -> dict[str, object]:
    """Every test of these modules, and these of their fixtures, by name; `without` those that speak of these words."""
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if (name.startswith("test_") or name in fixtures) and not any(word in name for word in without)
    }
