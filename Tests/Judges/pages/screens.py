"""Pictures for docs/screens, only where they are asked for."""

import shutil
import subprocess

from browser import NARROW, STILL, THEMES, WIDE
from stage import ROOT

LIMIT = 200 * 1024


class Screens:
    def __init__(self, wanted):
        self.wanted = wanted
        self.folder = ROOT / "docs/screens"
        self.faults = []
        self._steps = {}

    def _take(self, window, name):
        file = self.folder / f"{name}.png"
        self.folder.mkdir(exist_ok=True)
        window.page.screenshot(path=file, animations="disabled", caret="hide")
        if shutil.which("convert"):
            # ImageMagick: a palette of 255 colours shows no less of these pages, in less than half the bytes.
            palette = ["-strip", "-dither", "None", "-colors", "255", f"PNG8:{file}"]
            subprocess.run(["convert", str(file), *palette], check=True)
        if file.stat().st_size > LIMIT:
            self.faults.append(f"{file.name} has {file.stat().st_size // 1024} KB")

    def step(self, window, whose, name):
        """A step of somebody's walk."""
        number = self._steps[whose] = self._steps.get(whose, 0) + 1
        if self.wanted:
            self._take(window, f"weg-{whose}-{number:02}-{name}")

    def page(self, window, name):
        """A page in both themes and widths."""
        if not self.wanted:
            return
        for width in (WIDE, NARROW):
            for theme, word in THEMES.items():
                window.show(theme, width)
                window.page.evaluate("() => scrollTo(0, 0)")
                window.page.evaluate(STILL)
                self._take(window, f"{name}-{width}-{word}")
        window.show("light", WIDE)
