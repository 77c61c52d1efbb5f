"""Chromium, headless, over selenium: a page, what its console says and what it requests."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SECONDS = 30
"""How long a busy machine may take to show a page."""


def chromium() -> str | None:
    """The browser's path; None without a browser or its driver."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return found if found and shutil.which("chromedriver") else None


@contextmanager
def opened(
    page: Path, *, width: int = 1280, height: int = 900, scheme: str = "light", hash_: str = ""
) -> Iterator[Any]:
    """A driver with the page opened, by default at its top, and, where it has examples, ready; ends with the block."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.support.ui import WebDriverWait

    options = webdriver.ChromeOptions()
    options.binary_location = str(chromium())
    for argument in ("headless=new", "no-sandbox", "disable-gpu", "disable-background-networking", "hide-scrollbars"):
        options.add_argument(f"--{argument}")
    options.add_argument("--disable-dev-shm-usage")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        driver.get(page.resolve().as_uri() + hash_)
        WebDriverWait(driver, SECONDS).until(
            lambda d: d.execute_script("return document.documentElement.dataset.ready")
        )
        yield driver
    finally:
        driver.quit()


def requests(driver: Any) -> list[str]:
    """Every address that a page of this driver asked for since the last call."""
    events = (json.loads(entry["message"])["message"] for entry in driver.get_log("performance"))
    return [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]


def console(driver: Any) -> list[str]:
    """What the console said since the last call."""
    return [entry["message"] for entry in driver.get_log("browser")]


def interactive_ms(driver: Any) -> float:
    """Milliseconds from the navigation's start until the flips can be browsed."""
    return float(driver.execute_script("return performance.getEntriesByName('interactive')[0].startTime"))
