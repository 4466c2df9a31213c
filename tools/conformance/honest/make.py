"""Makes honest histories of lock files with the tools themselves, for `cargo xtask conformance`.

    python3 -m venv .venv && .venv/bin/pip install --no-deps --require-hashes -r tools/conformance/honest/requirements.txt
    .venv/bin/python tools/conformance/honest/make.py make WORK [--tool TOOL]… [--project PROJECT]…
    .venv/bin/python tools/conformance/honest/make.py pack WORK tools/conformance/honest/histories.tar.xz

Each project of `projects.toml` is locked by each tool as of a day in the past, brought up to a later day, given one
more requirement, freed of another, held back to an older version of a third, and brought up to a last day. The tools
are cut off at those days by their own means, so that the same histories come out again as long as the index keeps
its files. Nobody tampers with anything: two states that follow each other are an honest change.

`make` writes `WORK/TOOL/PROJECT/N-STEP/FILE` and goes on where it was interrupted. `pack` puts what was made into one
archive, with what `packaging` and a few lines below make of every change: which names came and went, and which
versions rose and fell. pychain reads the files by itself and has to come to the same.
"""

from __future__ import annotations

import argparse
import datetime
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
OLD, LATER, LAST = "2024-10-01", "2025-10-01", "2026-10-15"
STEPS = [("old", OLD), ("later", LATER), ("add", LATER), ("remove", LATER), ("hold", LATER), ("last", LAST)]
# The slow ones make fewer histories.
LIMITS = {"pipenv": 7, "pip-compile": 9, "poetry": 11}
TIMEOUT = 900


def needs(project: dict, step: str) -> list[str]:
    """What the project asks for at a step, in the order of the manifest."""
    asked = list(project["needs"])
    reached = [name for name, _ in STEPS].index(step)
    name = lambda text: canonicalize_name(Requirement(text).name)
    if reached >= 2:
        asked.append(project["add"])
    if reached >= 3:
        asked = [text for text in asked if name(text) != name(project["remove"])]
    if step == "hold":
        held = Requirement(project["hold"])
        asked = [
            str(Requirement(text + str(held.specifier))) if name(text) == canonicalize_name(held.name) else text
            for text in asked
        ]
    return asked


def run(directory: Path, words: list[str], **environment: str) -> None:
    words = [str(BIN / words[0]), *words[1:]]
    env = {**os.environ, "NO_COLOR": "1", **environment}
    env.pop("VIRTUAL_ENV", None)
    done = subprocess.run(words, cwd=directory, env=env, capture_output=True, text=True, timeout=TIMEOUT)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def quoted(texts: list[str]) -> str:
    return json.dumps(texts)


# Poetry asks the public index in a way of its own unless the index is named; mirrors seldom answer that.
SOURCE = '[[tool.poetry.source]]\nname = "public"\nurl = "https://pypi.org/simple"\npriority = "primary"\n'


def pyproject(directory: Path, asked: list[str], dev: list[str]) -> None:
    """A manifest of PEP 621 with a dependency group, which uv, Poetry and PDM read alike."""
    groups = f"\n[dependency-groups]\ndev = {quoted(dev)}\n" if dev else ""
    (directory / "pyproject.toml").write_text(
        '[project]\nname = "example"\nversion = "0.1.0"\nrequires-python = ">=3.11,<3.14"\n'
        f"dependencies = {quoted(asked)}\n{groups}\n[tool.poetry]\npackage-mode = false\n"
        f"\n{SOURCE}\n[tool.pdm]\ndistribution = false\n"
    )


def uv(directory: Path, step: str, day: str, asked: list[str], dev: list[str], index: int) -> str:
    pyproject(directory, asked, dev)
    upgrade = ["--upgrade"] if step in ("later", "last") else []
    run(directory, ["uv", "lock", "--quiet", "--exclude-newer", f"{day}T00:00:00Z", *upgrade])
    return "uv.lock"


def poetry(directory: Path, step: str, day: str, asked: list[str], dev: list[str], index: int) -> str:
    pyproject(directory, asked, dev)
    age = datetime.datetime.now(datetime.UTC).date() - datetime.date.fromisoformat(day)
    regenerate = ["--regenerate"] if step in ("later", "last") else []
    run(
        directory,
        ["poetry", "lock", "--no-interaction", *regenerate],
        POETRY_SOLVER_MIN_RELEASE_AGE=str(age.days),
        POETRY_VIRTUALENVS_CREATE="false",
    )
    return "poetry.lock"


def pdm(directory: Path, step: str, day: str, asked: list[str], dev: list[str], index: int) -> str:
    pyproject(directory, asked, dev)
    reuse = [] if step in ("old", "later", "last") else ["--update-reuse"]
    run(
        directory,
        ["pdm", "lock", "--exclude-newer", day, "-G", ":all", *reuse],
        PDM_CHECK_UPDATE="0",
        PDM_IGNORE_SAVED_PYTHON="1",
    )
    return "pdm.lock"


def pipenv(directory: Path, step: str, day: str, asked: list[str], dev: list[str], index: int) -> str:
    def table(texts: list[str]) -> str:
        lines = []
        for requirement in map(Requirement, texts):
            version = json.dumps(str(requirement.specifier) or "*")
            extras = f", extras = {quoted(sorted(requirement.extras))}" if requirement.extras else ""
            lines.append(f"{requirement.name} = {{version = {version}{extras}}}\n")
        return "".join(lines)

    (directory / "Pipfile").write_text(
        '[[source]]\nurl = "https://pypi.org/simple"\nverify_ssl = true\nname = "pypi"\n\n'
        f"[packages]\n{table(asked)}\n[dev-packages]\n{table(dev)}"
    )
    run(
        directory,
        ["pipenv", "lock"],
        PIP_UPLOADED_PRIOR_TO=f"{day}T00:00:00Z",
        PIPENV_IGNORE_VIRTUALENVS="1",
        PIPENV_VENV_IN_PROJECT="1",
        PIPENV_PYTHON=sys.executable,
        PIPENV_YES="1",
        PIPENV_NOSPIN="1",
    )
    return "Pipfile.lock"


def compiled(directory: Path, step: str, asked: list[str], dev: list[str]) -> list[str]:
    (directory / "requirements.in").write_text("".join(f"{text}\n" for text in asked + dev))
    return ["--upgrade"] if step in ("later", "last") else []


def pip_compile(directory: Path, step: str, day: str, asked: list[str], dev: list[str], index: int) -> str:
    upgrade = compiled(directory, step, asked, dev)
    words = ["pip-compile", "--quiet", "--generate-hashes", "--strip-extras", "--allow-unsafe", *upgrade]
    run(directory, [*words, "--pip-args", f"--uploaded-prior-to {day}T00:00:00Z", "requirements.in"])
    return "requirements.txt"


def uv_pip(directory: Path, step: str, day: str, asked: list[str], dev: list[str], index: int) -> str:
    upgrade = compiled(directory, step, asked, dev)
    # Every other one for all platforms, with the notes beside the lines instead of below them.
    style = ["--universal", "--annotation-style", "line"] if index % 2 else []
    words = ["uv", "pip", "compile", "--quiet", "--generate-hashes", "--exclude-newer", f"{day}T00:00:00Z"]
    run(directory, [*words, *style, *upgrade, "requirements.in", "-o", "requirements.txt"])
    return "requirements.txt"


def pylock(directory: Path, step: str, day: str, asked: list[str], dev: list[str], index: int) -> str:
    upgrade = compiled(directory, step, asked, dev)
    match index % 3:
        case 0:
            words = ["uv", "pip", "compile", "--quiet", "--universal", "--exclude-newer", f"{day}T00:00:00Z"]
            run(directory, [*words, *upgrade, "requirements.in", "-o", "pylock.toml"])
        case 1:
            until = ["--uploaded-prior-to", f"{day}T00:00:00Z"]
            run(directory, ["pip", "lock", "--quiet", *until, "-r", "requirements.in", "-o", "pylock.toml"])
        case _:
            pyproject(directory, asked, dev)
            reuse = [] if step in ("old", "later", "last") else ["--update-reuse"]
            run(
                directory,
                ["pdm", "lock", "--exclude-newer", day, "-G", ":all", *reuse],
                PDM_CHECK_UPDATE="0",
                PDM_IGNORE_SAVED_PYTHON="1",
                PDM_LOCK_FORMAT="pylock",
            )
    return "pylock.toml"


TOOLS = {
    "uv": uv,
    "pdm": pdm,
    "poetry": poetry,
    "uv-pip": uv_pip,
    "pylock": pylock,
    "pip-compile": pip_compile,
    "pipenv": pipenv,
}


def make(work: Path, tools: list[str], projects: list[str]) -> int:
    written = tomllib.loads((HERE / "projects.toml").read_text())
    failed = 0
    for tool in tools:
        for index, (name, project) in enumerate(list(written.items())[: LIMITS.get(tool)]):
            if projects and name not in projects:
                continue
            directory = work / tool / name
            place = directory / "project"
            place.mkdir(parents=True, exist_ok=True)
            for number, (step, day) in enumerate(STEPS, 1):
                kept = directory / f"{number}-{step}"
                if kept.is_dir():
                    continue
                try:
                    file = TOOLS[tool](place, step, day, needs(project, step), project.get("dev", []), index)
                except (RuntimeError, subprocess.TimeoutExpired) as error:
                    print(f"{tool} {name} {step}: {error}", file=sys.stderr, flush=True)
                    failed += 1
                    break
                kept.mkdir()
                shutil.copy(place / file, kept / file)
                print(f"{tool} {name} {step}", flush=True)
    return 1 if failed else 0


def versions(path: Path) -> dict[str, list[str]]:
    """Which versions of which projects a file locks, by name: read without pychain's help."""
    found: dict[str, set[str]] = {}
    text = path.read_text()
    if path.name == "Pipfile.lock":
        for category, packages in json.loads(text).items():
            if category != "_meta":
                for name, entry in packages.items():
                    found.setdefault(canonicalize_name(name), set()).add(entry["version"].removeprefix("=="))
    elif path.name == "requirements.txt":
        for name, version in re.findall(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", text, re.M):
            found.setdefault(canonicalize_name(name), set()).add(version)
    else:
        locked = tomllib.loads(text)
        for package in locked.get("package") or locked.get("packages") or []:
            # The project itself is in uv's file, and no dependency.
            if "virtual" not in package.get("source", {}) and "version" in package:
                found.setdefault(canonicalize_name(package["name"]), set()).add(package["version"])
    return {name: sorted(of, key=order) for name, of in sorted(found.items())}


def order(version: str) -> tuple:
    try:
        return (1, Version(version))
    except InvalidVersion:
        return (0, version)


def difference(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, list[str]]:
    """What a change does, by name. Projects that are locked in several versions are told apart as such."""
    said: dict[str, list[str]] = {"new": [], "removed": [], "upgraded": [], "downgraded": [], "several": []}
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, []), after.get(name, [])
        if not old:
            said["new"].append(name)
        elif not new:
            said["removed"].append(name)
        elif old != new:
            several = len(old) > 1 or len(new) > 1
            kind = "several" if several else "upgraded" if order(new[0]) > order(old[0]) else "downgraded"
            said[kind].append(name)
    return said


def pack(work: Path, archive: Path) -> int:
    changes = []
    with tarfile.open(archive, "w:xz", preset=9) as tar:

        def add(name: str, data: bytes) -> None:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))

        # Histories of one project beside each other: their hashes are the same.
        projects = tomllib.loads((HERE / "projects.toml").read_text())
        for project in projects:
            for tool in TOOLS:
                states = [work / tool / project / f"{number}-{step}" for number, (step, _) in enumerate(STEPS, 1)]
                files = [next(state.iterdir()) for state in states if state.is_dir()]
                for file in files:
                    add(file.relative_to(work).as_posix(), file.read_bytes())
                for before, after in zip(files, files[1:]):
                    paths = {
                        "base": before.relative_to(work).as_posix(),
                        "head": after.relative_to(work).as_posix(),
                    }
                    changes.append({**paths, **difference(versions(before), versions(after))})
        add("changes.jsonl", "".join(json.dumps(change) + "\n" for change in changes).encode())
    print(f"{len(changes)} changes in {archive.stat().st_size} bytes")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True, dest="command")
    making = commands.add_parser("make", help="make the histories")
    making.add_argument("work", type=Path)
    making.add_argument("--tool", action="append", choices=list(TOOLS), default=[])
    making.add_argument("--project", action="append", default=[])
    packing = commands.add_parser("pack", help="put them into an archive")
    packing.add_argument("work", type=Path)
    packing.add_argument("archive", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "pack":
        return pack(arguments.work, arguments.archive)
    return make(arguments.work, arguments.tool or list(TOOLS), arguments.project)


if __name__ == "__main__":
    sys.exit(main())
