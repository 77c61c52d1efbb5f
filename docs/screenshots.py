"""Takes the pictures of docs/example/report.html: `python docs/screenshots.py`, from the repository's root.

Needs chromium and chromedriver. `make example-report` calls it after the run that it shows.
"""

import base64
import io
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "helpers"))

import browser
from PIL import Image

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "example" / "report.html"
PICTURES = {"report.png": (1280, 800), "report-phone.png": (390, 844)}
"""The first screen of a desktop and of a phone: width and height in the page's pixels."""

COLOURS = 64
"""Enough for text and a few colours, and a third of the bytes."""


def take(name: str, width: int, height: int) -> Path:
    """The first screen at that size; where the picture lies."""
    with browser.opened(PAGE, width=width, height=height) as driver:
        shown = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    picture = Image.open(io.BytesIO(base64.b64decode(shown["data"]))).convert("RGB")
    path = ROOT / "docs" / "images" / name
    picture.quantize(COLOURS).save(path, optimize=True)
    return path


if __name__ == "__main__":
    for name, size in PICTURES.items():
        print(take(name, *size))
