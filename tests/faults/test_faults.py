"""Every fault the demo provider knows, in every dialect it happens in: each ends as its table says.

The table is written from what a client should do, not from what ours does. Cases run together, since a fleet does that
with them too: one fault must not disturb another.
"""

import json

import pytest

from tests.engine.harness import KEY
from tests.faults.harness import Case, Memory, Result, short, trial
from tests.faults.judge import complaints
from tui.core.report import target_object
from tui.demo.faults.fault import DIALECTS, Fault
from tui.demo.faults.table import FAULTS
from tui.engine import http

pytestmark = pytest.mark.anyio

LIMITS = {"first_byte", "first_token", "idle"}
ONE_PANE_MIB = 64


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one wait that is no setting: how long the body of an error may take."""
    monkeypatch.setattr(http, "ERROR_BODY_S", 0.5)


def waits(fault: Fault) -> bool:
    """Whether only a deadline ends it, be it in the one dialect that has no end marker."""
    return bool(LIMITS & set(fault.says)) or fault.name == "never-closes"


def floods(fault: Fault) -> bool:
    """Whether it sends more than a bound."""
    return "16 MiB" in fault.says


def cases(faults: list[Fault], dialects: tuple[str, ...] = DIALECTS) -> list[Case]:
    return [Case(fault, dialect) for dialect in dialects for fault in faults if dialect in fault.dialects]


def check(results: list[Result]) -> None:
    wrong = [complaint for result in results for complaint in complaints(result)]
    assert wrong == [], "\n" + "\n".join(wrong)


WAITING = [fault for fault in FAULTS.values() if waits(fault)]
FLOODING = [fault for fault in FAULTS.values() if floods(fault)]
POOLED = [FAULTS["two-answers"], FAULTS["closes-idle"]]
"""Those that leave a connection which looks good to the next request, and is not."""
OTHERS = [fault for fault in FAULTS.values() if not waits(fault) and not floods(fault) and fault not in POOLED]


async def test_faults_that_only_a_deadline_ends() -> None:
    """In all dialects at once: the deadlines of one do not wait for another's."""
    async with trial() as demo:
        check(await demo.run(cases(WAITING), at_once=100, timeouts=short))
        assert demo.leftovers() == []


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_floods_end_at_a_bound_and_cost_no_memory(dialect: str) -> None:
    async with trial() as demo:
        for case in cases(FLOODING, (dialect,)):
            memory = Memory()
            results = await demo.run([case], at_once=1)
            grown_mib = memory.grown_mib
            check(results)
            assert grown_mib < ONE_PANE_MIB, case
            assert demo.leftovers() == []


@pytest.mark.parametrize("fault", POOLED, ids=lambda fault: fault.name)
async def test_faults_that_leave_a_bad_connection_behind(fault: Fault) -> None:
    """Apart from the others and all at once: a request sent on such a connection is sent again, rightly."""
    async with trial() as demo:
        check(await demo.run(cases([fault]), at_once=len(DIALECTS)))
        assert demo.leftovers() == []


async def test_a_key_that_the_server_repeats_is_nowhere_in_the_result() -> None:
    async with trial() as demo:
        repeating = cases([FAULTS["key-wrong"], FAULTS["key-forbidden"]])
        results = await demo.run(repeating, at_once=16)
    shown = [json.dumps(target_object(result.state)) for result in results]
    assert len(shown) == 2 * len(DIALECTS)
    assert [text for text in shown if KEY in text] == []


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_all_other_faults(dialect: str) -> None:
    async with trial() as demo:
        check(await demo.run(cases(OTHERS, (dialect,)), at_once=len(OTHERS)))
        assert demo.leftovers() == []
