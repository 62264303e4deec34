"""The virtual environment, made from the hashed lock and made again only when the lock changes."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from core.launch.console import Progress, Stop

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": ROOT / "requirements.txt", "test": ROOT / "requirements-dev.txt"}
SOURCE_ROOTS = (ROOT, ROOT / "telegram")


def ensure_venv(purpose: str, progress: Progress) -> None:
    """`.venv` holds what the lock of this purpose names. The lock for tests contains the one for running."""
    with (ROOT / ".venv.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_current(purpose):
            install(purpose, progress)


def is_current(purpose: str) -> bool:
    """Whether the last finished installation was of this lock, by this Python, in this folder."""
    return PYTHON.exists() and stamp_file(purpose).exists() and stamp_file(purpose).read_text() == stamp(purpose)


def stamp_file(purpose: str) -> Path:
    return VENV / f"installed-{purpose}"


def stamp(purpose: str) -> str:
    lock = hashlib.sha256(LOCKS[purpose].read_bytes()).hexdigest()
    return f"{lock} {sys.version_info.major}.{sys.version_info.minor} {ROOT}\n"


def install(purpose: str, progress: Progress) -> None:
    if not (PYTHON.exists() and same_python_and_place()):
        with progress("making .venv"):
            shutil.rmtree(VENV, ignore_errors=True)
            make_venv()
    with progress(f"installing {LOCKS[purpose].name} (hashes checked)"):
        stamp_file(purpose).unlink(missing_ok=True)
        command = [PYTHON, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
        done = subprocess.run(
            [*map(str, command), "--require-hashes", "-r", str(LOCKS[purpose])], check=False, capture_output=True, text=True, cwd=ROOT
        )
        if done.returncode != 0:
            raise Stop(f"pip could not install {LOCKS[purpose].name}:\n{done.stderr.strip() or done.stdout.strip()}")
    add_source_roots()
    stamp_file(purpose).write_text(stamp(purpose))
    if purpose == "test":
        stamp_file("run").write_text(stamp("run"))


def same_python_and_place() -> bool:
    """A copied folder or another Python makes the old scripts and wheels useless."""
    place = VENV / "made-by"
    return place.exists() and place.read_text() == made_by()


def made_by() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor} {ROOT}\n"


def make_venv() -> None:
    try:
        venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(VENV)
    except (subprocess.CalledProcessError, ImportError) as error:
        shutil.rmtree(VENV, ignore_errors=True)
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        raise Stop(f"This Python cannot make virtual environments. On Debian: apt install {package}") from error
    (VENV / "made-by").write_text(made_by())


def add_source_roots() -> None:
    """Whoever uses this Python finds the project, and `bot` in `telegram/`, which must not be a package itself."""
    packages = next(VENV.glob("lib/python3*/site-packages"))
    (packages / "source-roots.pth").write_text("".join(f"{root}\n" for root in SOURCE_ROOTS))
