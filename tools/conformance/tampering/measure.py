"""Tampers with lock files that the tools themselves wrote, and records what the tools do with them.

    .venv/bin/python tools/conformance/tampering/measure.py WORK [--file FILE]… [--check]

The virtual environment is that of `../honest/requirements.txt`. The edits are those of
`crates/pychain-core/src/rules/tests/tampering.toml`. Each is made in a fresh project that asks for click 8.1.7, then the
tool is asked whether the file is well, and told to install from it into an environment of its own, with no cache. What
it did is told by its exit status, by what lies in that environment afterwards (a wheel names the program that packed
it, so that a build shows), and by the hosts in its output. `answers.json` has it all; `docs/lock-files.md` its words.

A case with a `repository` is made in a project that has it, at a tag. The repositories are made here, and git is told
to look for them on the disk in place of the host that the file names.

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

# Stand-ins for commits in the cases: the one that the tag names, and the one that the branch has come to.
FIRST, SECOND = "0123456789abcdef0123456789abcdef01234567", "76543210fedcba9876543210fedcba9876543210"
HOSTS = ("https://git.example.org/", "https://git.example.net/")

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
        "POETRY_SYSTEM_GIT_CLIENT": "true",
        "GIT_CONFIG_COUNT": str(len(HOSTS)),
    }
    for number, host in enumerate(HOSTS):
        env[f"GIT_CONFIG_KEY_{number}"] = f"url.file://{directory.parent / 'git'}/.insteadOf"
        env[f"GIT_CONFIG_VALUE_{number}"] = host
    env.pop("VIRTUAL_ENV", None)
    words = [str(BIN / words[0]), *(word.format(env=directory / ".venv") for word in words[1:])]
    try:
        done = subprocess.run(words, cwd=directory, env=env, capture_output=True, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return 124, "timeout"
    return done.returncode, done.stdout + done.stderr


def repositories(work: Path) -> dict[str, str]:
    """Makes the repositories that cases speak of; gives the commits that stand for those in the cases."""
    home = work / "git"
    shutil.rmtree(home, ignore_errors=True)
    commits = {}
    for name, called, version in [("tool", "tool", "1.0"), ("t00l", "tool", "1.0"), ("click", "click", "8.1.7")]:
        folder = home / name

        def git(*words: str) -> str:
            day = {key: "2026-01-01T00:00:00Z" for key in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE")}
            who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false"]
            done = subprocess.run(
                ["git", *who, *words], cwd=folder, env={**os.environ, **day}, capture_output=True, text=True, check=True
            )
            return done.stdout.strip()

        (folder / called).mkdir(parents=True)
        (folder / "pyproject.toml").write_text(
            f'[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
            f'[project]\nname = "{called}"\nversion = "{version}"\n'
        )
        (folder / called / "__init__.py").write_text("")
        git("init", "-q", "-b", "main")
        git("add", ".")
        git("commit", "-q", "-m", "first")
        git("tag", "v1.0")
        first = git("rev-parse", "HEAD")
        (folder / called / "__init__.py").write_text("IS_OTHER = True\n")
        git("commit", "-q", "-a", "-m", "second")
        if name == "tool":
            commits = {FIRST: first, SECOND: git("rev-parse", "HEAD")}
    return commits


def project(directory: Path, repository: str | None = None) -> None:
    """A fresh project. A repository that the project has from the start is `tool`; Poetry's only comes with the edit."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    manifest = PYPROJECT
    if repository == "tool":
        manifest = manifest.replace('["click==8.1.7"]', '["click==8.1.7", "tool"]')
        manifest += f'\n[tool.uv.sources]\ntool = {{ git = "{HOSTS[0]}tool", rev = "v1.0" }}\n'
    (directory / "pyproject.toml").write_text(manifest)
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


def fetched_from(directory: Path, name: str) -> list[str] | None:
    """The repository and commit that a project was installed from, as the installer notes it (PEP 610)."""
    for note in (directory / ".venv").glob(f"lib/python*/site-packages/{name}-*.dist-info/direct_url.json"):
        told = json.loads(note.read_text())
        return [told["url"], told.get("vcs_info", {}).get("commit_id", "")]
    return None


def measure(work: Path, file: str, case: dict, text: str, honest: str | None) -> dict:
    """What the tool says of a file, and what it installs from it."""
    tool, _, check, install = TOOLS[file]
    directory = work / re.sub(r"\W+", "-", f"{file} {case['name']}")
    repository = case.get("repository")
    project(directory, repository)
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
    if repository is not None:
        answer["fetched"] = fetched_from(directory, repository)
        answer["added"] = answer["fetched"] not in (None, case.get("fetched"))
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
    if entry and "[package.source]" in after:
        # Poetry's entry names its source already, and is not the last one here.
        bare = re.sub(r"\n\[package\.source\]\n(?:.+\n)*", "", entry[0])
        return text[: entry.start()] + bare.rstrip("\n") + "\n" + after.removesuffix(before) + text[entry.end() :]
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
    if answer["install"] == 0 and "repository" in case:
        said.append(f"{installing} builds it, that is, runs its code" if answer["added"] else f"{installing} keeps to what was locked")
    elif answer["install"] == 0 and answer["installed"] == "built":
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
    commits = repositories(work)
    measured = []
    for file, (tool, lock, _, _) in TOOLS.items():
        if arguments.file and file not in arguments.file:
            continue
        locked: dict[str | None, tuple[str, dict]] = {}
        for case in (case for case in cases if case["file"] == file):
            repository = case.get("repository")
            if repository not in locked:
                directory = work / f"honest {file} {repository or ''}".strip().replace(" ", "-")
                project(directory, repository)
                keep(file, directory)
                code, output = run(directory, lock)
                if code != 0:
                    print(f"{file}: {' '.join(lock)} failed\n{output}", file=sys.stderr)
                    return 2
                text = (directory / file).read_text()
                well = measure(work, file, {**case, "name": f"as it was {repository or ''}"}, text, None)
                if well["install"] != 0 or well["installed"] != "wheel" or well.get("check", 0) != 0:
                    print(f"{file}: {tool} does not install what it locked: {well}", file=sys.stderr)
                    return 2
                locked[repository] = text, well
            edited, well = locked[repository]
            key = f"{file}: {case['name']}"
            measured.append(key)
            for edit in case["edits"]:
                before, after = (re.sub("|".join(commits), lambda found: commits[found[0]], text) for text in edit)
                edited = edited and replaced(edited, before, after)
            if edited is None:
                print(f"{key}: the edit cannot be made in what {tool} wrote", file=sys.stderr)
                return 2
            answer = measure(work, file, {**case, "fetched": well.get("fetched")}, edited, well["packer"])
            answers[key] = {**answer, "words": words(file, case, answer)}
            print(f"{key}: {answers[key]['words']}", flush=True)
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
