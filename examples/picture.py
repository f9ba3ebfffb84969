"""`python examples/picture.py`: takes README's first picture anew, of the dossier of the public record, in Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "images" / "public-record.png"
# The picture is 1,600 pixels wide: a page of 1,200 at four pixels for every three, so that its letters stay crisp.
SIZE, SCALE = (1200, 1104), 4 / 3
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless", "--disable-gpu", "--no-sandbox", "--no-first-run", "--hide-scrollbars", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-quic",
)  # fmt: skip


def take(browser: str, page: Path, picture: Path) -> None:
    """The top of `page` as a PNG; the browser keeps nothing and asks the network for nothing."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [browser, *QUIET, f"--user-data-dir={profile}", f"--window-size={SIZE[0]},{SIZE[1]}",
             f"--force-device-scale-factor={SCALE:.4f}", f"--screenshot={picture}", page.as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip


def main() -> None:
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        sys.exit(f"no browser found; install one of: {', '.join(BROWSERS)}")
    with tempfile.TemporaryDirectory() as place:
        case = Path(place) / "public-record.upriver"
        told = [sys.executable, "-m", "upriver", "investigate", str(ROOT / "examples" / "public-record")]
        subprocess.run([*told, "--case", str(case)], check=True, capture_output=True, cwd=ROOT)
        PICTURE.parent.mkdir(exist_ok=True)
        take(browser, case / "dossier" / "index.html", PICTURE)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
