"""The board as a test reads it."""

from playwright.async_api import Locator, Page


def row(page: Page, title: str) -> Locator:
    """The row of a campaign."""
    return page.locator(".row").filter(has=page.locator(".title bdi").get_by_text(title, exact=True))


def amount(page: Page, title: str) -> Locator:
    """Its figure."""
    return row(page, title).locator(".amount")


def grouped(decimal: str) -> str:
    """ "1,234.50" of "1234.50"."""
    whole, point, part = decimal.partition(".")
    return f"{int(whole):,}{point}{part}"
