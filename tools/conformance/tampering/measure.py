"""Tampers with lock files that the tools themselves wrote, and records what the tools do with them.

    .venv/bin/python tools/conformance/tampering/measure.py WORK [--file FILE]… [--check]

The virtual environment is that of `../honest/requirements.txt`. The edits are those of
`crates/pychain-core/src/rules/tests/tampering.toml`. Each is made in a fresh project that asks for click 8.1.7, then the
tool is asked whether the file is well, and told to install from it into an environment of its own, with no cache. What
it did is told by its exit status, by what lies in that environment afterwards (a wheel names the program that packed
it, so that a build shows), and by the hosts in its output. `answers.json` has it all; `docs/lock-files.md` its words.

With `--check` nothing is written, and answers that are not the recorded ones are an error. `cargo xtask answers` makes
the environment and checks.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
CASES = HERE / "../../../crates/pychain-core/src/rules/tests/tampering.toml"
ANSWERS = HERE / "answers.json"
BIN = Path(sys.executable).parent
NEEDS = "click==8.1.7"
TIMEOUT = 600

PYPROJECT = (HERE / "project.toml").read_text()
PIPFILE = """[[source]]
url = "https://pypi.org/simple"
verify_ssl = true
name = "pypi"

[packages]
click = "==8.1.7"
"""

# By file: the tool, how it locks, how it checks, how it installs. `{env}` is the environment to install into.
TOOLS = {
    "uv.lock": ("uv", ["uv", "lock"], ["uv", "lock", "--check"], ["uv", "--no-cache", "sync", "--locked"]),
    "poetry.lock": (
        "poetry",
        ["poetry", "lock", "-n"],
        ["poetry", "check", "--lock"],
        ["poetry", "install", "-n", "--no-root"],
    ),
    "pdm.lock": ("pdm", ["pdm", "lock"], ["pdm", "lock", "--check"], ["pdm", "sync", "--no-self"]),
    "Pipfile.lock": ("pipenv", ["pipenv", "lock"], ["pipenv", "verify"], ["pipenv", "sync"]),
    "pylock.toml": (
        "uv",
        ["uv", "pip", "compile", "-q", "--universal", "requirements.in", "-o", "pylock.toml"],
        None,
        ["uv", "--no-cache", "pip", "sync", "--python", "{env}", "pylock.toml"],
    ),
    "requirements.txt": (
        "pip",
        ["uv", "pip", "compile", "-q", "--generate-hashes", "requirements.in", "-o", "requirements.txt"],
        None,
        ["pip", "--python", "{env}", "install", "--no-cache-dir", "-r", "requirements.txt"],
    ),
}
NAMES = {"uv": "uv", "poetry": "Poetry", "pdm": "PDM", "pipenv": "Pipenv", "pip": "pip"}


def run(directory: Path, words: list[str]) -> tuple[int, str]:
    home = directory / "home"
    env = {
        **os.environ,
        "NO_COLOR": "1",
        "PIP_NO_CACHE_DIR": "1",
        "UV_PROJECT_ENVIRONMENT": str(directory / ".venv"),
        "POETRY_VIRTUALENVS_IN_PROJECT": "true",
        "POETRY_CACHE_DIR": str(home / "poetry"),
        "PDM_CACHE_DIR": str(home / "pdm"),
        "PDM_CHECK_UPDATE": "0",
        "PIPENV_CACHE_DIR": str(home / "pipenv"),
        "PIPENV_VENV_IN_PROJECT": "1",
        "PIPENV_IGNORE_VIRTUALENVS": "1",
        "PIPENV_PYTHON": sys.executable,
        "PIPENV_YES": "1",
        "PIPENV_NOSPIN": "1",
    }
    env.pop("VIRTUAL_ENV", None)
    words = [str(BIN / words[0]), *(word.format(env=directory / ".venv") for word in words[1:])]
    try:
        done = subprocess.run(words, cwd=directory, env=env, capture_output=True, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return 124, "timeout"
    return done.returncode, done.stdout + done.stderr


def project(directory: Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    (directory / "pyproject.toml").write_text(PYPROJECT)
    (directory / "Pipfile").write_text(PIPFILE)
    (directory / "requirements.in").write_text(f"{NEEDS}\n")


def keep(file: str, directory: Path) -> None:
    """Leaves only the manifest of the tool: a tool that finds another one would ask about it."""
    wanted = {"Pipfile.lock": "Pipfile", "pylock.toml": "requirements.in", "requirements.txt": "requirements.in"}
    for name in ("pyproject.toml", "Pipfile", "requirements.in"):
        if name != wanted.get(file, "pyproject.toml"):
            (directory / name).unlink()


def packed_by(directory: Path) -> str | None:
    """Which program packed the wheel of click that was installed; none where it was not installed."""
    found = sorted((directory / ".venv").glob("lib/python*/site-packages/click-*.dist-info/WHEEL"))
    lines = found[0].read_text().splitlines() if found else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("Generator:")), None)


def has(directory: Path, name: str) -> bool:
    """Whether a project was installed."""
    return any((directory / ".venv").glob(f"lib/python*/site-packages/{name}-*.dist-info"))


def measure(work: Path, file: str, case: dict, text: str, honest: str | None) -> dict:
    """What the tool says of a file, and what it installs from it."""
    tool, _, check, install = TOOLS[file]
    directory = work / re.sub(r"\W+", "-", f"{file} {case['name']}")
    project(directory)
    keep(file, directory)
    if tool in ("pip",) or file == "pylock.toml":
        subprocess.run([sys.executable, "-m", "venv", str(directory / ".venv")], check=True)
    (directory / file).write_text(text)
    answer: dict = {}
    if check is not None:
        answer["check"] = run(directory, check)[0]
    code, output = run(directory, install)
    packer = packed_by(directory)
    answer["install"] = code
    answer["installed"] = "nothing" if packer is None else "wheel" if honest in (None, packer) else "built"
    if "adds" in case:
        answer["added"] = has(directory, case["adds"])
    lower = output.lower()
    answer["says"] = sorted(
        word
        for word, signs in {
            "hash": ["hash mismatch", "hashes are required", "do not match", "don't match", "invalid hashes", "hash-checking", "not match", "mismatch"],
            "asks": ["404", "failed to fetch", "dns", "name resolution", "failed to resolve", "error sending request", "connection", "getaddrinfo", "cannot connect"],
            "unreadable": ["failed to parse", "toml parse", "invalid", "parseexception"],
        }.items()
        if any(sign in lower for sign in signs)
    )
    if honest is None:
        answer["packer"] = packer
    (directory / "output.txt").write_text(output)
    shutil.rmtree(directory / ".venv", ignore_errors=True)
    shutil.rmtree(directory / "home", ignore_errors=True)
    return answer


def replaced(text: str, before: str, after: str) -> str | None:
    """The text with the edit made, in the entry of click if it can be made there; none where it cannot be made."""
    entry = re.search(r"^\[\[packages?\]\]\nname = \"click\"\n.*?(?=^\[\[package|\Z)", text, re.M | re.S)
    if entry and "[package.source]" in after and "[package.source]" in entry[0]:
        # Poetry's entry names its source here already, and what is put in its place has to answer.
        return None
    if entry and before in entry[0]:
        return text[: entry.start()] + entry[0].replace(before, after) + text[entry.end() :]
    return text.replace(before, after) if before in text else None


def words(file: str, case: dict, answer: dict) -> str:
    """The answer as the page says it."""
    tool, _, check, install = TOOLS[file]
    commands = {
        "uv.lock": ("`uv lock --check`", "`uv sync --locked`"),
        "poetry.lock": ("`poetry check --lock`", "`poetry install`"),
        "pdm.lock": ("`pdm lock --check`", "`pdm sync`"),
        "Pipfile.lock": ("`pipenv verify`", "`pipenv sync`"),
        "pylock.toml": ("", "`uv pip sync`"),
        "requirements.txt": ("", "`pip install`"),
    }
    checking, installing = commands[file]
    said = []
    if checking:
        said.append(f"{checking} {'passes' if answer['check'] == 0 else 'fails'}")
    if answer["install"] == 0 and answer["installed"] == "built":
        said.append(f"{installing} builds the source distribution, that is, runs code")
    elif answer["install"] == 0 and "added" in answer:
        said.append(f"{installing} installs it" if answer["added"] else f"{installing} leaves it out")
    elif answer["install"] == 0 and answer["installed"] == "wheel":
        said.append(f"{installing} installs")
    elif answer["install"] == 0:
        said.append(f"{installing} succeeds and installs nothing")
    elif "hash" in answer["says"]:
        said.append(f"{installing} refuses the file that it fetched")
    elif "asks" in answer["says"]:
        said.append(f"{installing} asks that address")
    else:
        said.append(f"{installing} fails")
    return "; ".join(said)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--file", action="append", choices=list(TOOLS), default=[])
    parser.add_argument("--check", action="store_true", help="compare with the recorded answers")
    arguments = parser.parse_args()
    work = arguments.work.resolve()
    cases = tomllib.loads(CASES.read_text())["case"]
    recorded = json.loads(ANSWERS.read_text()) if ANSWERS.exists() else {"tools": {}, "answers": {}}
    tools = {NAMES[name]: version(name) for name in NAMES}
    answers = dict(recorded["answers"])
    measured = []
    for file, (tool, lock, _, _) in TOOLS.items():
        if arguments.file and file not in arguments.file:
            continue
        directory = work / f"honest {file}".replace(" ", "-")
        project(directory)
        keep(file, directory)
        code, output = run(directory, lock)
        if code != 0:
            print(f"{file}: {' '.join(lock)} failed\n{output}", file=sys.stderr)
            return 2
        text = (directory / file).read_text()
        well = measure(work, file, {"name": "as it was"}, text, None)
        if well["install"] != 0 or well["installed"] != "wheel" or well.get("check", 0) != 0:
            print(f"{file}: {tool} does not install what it locked: {well}", file=sys.stderr)
            return 2
        for case in (case for case in cases if case["file"] == file):
            key = f"{file}: {case['name']}"
            measured.append(key)
            edited = text
            for before, after in case["edits"]:
                edited = edited and replaced(edited, before, after)
            if edited is None:
                # What needs a repository that answers is not measured.
                answers[key] = None
            else:
                answer = measure(work, file, case, edited, well["packer"])
                answers[key] = {**answer, "words": words(file, case, answer)}
            print(f"{key}: {answers[key] and answers[key]['words']}", flush=True)
    if arguments.check:
        for name in tools:
            if tools[name] != recorded["tools"].get(name):
                print(f"{name} {tools[name]}: the records are of {recorded['tools'].get(name)}", file=sys.stderr)
        differing = [key for key in measured if recorded["answers"].get(key) != answers[key]]
        for key in differing:
            print(f"{key}: recorded {recorded['answers'].get(key)}, now {answers[key]}", file=sys.stderr)
        print(f"{len(differing)} of {len(measured)} answers differ")
        return 1 if differing else 0
    order = [f"{case['file']}: {case['name']}" for case in cases]
    kept = {key: answers[key] for key in order if key in answers}
    ANSWERS.write_text(json.dumps({"tools": tools, "answers": kept}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
