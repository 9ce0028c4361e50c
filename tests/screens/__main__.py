"""Writes the command line's screens: docs/commands.md (text), and the pictures that the README shows.

python -m tests.screens             writes them
python -m tests.screens FOLDER      writes every screen as a picture into FOLDER: 80 and 120 columns, light and dark
"""

import sys
from pathlib import Path

from tests.screens.recorded import THEMES
from tests.screens.screens import SCREENS, page, recorded

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/commands.md"
PICTURES = ROOT / "docs/screens"
SHOWN = ("doctor", "explain")
"""The screens of which there are pictures in docs/."""


def main(arguments: list[str]) -> int:
    """Writes them."""
    if arguments:
        folder = Path(arguments[0])
        folder.mkdir(parents=True, exist_ok=True)
        for width in (80, 120):
            for name, screen in recorded(width).items():
                for theme in THEMES:
                    (folder / f"{name}-{width}-{theme}.svg").write_text(screen.svg(theme), "utf-8")
        return 0
    screens = recorded(80)
    PAGE.write_text(page(screens), "utf-8")
    PICTURES.mkdir(exist_ok=True)
    for name in SHOWN:
        for theme in THEMES:
            (PICTURES / f"{name}-{theme}.svg").write_text(screens[name].svg(theme), "utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(SCREENS)} screens")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
