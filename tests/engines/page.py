"""Opens the data dictionary in headless Chromium as an analyst would, on a desk and on a phone.

    page.py PAGE SCREENSHOTS
"""

import pathlib
import sys

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


def main(page_path, screenshots):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, size in (("desk", DESK), ("phone", PHONE)):
            for scheme in ("light", "dark"):
                look(browser, page_path, size, scheme, pathlib.Path(screenshots) / f"{name}-{scheme}.png")
                print(f"{name}, {scheme}: no message on the console, nothing loaded, no sideways scroll, search and links work, contrast holds")
        browser.close()


def look(browser, path, size, scheme, screenshot):
    page = browser.new_page(viewport=size, color_scheme=scheme)
    messages, requests = [], []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"file://{path}")
    page.screenshot(path=screenshot, full_page=True)
    check_width(page)
    check_search(page)
    page.goto("about:blank")
    page.goto(f"file://{path}")
    check_keyboard(page)
    check_contrast(page)
    assert not messages, messages
    assert all(url.startswith(("file://", "data:", "about:")) for url in requests), requests
    page.close()


def check_width(page):
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} pixels wider than the screen"


def check_search(page):
    everything = page.locator("article:visible").count()
    assert everything == page.locator("article").count() > 3
    box = page.get_by_label("Search events, fields and owners")
    for words, expected in (
        ("lesson finished", ["lesson_finished"]),
        ("unitprice", ["order"]),
        ("SHOP@EXAMPLE", ["order"]),
        ("no such thing", []),
    ):
        box.fill(words)
        found = page.locator("article:visible").evaluate_all("all => all.map(one => one.id)")
        assert found == expected, f"{words}: {found}"
        assert page.locator("#found").inner_text() == f"{len(expected)} of {everything} events"
        assert page.locator("nav li:visible").count() == len(expected)
        assert page.locator("#nothing").is_visible() == (not expected)
    box.fill("")
    assert page.locator("article:visible").count() == everything
    # A link to what the search has hidden shows it.
    box.fill("order")
    page.evaluate("location.hash = '#sign_out'")
    page.wait_for_selector("#sign_out", state="visible")


def check_keyboard(page):
    """The first stop is the link past the list; every control has a name."""
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "query"
    tables = page.locator("table")
    for index in range(tables.count()):
        assert tables.nth(index).locator("th[scope=col]").count() == 3


def check_contrast(page):
    """4.5 to 1, as WCAG asks of text, for each colour of text on the ground and on what is raised."""
    colours = page.evaluate(
        """() => {
            const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
            const rgb = (colour) => {
                context.fillStyle = colour;
                context.fillRect(0, 0, 1, 1);
                return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
            };
            const of = (selector, property) => rgb(getComputedStyle(document.querySelector(selector))[property]);
            const texts = ["body", "nav a", "label", ".warn", "h3", "dt"];
            const grounds = [of("body", "backgroundColor"), of("pre", "backgroundColor")];
            return texts.flatMap((text) => grounds.map((ground) => [text, of(text, "color"), ground]));
        }"""
    )
    for name, text, ground in colours:
        light, dark = sorted((luminance(text), luminance(ground)), reverse=True)
        ratio = (light + 0.05) / (dark + 0.05)
        assert ratio >= 4.5, f"{name}: {text} on {ground} has a contrast of {ratio:.1f}"


def luminance(colour):
    channels = [value / 255 for value in colour]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


if __name__ == "__main__":
    main(*sys.argv[1:])
