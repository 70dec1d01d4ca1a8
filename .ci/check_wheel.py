"""Is what we ship what we tested? Builds the wheel, installs it alone, and uses it as its user would.

Run by `.ci/run` with the development environment's python, from a checkout whose code must not be what runs: the
installed program works in a directory of its own, its python is isolated (`-I`), and it has to say where it came from.
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from dashboard import CHECKOUT, use_dashboard

ORIGIN = """
import sys
from importlib.resources import files
import tui
themes = [file.name for file in (files(tui) / "themes").iterdir()]
print(tui.__file__, "with the themes", *sorted(themes))
sys.exit(not tui.__file__.startswith(sys.prefix) or not themes)
"""


def main() -> None:
    """Build, look inside, install, run; the first thing that is wrong ends it with an exception."""
    with tempfile.TemporaryDirectory(prefix="sidestream-wheel-") as scratch:
        workplace = Path(scratch)
        wheel = build_wheel(workplace / "dist")
        check_contents(wheel)
        python = install(wheel, workplace / "venv")
        check_origin(python, workplace)
        check_version(python, workplace)
        use_dashboard([python.with_name("sidestream"), "demo"], cwd=workplace)


def build_wheel(into: Path) -> Path:
    """Build from the checkout as a release would, and return the wheel."""
    run([sys.executable, "-m", "build", "--wheel", "--outdir", into, CHECKOUT], cwd=into.parent)
    (wheel,) = into.glob("*.whl")
    say(f"built {wheel.name}")
    return wheel


def check_contents(wheel: Path) -> None:
    """Every file of the package and every theme is in the wheel, and nothing that belongs to the checkout only."""
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    package = {path.relative_to(CHECKOUT).as_posix() for path in files_of(CHECKOUT / "tui")}
    themes = {f"tui/{path.relative_to(CHECKOUT).as_posix()}" for path in files_of(CHECKOUT / "themes")}
    missing, foreign = (package | themes) - inside, inside - package - themes
    if missing or foreign or not themes:
        sys.exit(f"the wheel lacks {sorted(missing)}, has beyond the package {sorted(foreign)}, {len(themes)} themes")
    say(f"{len(inside)} files, {len(themes)} of them themes")


def files_of(folder: Path) -> list[Path]:
    """All files below a folder which are source, not what python leaves there."""
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def install(wheel: Path, environment: Path) -> Path:
    """Install the wheel and what it asks for into a new environment, and return that environment's python."""
    run([sys.executable, "-m", "venv", environment], cwd=environment.parent)
    python = environment / "bin/python"
    run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", wheel], cwd=environment.parent)
    run([python, "-m", "pip", "check", "--disable-pip-version-check"], cwd=environment.parent)
    return python


def check_origin(python: Path, workplace: Path) -> None:
    """The package and the themes come out of the new environment."""
    say(f"imports {run([python, '-I', '-c', ORIGIN], cwd=workplace).strip()}")


def check_version(python: Path, workplace: Path) -> None:
    """The command answers with the version the package has."""
    version = run([python, "-I", "-c", "import tui; print(tui.__version__)"], cwd=workplace).strip()
    told = run([python.with_name("sidestream"), "--version"], cwd=workplace).strip()
    if told != f"sidestream {version}":
        sys.exit(f"--version says {told!r}, the package is {version!r}")
    say(told)


def run(command: list[str | Path], *, cwd: Path) -> str:
    """Run a command outside the checkout and return its output; a failure shows it and ends the check."""
    done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def say(line: str) -> None:
    """Tell the log."""
    print(line, flush=True)


if __name__ == "__main__":
    main()
