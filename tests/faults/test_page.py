"""The page for users is the table's."""

from tests.faults.page import PAGE, page
from tui.demo.faults.fault import DIALECTS
from tui.demo.faults.table import FAULTS, listing


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m tests.faults.page`"


def test_every_fault_says_what_it_does_and_what_to_do() -> None:
    for fault in FAULTS.values():
        assert fault.does.endswith("."), fault.name
        assert fault.advice.endswith("."), fault.name
        assert "|" not in fault.does + fault.advice, fault.name  # it would cut the page's tables
        assert set(fault.dialects) <= set(DIALECTS), fault.name


def test_the_listing_is_aligned() -> None:
    lines = listing().splitlines()
    assert len(lines) == len(FAULTS) >= 60
    starts = {line.index(fault.does) for line, fault in zip(lines, FAULTS.values(), strict=True)}
    assert len(starts) == 1
