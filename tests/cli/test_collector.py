"""The garbage collector's settings, in processes of their own: they are the interpreter's."""

import subprocess
import sys
from types import SimpleNamespace

import anyio
import pytest

from tui.cli import collector
from tui.cli.collector import collect_at_rest

_PROGRAM = """
import gc
from tui.cli.collector import collect_seldom, spare_what_is_loaded
before = gc.get_threshold()
collect_seldom()
spare_what_is_loaded()
loaded = gc.get_freeze_count()
cycle = []
cycle.append(cycle)
del cycle
print(gc.get_threshold()[0] > before[0], loaded > 1000, gc.collect() > 0)
"""


def test_what_is_loaded_is_never_collected_again_and_new_garbage_still_is() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "True"], done.stderr


@pytest.mark.anyio
async def test_everything_is_collected_once_after_each_run(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter([False, True, True, True, False, False, False, True, False, False])  # whether a stream runs: two runs
    collections = 0
    seen: list[tuple[bool, int]] = []
    done = anyio.Event()

    def collect() -> int:
        nonlocal collections
        collections += 1
        return 0

    async def sleep(_seconds: float) -> None:
        try:
            state["busy"] = next(looks)
        except StopIteration:
            done.set()
            await anyio.sleep_forever()
        seen.append((state["busy"], collections))

    state = {"busy": False}
    monkeypatch.setattr("tui.cli.collector.gc.collect", collect)
    monkeypatch.setattr(collector, "anyio", SimpleNamespace(sleep=sleep))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(collect_at_rest, lambda: state["busy"])
        with anyio.fail_after(5):
            await done.wait()
        tasks.cancel_scope.cancel()
    assert [count for _, count in seen] == [0, 0, 0, 0, 0, 1, 1, 1, 1, 2]
