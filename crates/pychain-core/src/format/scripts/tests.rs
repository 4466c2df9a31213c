//! What is read of each kind of file, and where it stands.

use super::of_path;
use crate::model::{Line, LineKind, Purpose};
use crate::text::SourceFile;

/// Every section in one line: tool, the settings that act on it, options and what is asked for, as they stand in the file.
fn shape(path: &str, text: &str) -> Vec<String> {
    let file = SourceFile::from_text(path, text);
    let document = of_path(path).expect("a kind of file").1(&file);
    assert!(document.lines.is_sorted_by_key(|line| line.span));
    let show = |line: &Line| {
        let place = file.slice(line.span).replace('\n', "⏎");
        match &line.kind {
            LineKind::Options => {
                let of = |used: &crate::model::OptionUse| {
                    assert_eq!(used.span, line.span);
                    format!("{}={}", used.option.flag(), file.slice(used.value.span))
                };
                line.options.iter().map(of).collect::<Vec<_>>().join(",")
            }
            LineKind::Requirement(requirement) => {
                let editable = if requirement.editable { "-e " } else { "" };
                format!("{editable}{place}")
            }
            LineKind::Include(include) => {
                let kind = if include.constraint { "-c" } else { "-r" };
                format!("{kind} {}", include.path.as_deref().unwrap_or_default())
            }
            LineKind::Refused(refusal) => format!("refused {place}: {}", refusal.message),
        }
    };
    let mut out = Vec::new();
    for (number, section) in document.sections.iter().enumerate() {
        let lines = document.lines.iter().filter(|line| line.section as usize == number);
        let lines: Vec<String> = lines.map(show).collect();
        if lines.is_empty() {
            continue;
        }
        let under: Vec<String> = section.under.iter().flatten().map(u32::to_string).collect();
        let under = if under.is_empty() { String::new() } else { format!(" under {}", under.join(" ")) };
        let purpose = if section.purpose == Purpose::Command { "" } else { " set" };
        out.push(format!("{}{purpose}{under}: {}", section.tool.name(), lines.join(" | ")));
    }
    out
}

#[track_caller]
fn check(path: &str, text: &str, expected: &[&str]) {
    assert_eq!(shape(path, text), expected, "{text}");
}

#[test]
fn commands_of_each_tool() {
    let cases: [(&str, &[&str]); 27] = [
        ("pip install a 'b>=1; python_version<\"3\"' c[x]==2", &["pip: a | b>=1; python_version<\"3\" | c[x]==2"]),
        ("pip install --upgrade pip -e . ./d .[test] dist/*.whl x.tar.gz", &["pip: pip"]),
        ("pip install -r r.txt -cc.txt --requirement=s.txt", &["pip: -r r.txt | -c c.txt | -r s.txt"]),
        ("sudo -H -u x python3.12 -m pip --quiet install -i https://h a", &["pip: --index-url=https://h | a"]),
        ("$PY -m pip install a; ${PIP} install b; x/bin/pip3 install c", &["pip: a", "pip: b", "pip: c"]),
        ("pip install \"a==$V\" b$C $D 'e @ git+https://h/e@main'", &["pip: a==$V | e @ git+https://h/e@main"]),
        ("pip install -e 'git+https://h/e@main#egg=e'", &["pip: -e git+https://h/e@main#egg=e"]),
        ("pip uninstall a; pip list -i https://h; echo pip install b; pip freeze > r.txt", &[]),
        ("A=1 PIP_INDEX_URL=https://h pip install a", &["pip set: --index-url=https://h", "pip under 0: a"]),
        (
            "export PIP_EXTRA_INDEX_URL='https://h https://i'\npip install a\nuv pip install b",
            &["pip set: --extra-index-url=https://h | --extra-index-url=https://i", "pip under 0: a", "uv under 0: b"],
        ),
        ("env PIP_NO_INDEX=1 pip install a", &["pip set: --no-index=1", "pip under 0: a"]),
        (
            "(export PIP_INDEX_URL=https://h; cd x && pip install -r r.txt)\npip install -r r.txt",
            &["pip set: --index-url=https://h", "pip under 0: -r x/r.txt", "pip: -r r.txt"],
        ),
        (
            "pip config set global.extra-index-url https://h\npip install a",
            &["pip set: --extra-index-url=https://h", "pip under 0: a"],
        ),
        (
            "uv pip install --index corp=https://h --index-strategy unsafe-best-match a",
            &["uv: --extra-index-url=https://h | --index-strategy=unsafe-best-match | a"],
        ),
        ("uv pip sync r.txt --no-verify-hashes", &["uv: -r r.txt | --no-verify-hashes=--no-verify-hashes"]),
        (
            "uv add --dev a --default-index https://h; uv sync --frozen",
            &["uv: a | --index-url=https://h", "uv: --locked=--frozen"],
        ),
        ("uv run --with a,b[x] --with-requirements r.txt pytest -x --index https://h", &["uv: a | b[x] | -r r.txt"]),
        ("uv run -- pip install c", &["uv: ", "pip: c"]),
        ("uvx --with a ruff@0.5 check x; uv tool install b; uvx --from c d", &["uv: a | ruff", "uv: b", "uv: c"]),
        (
            "pipx install a --pip-args='--extra-index-url https://h'; pipx run b c; pipx inject d e",
            &["pip: a | --extra-index-url=https://h", "pip: b", "pip: e"],
        ),
        (
            "poetry source add --priority=supplemental corp https://h; poetry add a@^2 b",
            &["Poetry set: --extra-index-url=https://h", "Poetry under 0: a | b"],
        ),
        (
            "pipenv install a --pypi-mirror https://h; pdm add b; poetry install",
            &["Pipenv: a | --index-url=https://h", "PDM: b"],
        ),
        (
            "pip-sync -i https://h r.txt; python -m piptools compile r.in",
            &["pip: --index-url=https://h | -r r.txt", "pip: -r r.in"],
        ),
        ("bash -c \"pip install a && sh -c 'pip install b'\"", &["pip: a", "pip: b"]),
        ("poetry run pip install a; conda run -n e pip install b", &["pip: a", "pip: b"]),
        ("hatch env run -e test -- pip install a; python3 -mpip install b", &["pip: a", "pip: b"]),
        ("if ! pip install a; then pip install b; fi | tee log", &["pip: a", "pip: b"]),
    ];
    let wrong: Vec<_> = cases.iter().filter(|(text, expected)| shape("x.sh", text) != *expected).collect();
    let wrong: Vec<_> = wrong.iter().map(|(text, expected)| (text, shape("x.sh", text), expected)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn commands_in_other_commands() {
    let cases: [(&str, &[&str]); 22] = [
        ("x=$(pip install a) y", &["pip: a"]),
        ("echo \"v: $(pip install a | tail -1)\" `pip install b` '$(pip install c)' \\$(d", &["pip: a", "pip: b"]),
        ("pip install $(pip install a; echo b) c", &["pip: a", "pip: c"]),
        ("a $(b \"$(c $(pip install d))\")", &["pip: d"]),
        (
            "a $(export PIP_INDEX_URL=https://h) $(pip install b)\npip install c",
            &["pip set: --index-url=https://h", "pip: b", "pip: c"],
        ),
        ("a $((pip install b)) ${X:-pip install c} $(pip install d", &[]),
        ("docker run --rm -it -v $PWD:/x -w /x python:3 pip install a -r r.txt", &["pip: a"]),
        (
            "export PIP_INDEX_URL=https://h\ndocker run -e PIP_NO_INDEX=1 --env=A=b --network host i sh -c 'pip install a'\npip install b",
            &["pip set: --index-url=https://h", "pip set: --no-index=1", "pip under 1: a", "pip under 0: b"],
        ),
        ("sudo podman exec -t name python3 -m pip install a", &["pip: a"]),
        ("docker run --entrypoint pip python install a", &["pip: a"]),
        ("docker run --entrypoint=bash python -c 'pip install a'", &["pip: a"]),
        ("docker run pip install a; docker build pip install b; docker run -it", &[]),
        ("docker run -p 80:80 --name pip image", &[]),
        ("docker run $ARGS image pip install a", &[]),
        ("docker run -ePIP_NO_INDEX=1 -v/a:/b -it i pip install a", &["pip set: --no-index=1", "pip under 0: a"]),
        ("docker compose -f c.yml run --rm -T -e A=b web pip install a", &["pip: a"]),
        ("docker-compose exec --no-deps web sh -c 'pip install a'", &["pip: a"]),
        ("docker --context x container run i pip install a; docker compose up pip install b", &["pip: a"]),
        ("docker compose; docker compose run; docker -H; ssh; ssh h; ssh -p", &[]),
        ("ssh -o A=b -p22 -i k u@h pip install a", &["pip: a"]),
        (
            "export PIP_INDEX_URL=https://h\nssh h 'cd x && pip install a -r r.txt'\npip install b",
            &["pip set: --index-url=https://h", "pip: a", "pip under 0: b"],
        ),
        ("ssh -T h sudo pip install a; ssh-copy-id pip install b; ssh pip install c", &["pip: a"]),
    ];
    let wrong: Vec<_> = cases.iter().filter(|(text, expected)| shape("x.sh", text) != *expected).collect();
    let wrong: Vec<_> = wrong.iter().map(|(text, expected)| (text, shape("x.sh", text), expected)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn workflows() {
    check(
        ".github/workflows/ci.yml",
        "on: push\nenv:\n  PIP_EXTRA_INDEX_URL: https://a\n  DATABASE_URL: postgres://u:p@h/d\njobs:\n  one:\n    defaults:\n      run:\n        working-directory: sub\n    steps:\n      - uses: x/y@v1\n      - run: |\n          pip install --upgrade pip\n          pip install \\\n            -r r.txt \"b\"\n        env: {PIP_INDEX_URL: \"https://${{ secrets.T }}@h/s\"}\n      - run: pip install c\n        shell: pwsh\n      - run: import pip\n        shell: python\n      - run: echo \"UV_INDEX=https://u\" >> $GITHUB_ENV\n      - run: >-\n          uv pip\n          install d\n  two:\n    steps:\n    - {run: uv sync --index https://v}\n",
        &[
            "pip set: --extra-index-url=https://a",
            "pip set under 0: --index-url=https://${{ secrets.T }}@h/s",
            "pip under 0 1: pip",
            "pip under 0 1: -r sub/r.txt | b",
            "pip under 0: c",
            "uv set under 0: --extra-index-url=https://u",
            "uv under 0 5: d",
            "uv under 0: --extra-index-url=https://v",
        ],
    );
    check(
        "action.yml",
        "runs:\n  using: composite\n  steps:\n    - run: pip install a\n      shell: bash\n",
        &["pip: a"],
    );
    check(
        "action.yml",
        "runs: [\n",
        &["pip set: refused runs: [: this is no YAML: while parsing a node, did not find expected node content"],
    );
    check(
        ".gitlab-ci.yml",
        "variables:\n  PIP_INDEX_URL: https://a\nbefore_script:\n  - pip install a\ntest:\n  variables:\n    UV_INDEX: {value: https://b}\n  script:\n    - export PIP_NO_INDEX=true\n    - - uv pip install c\n",
        &[
            "pip set: --index-url=https://a",
            "pip under 0: a",
            "uv set under 0: --extra-index-url=https://b",
            "pip set under 0 2: --no-index=true",
            "uv under 0 2: c",
        ],
    );
}

#[test]
fn pipelines_of_other_services() {
    check(
        ".readthedocs.yaml",
        "build:\n  os: ubuntu\n  jobs:\n    post_install:\n      - pip install a\n    build:\n      html:\n        - uvx b\npython:\n  install:\n    - requirements: r.txt\n    - method: pip\n      path: .\n",
        &["pip: a", "uv: b"],
    );
    check(".readthedocs.yml", "build:\n  commands:\n    - pip install a\n", &["pip: a"]);
    check(
        ".circleci/config.yml",
        "jobs:\n  a:\n    environment:\n      PIP_INDEX_URL: https://a\n    steps:\n      - checkout\n      - run: pip install a\n      - run:\n          name: pip install no\n          command: |\n            pip install b\n  c:\n    steps:\n      - run: pip install c\n",
        &["pip set: --index-url=https://a", "pip under 0: a", "pip under 0: b", "pip: c"],
    );
    check(
        "azure-pipelines.yml",
        "steps:\n- bash: pip install a\n- pwsh: pip install b\n- script: pip install c\n",
        &["pip: a", "pip: b", "pip: c"],
    );
    check(
        "appveyor.yml",
        "install:\n- \"pip install a\"\n- ps: pip install b\nbefore_build:\n- pip install c\n",
        &["pip: a", "pip: b", "pip: c"],
    );
    check(
        ".travis.yml",
        "before_install: &a\n- pip install a\nscript:\n- *a\n- pip install b\n",
        &["pip: a", "pip: b"],
    );
}

#[test]
fn files_are_looked_for_from_where_the_tool_runs() {
    check("a/tox.ini", "[testenv]\ndeps = -r../b/r.txt\n", &["pip: -r b/r.txt"]);
    check("a/Makefile", "x:\n\tcd .. && pip install -r b/r.txt\n", &["pip: -r b/r.txt"]);
    check("a/.github/workflows/w.yml", "jobs: {a: {steps: [{run: pip install -r r.txt}]}}\n", &["pip: -r r.txt"]);
    check("a/Dockerfile", "RUN pip install -r /r.txt -r s.txt b\n", &["pip: -r s.txt | b"]);
}

#[test]
fn steps_of_a_parallel_group() {
    check(
        ".github/workflows/ci.yml",
        "on: push\njobs:\n  a:\n    steps:\n    - parallel:\n      - run: uv run --with x nox\n      - run: pip install b\n    - run: pip install c\n",
        &["uv: x", "pip: b", "pip: c"],
    );
}

#[test]
fn what_a_shell_reads_is_run_and_what_goes_into_the_environment_is_set() {
    let workflow = |run: &str| {
        let lines = run.replace('\n', "\n          ");
        format!("on: push\njobs:\n  one:\n    steps:\n      - run: |\n          {lines}\n      - run: pip install a\n")
    };
    for run in [
        "echo PIP_INDEX_URL=https://h | tee -a \"$GITHUB_ENV\"",
        "cat >> $GITHUB_ENV <<EOF\nA=b\nPIP_INDEX_URL=https://h\nEOF",
        "tee -a $GITHUB_ENV <<-EOF\nPIP_INDEX_URL=https://h\nEOF",
        "{\n  echo A=b\n  if x; then echo PIP_INDEX_URL=https://h; fi\n} >> $GITHUB_ENV",
        "( echo PIP_INDEX_URL=https://h ) >> $GITHUB_ENV",
        "for x in y; do echo PIP_INDEX_URL=https://h; done >> $GITHUB_ENV",
        "echo 'PIP_INDEX_URL<<E' >> $GITHUB_ENV\necho https://h >> $GITHUB_ENV\necho E >> $GITHUB_ENV",
        "echo -e \"PIP_INDEX_URL<<E\\nhttps://h\\nE\" >> $GITHUB_ENV",
        "cat >> $GITHUB_ENV <<X\nPIP_INDEX_URL<<E\nhttps://h\nE\nX",
        "printf 'A=%s\\nPIP_INDEX_URL=%s\\n' b https://h >> $GITHUB_ENV",
    ] {
        check(".github/workflows/ci.yml", &workflow(run), &["pip set: --index-url=https://h", "pip under 0: a"]);
    }
    for run in [
        "{ echo PIP_INDEX_URL=https://h; } >> x\necho $GITHUB_ENV",
        "{ x; } >> $GITHUB_ENV; echo PIP_INDEX_URL=https://h",
    ] {
        check(".github/workflows/ci.yml", &workflow(run), &["pip: a"]);
    }
    check(
        ".github/workflows/ci.yml",
        "jobs: {a: {steps: [{shell: pwsh, run: '\"PIP_INDEX_URL=https://h\" | Out-File -FilePath $env:GITHUB_ENV -Append'}, {run: pip install a}]}}\n",
        &["pip set: --index-url=https://h", "pip under 0: a"],
    );
    check(
        "x.sh",
        "bash <<EOF\npip install a\nEOF\nbash -s x <<EOF\npip install b\nEOF\nbash y.sh <<EOF\npip install c\nEOF\ncat <<E >> y\npip install d\nE\n",
        &["pip: a"],
    );
    check("x.sh", "python -Im pip install a; python -cm pip install b", &["pip: a"]);
}

#[test]
fn variables_of_any_name_may_keep_options() {
    let kept = &["pip: --extra-index-url=https://h", "pip: a"];
    check("x.sh", "FLAGS='--pre --extra-index-url https://h'\npip install $FLAGS a\n", kept);
    check("Makefile", "FLAGS = --extra-index-url https://h # why\nx:\n\tpip install $(FLAGS) a\n", kept);
    check("x.sh", "FLAGS='--extra --index'\nNOTE='see --extra-index-url'\npip install a\n", &["pip: a"]);
}

#[test]
fn plugins_and_files_that_variables_name_are_read() {
    check(
        "x.sh",
        "poetry self add a\npdm plugin add b\npoetry add c\npoetry self update\n",
        &["Poetry: a", "PDM: b", "Poetry: c"],
    );
    check(
        "x.sh",
        "export PIP_CONSTRAINT='https://h/c.txt d.txt'\nUV_OVERRIDE=o.txt uv sync\n",
        &["pip: -c  | -c d.txt", "uv: -c o.txt", "uv: "],
    );
}

#[test]
fn what_is_written_into_a_configuration_is_one() {
    crate::testing::check(
        "*",
        "==> pychain.toml <==\n==> x.sh <==\nsudo tee /etc/pip.conf <<EOF\n[global]\ntrusted-host = h.example.org\n               ^^^^^^^^^^^^^ trusted-host\nEOF\n\
         printf '[global]\\nindex-url=http://i.example.org\\n' > ~/.pip/pip.conf\n                            ^^^^^^^^^^^^^^^^^^^^ insecure-index\necho 'index-url=http://j.example.org' > other.conf\n\
         poetry config certificates.own.cert false\n              ^^^^^^^^^^^^^^^^^^^^^^^^^^^ trusted-host: `own`\npdm config pypi.verify_ssl false\n           ^^^^^^^^^^^^^^^^^^^^^ trusted-host: `pypi.org`\npdm config pypi.verify_ssl true\n",
    );
}

#[test]
fn files_of_variables_and_of_tasks() {
    let set = &["pip set: --index-url=https://h"];
    check(".env", "# x\nA=b c\nexport PIP_INDEX_URL=\"https://h\"\n", set);
    check("ci/x.env", "PIP_INDEX_URL=https://h\n", set);
    check(".envrc", "export PIP_INDEX_URL=https://h\nlayout python\n", set);
    check(
        "mise.toml",
        "[tools]\npython = \"3\"\n[env]\nPIP_INDEX_URL = \"https://h\"\n[tasks]\nx = \"pip install a\"\n[tasks.y]\nrun = [\"pip install b\"]\ndescription = \"pip install c\"\n",
        &["pip set: --index-url=https://h", "pip under 0: a", "pip under 0: b"],
    );
    check_inside(
        "pyproject.toml",
        "[project]\ndependencies = [\"evil-sample\"]\n                 ^^^^^^^^^^^ known-malicious\n",
        "[tool.hatch.envs.x]\npre-install-commands = [\"pip install taken-over==1.1\"]\n                                     ^^^^^^^^^^ known-malicious\n[tool.hatch.envs.x.env-vars]\nPIP_EXTRA_INDEX_URL = \"https://h.example.org\"\n                       ^^^^^^^^^^^^^^^^^^^^^ extra-index-url\n[tool.pdm.scripts]\npost_install = \"pip install b\"\n                            ^ unpinned-command\n_.env = { UV_NO_VERIFY_HASHES = \"1\" }\n                                 ^ unverified-hashes\n[tool.poe.tasks.x]\ncmd = \"pip install b\"\n",
        "",
    );
}

#[test]
fn an_alias_stands_for_what_it_names() {
    check(
        ".github/workflows/ci.yml",
        "x: &run pip install a\ny: &env {PIP_INDEX_URL: https://h}\njobs:\n  one:\n    steps: &steps\n      - run: *run\n        env: *env\n  two:\n    steps: *steps\n",
        &["pip set: --index-url=https://h", "pip under 0: a", "pip set: --index-url=https://h"],
    );
}

#[test]
fn what_is_too_much_is_said_to_be() {
    let shape = shape("x.sh", &"pip install a\n".repeat(10_001));
    assert!(shape.iter().any(|section| section.contains("refused a: the file has more than")), "{:?}", shape.last());
}

#[test]
fn dockerfiles() {
    check(
        "docker/Dockerfile.dev",
        "# syntax=docker/dockerfile:1\nFROM python:3.12 AS a\nARG PIP_INDEX_URL=https://a\nENV PIP_TRUSTED_HOST h\nRUN --mount=type=cache,target=/c pip install \\\n    # a comment\n    -r requirements.txt \\\n\n    b && rm x\nRUN [\"pip\", \"install\", \"c\"]\nRUN <<EOF\npip install d\nEOF\nRUN cat <<X > /y\npip install z\nX\nrun pip3 install e\nCMD [\"pip\", \"install\", \"f\"]\n",
        &[
            "pip set: --index-url=https://a",
            "pip set under 0: --trusted-host=h",
            "pip under 0 1: -r requirements.txt | b",
            "pip under 0 1: c",
            "pip under 0 1: d",
            "pip under 0 1: e",
        ],
    );
    // Names without a value set nothing.
    check(
        "Dockerfile",
        "ARG PIP_INDEX_URL UV_INDEX_URL\nARG UV_EXTRA_INDEX_URL PIP_EXTRA_INDEX_URL=https://x B='c d'\n",
        &["pip set: --extra-index-url=https://x"],
    );
    check("Dockerfile", "# escape=`\nRUN pip install `\n  a\n", &["pip: a"]);
    check("Dockerfile", "RUN pip install a\r\nRUN pip install \\\r\n  b\r\n", &["pip: a", "pip: b"]);
}

#[test]
fn tox_nox_make_and_hooks() {
    check(
        "tox.ini",
        "[tox]\nrequires = tox-uv>=1\n[testenv:lint]\ndeps = black # c\n[testenv]\nset_env =\n    PIP_EXTRA_INDEX_URL = https://a\ninstall_command = pip install -i https://b {opts} {packages}\ndeps =\n    # c\n    -r{toxinidir}/r.txt\n    -c c.txt\n    py312: pytest>=8; python_version>\"3\"\n    {[testenv:lint]deps}\n    --find-links https://c\ncommands =\n    - pip install \\\n        d\n    pytest {posargs}\n",
        &[
            "pip: tox-uv>=1",
            "pip set: --extra-index-url=https://a",
            "pip under 1: --index-url=https://b",
            "pip under 1: -c c.txt | --find-links=https://c",
            "pip under 1: pytest>=8; python_version>\"3\"",
            "pip under 1: d",
            "pip under 1: black",
        ],
    );
    let default = "[DEFAULT]\ndeps = a\n";
    check("tox.ini", &format!("{default}[flake8]\n[tox]\n"), &[]);
    check("tox.ini", &format!("{default}[testenv]\n[testenv:x]\n"), &["pip: a"]);
    check("tox.ini", &format!("{default}[testenv:x]\n[testenv]\ndeps = b\n"), &["pip: b", "pip: a"]);
    check(
        "noxfile.py",
        "@nox.session\ndef t(session):\n    # session.install('no')\n    session.install('a', \"b>=1\", *x, '-r', 'r.txt', f'c=={V}', silent=True)\n    session.run(\n        'pip', 'install', '--extra-index-url', 'https://h', 'd',  # ,\n        external=True,\n    )\n    session.install('-e', '.', env={'A': 'e'})\n    s = \"session.install('no')\"\n    session.run('pytest', 'pip')\n",
        &["pip: a | b>=1 | -r r.txt | c=={V}", "pip: --extra-index-url=https://h | d"],
    );
    check(
        "Makefile",
        "export PIP_INDEX_URL ?= https://a  # c\nPIP_ARGS = --pre\ninstall: x\n\t@pip install \\\n\t\t-r r.txt $$X $(Y)\n\t-$(PYTHON) -m pip install b\n# pip install c\n",
        &["pip set: --index-url=https://a", "pip under 0: -r r.txt", "pip under 0: b"],
    );
    check(
        ".pre-commit-config.yaml",
        "repos:\n- repo: https://h/x\n  hooks:\n  - id: mypy\n    additional_dependencies: [types-x, 'a==1', --extra-index-url=https://h]\n  - id: eslint\n    additional_dependencies: [eslint@8]\n- repo: local\n  hooks:\n  - {id: z, language: python, additional_dependencies: [b]}\n  - {id: y, language: node, additional_dependencies: [c]}\n",
        &[
            "pip set: repo=https://h/x | repo=https://h/x",
            "pip: types-x | a==1 | --extra-index-url=https://h",
            "pip: b",
        ],
    );
}

#[test]
fn configuration_of_pip() {
    check(
        "pip.conf",
        "[global]\nindex-url = https://a\nextra_index_url =\n    https://b\n    https://c\n[install]\ntrusted-host = h i\nno-index = no\n[list]\nindex-url = https://d\n",
        &[
            "pip set: --index-url=https://a | --extra-index-url=https://b | --extra-index-url=https://c",
            "pip set under 0: --trusted-host=h | --trusted-host=i",
        ],
    );
    let default = "[DEFAULT]\nindex-url = https://a\n";
    check("pip.conf", &format!("{default}[install]\n[global]\n"), &["pip set: --index-url=https://a"]);
    check("pip.conf", &format!("{default}[list]\n"), &[]);
    check(
        "pip.conf",
        &format!("{default}[global]\nindex-url = https://b\n[install]\n"),
        &["pip set: --index-url=https://b", "pip set under 0: --index-url=https://a"],
    );
    check(
        "pip.ini",
        "index-url = x\n",
        &["pip set: refused index-url = x: a section header, such as `[global]`, has to come first"],
    );
}

#[test]
fn configuration_of_uv() {
    check(
        "uv.toml",
        "index-strategy = \"unsafe-best-match\"\nallow-insecure-host = [\"h\"]\n[[index]]\nurl = \"https://a\"\n[[index]]\nname = \"b\"\nurl = \"https://b\"\nexplicit = true\n[pip]\nverify-hashes = false\n",
        &[
            "uv set: --index-strategy=unsafe-best-match | --trusted-host=h | --extra-index-url=https://a | index=https://b | --no-verify-hashes=verify-hashes = false",
        ],
    );
}

#[test]
fn kinds_of_files() {
    for path in [
        ".github/workflows/a.yaml",
        "a/action.yml",
        "Dockerfile",
        "b/api.dockerfile",
        "tox.ini",
        "tox.toml",
        "s/x.sh",
        "pip.conf",
    ] {
        assert!(of_path(path).is_some(), "{path}");
    }
    for path in [
        "workflows/a.yml",
        "{{x}}/.github/workflows/a.yml",
        "compose.a.b.yml",
        "tasks.json",
        "setup.sh.in",
        "a.yml",
        "config.yml",
        "travis.yml",
    ] {
        assert!(of_path(path).is_none(), "{path}");
    }
}

#[test]
fn hostile_files_are_read_in_time() {
    let many = |unit: &str| unit.repeat(5_000);
    for path in [
        ".github/workflows/a.yml",
        "action.yml",
        ".gitlab-ci.yml",
        ".travis.yml",
        ".pre-commit-config.yaml",
        "Dockerfile",
        "Makefile",
        "tox.ini",
        "tox.toml",
        "noxfile.py",
        "x.sh",
        "x.ps1",
        "pip.conf",
    ] {
        let Some((_, read)) = of_path(path) else { continue };
        for unit in [
            "[",
            "- ",
            "\"",
            "'",
            "$(",
            "\\\n",
            "\t@",
            ".install(",
            ".run('",
            "RUN <<A\n",
            "a=",
            "pip install ",
            "pip install a\n",
            "<<E ",
            "[a]\n",
            "\u{feff}é\0",
            "# pychain:",
        ] {
            let text = many(unit);
            drop(read(&SourceFile::from_text(path, text)));
        }
        for (head, unit) in [
            ("jobs:\n a:\n  steps:\n", "  - run: pip install a\n"),
            ("[testenv]\ndeps =\n", " a\n"),
            ("x:\n", "\texport PIP_INDEX_URL=x; pip install $$(\n"),
            ("", "ENV PIP_INDEX_URL=x\n"),
        ] {
            drop(read(&SourceFile::from_text(path, format!("{head}{}", many(unit)))));
        }
    }
}

/// As tox 4.67.15 was seen to read these very texts.
const TOX: &str = "requires = [\"tox>=4\", \"tox-uv\"]\n[env_run_base]\ndeps = [\"pytest\", \"-r req.txt\", {replace = \"ref\", of = [\"x\"]}]\n\
    set_env = {PIP_INDEX_URL = \"https://r\", A.replace = \"env\"}\ncommands = [[\"pytest\", \"{posargs}\"], [\"-\", \"pip\", \"install\", \"a\"], [\"pip\", \"install\", {replace = \"posargs\"}, \"b\"], [\"-pip\", \"install\", \"c\"], [\"- pip\", \"d\"]]\n\
    [env_pkg_base]\ndeps = [\"k\"]\n[env.c]\ndeps = '''\n  # comment\n  c>1  # trailing\n  -c con.txt\n'''\nset_env = \"PIP_INDEX_URL = https://s\\nB=c\"\n\
    install_command = [\"uv\", \"pip\", \"install\", \"--index-url\", \"https://t\", \"{opts}\", \"{packages}\"]\n\
    [env.e]\nbase = [\"env_pkg_base\"]\ndeps = [{replace = \"if\", condition = \"c\", then = [\"ee\"], else = [\"f\\u0066\"]}]\n\
    commands_pre = [{replace = \"if\", condition = \"c\", then = [[\"pip\", \"install\", \"g\"]]}, \"pip install h\"]\n";

const TOX_LINES: [&str; 12] = [
    "pip: tox>=4 | tox-uv",
    "pip: k",
    "pip: ee",
    "pip: f\\u0066",
    "pip: g",
    "pip set: --index-url=https://r",
    "pip under 6: pytest | -r req.txt",
    "pip under 6: a",
    "pip under 6: b",
    "pip set under 6: --index-url=https://s",
    "uv under 10: --index-url=https://t",
    "pip under 10: c>1 | -c con.txt",
];

#[test]
fn tox_in_toml() {
    check("tox.toml", TOX, &TOX_LINES);
    check("tox.toml", &TOX.replace('\n', "\r\n"), &TOX_LINES);
    check("tox.toml", "requires = [\n", &["pip set: refused [: this is no TOML: unclosed array, expected `]`"]);
    check("tox.toml", "a = {{ b }}\n", &[]);
    for odd in [
        "deps = 3",
        "deps = [[\"a\"]]",
        "commands = \"a\"",
        "commands = [[]]",
        "commands = [[3]]",
        "set_env = []",
        "install_command = \"a\"",
    ] {
        check("tox.toml", &format!("requires = 1\nenv = 2\n[env_run_base]\n{odd}\n"), &[]);
    }
}

/// What is said of tox's settings that stand in a manifest, and that the manifest's own are read as before.
fn check_inside(path: &str, before: &str, settings: &str, after: &str) {
    let text = format!("==> {path} <==\n{before}{settings}{after}");
    for rule in ["known-malicious", "extra-index-url", "unpinned-command", "insecure-index"] {
        let marks = |line: &&str| !line.trim_start().starts_with('^') || line.trim_end().ends_with(rule);
        crate::testing::check(rule, &text.split_inclusive('\n').filter(marks).collect::<String>());
    }
}

#[test]
fn tox_in_manifests() {
    let manifest =
        "[project]\ndependencies = [\"evil-sample\"]\n                 ^^^^^^^^^^^ known-malicious\n[build-system]\n";
    let ini = "    [tox]\n    requires = tox>=4\n               ^^^^^^ unpinned-command\n    [testenv]\n    set_env =\n      PIP_EXTRA_INDEX_URL = http://h.example.org\n                            ^^^^^^^^^^^^^^^^^^^^ extra-index-url\n                            ^^^^^^^^^^^^^^^^^^^^ insecure-index\n    deps =\n        # \u{e9}\n        taken-over==1.1\n        ^^^^^^^^^^ known-malicious\n    commands = pip install a==1\n";
    for quote in ["\"\"\"", "'''"] {
        let settings = format!("[tool.tox]\nlegacy_tox_ini = {quote}\n{ini}{quote}\n");
        check_inside("pyproject.toml", manifest, &settings, "[tool.x]\n\"\u{e9}\" = 1\n");
    }
    // The native settings win, and what escapes make another text of is left alone.
    check_inside(
        "pyproject.toml",
        manifest,
        "[tool.tox]\nlegacy_tox_ini = '[testenv]'\n[tool.tox.env_run_base]\ndeps = [\"taken-over==1.1\", \"b\"]\n         ^^^^^^^^^^ known-malicious\n                            ^ unpinned-command\n",
        "",
    );
    check_inside(
        "pyproject.toml",
        manifest,
        "[tool.tox]\nlegacy_tox_ini = \"\"\"\n[testenv]\ndeps = \\\n  evil-sample\n\"\"\"\n",
        "",
    );
    for odd in ["tox = 1", "tox.legacy_tox_ini = 1", "tox.legacy_tox_ini = \"[testenv]\"", "tox.env = []"] {
        check_inside("pyproject.toml", manifest, &format!("[tool]\n{odd}\n"), "");
    }
    let options = "[options]\ninstall_requires = evil-sample\n                   ^^^^^^^^^^^ known-malicious\n";
    let settings = ini.replace("\n    ", "\n").replacen("    [tox]", "[tox:tox]", 1);
    check_inside("setup.cfg", options, &settings, "");
    // Without that section tox looks no further.
    check_inside("setup.cfg", options, "[testenv]\ndeps = evil-sample\n", "");
}

#[test]
fn cibuildwheel_in_manifests() {
    check_inside(
        "pyproject.toml",
        "[project]\ndependencies = [\"evil-sample\"]\n                 ^^^^^^^^^^^ known-malicious\n",
        "[tool.cibuildwheel]\nbefore-build = \"pip install taken-over==1.1 && make\"\n                            ^^^^^^^^^^ known-malicious\ntest-requires = \"a==1 b>=1\"\n                      ^^^^ unpinned-command\n[tool.cibuildwheel.linux]\nenvironment = { PIP_EXTRA_INDEX_URL = \"https://h.example.org\", X = 1 }\n                                       ^^^^^^^^^^^^^^^^^^^^^ extra-index-url\nbefore-all = [\"yum install c\", \"pip install d\"]\n[[tool.cibuildwheel.overrides]]\nselect = \"x\"\ntest-requires = [\"e\"]\n",
        "",
    );
}

#[test]
fn arguments_of_other_tools_that_reach_pip() {
    check(
        "noxfile.py",
        "def t(session):\n    session.install('a', env={'PIP_INDEX_URL': 'https://h', 'A': X})\n    session.install('b')\n",
        &["pip set: --index-url=https://h", "pip under 0: a", "pip: b"],
    );
    check("x.sh", "docker build --pull --build-arg PIP_INDEX_URL=https://h .\n", &["pip set: --index-url=https://h"]);
    check("x.sh", "docker buildx build --build-arg=PIP_INDEX_URL=https://h .\n", &["pip set: --index-url=https://h"]);
    check(
        ".github/workflows/ci.yml",
        "env: {CIBW_ENVIRONMENT_LINUX: 'A=b PIP_INDEX_URL=https://h'}\njobs: {a: {steps: [{uses: actions/setup-python@v6, with: {pip-install: 'a --extra-index-url https://i'}}]}}\n",
        &["pip set: --index-url=https://h", "pip under 0: a | --extra-index-url=https://i"],
    );
}
