"""The garbage collector's settings, in processes of their own: they are the interpreter's."""

import subprocess
import sys

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
