//! Commands and settings, judged by the rules of requirements files; and how much of a workflow is ordinary.

use crate::testing::check;

const DEFAULT: &str = "==> pychain.toml <==\npolicy = \"default\"\n";

#[test]
fn what_is_ordinary_is_silent() {
    check(
        "*",
        &format!(
            "{DEFAULT}==> .github/workflows/ci.yml <==\nenv:\n  DATABASE_URL: postgres://user:hunter2@localhost/x\njobs:\n  t:\n    steps:\n      - run: |\n          echo '✅ naïve' # caf\u{e9}\n          python -m pip install --upgrade pip\n          pip install pytest flask>=3 -e .\n          pip install .[test] ./lib ../other dist/*.whl\n          pip install -r requirements.txt -r absent.txt -c constraints.txt\n          pip install --pre --no-binary :all: a\n          pip install \"a==$V\" $MORE \"${{{{ matrix.x }}}}\"\n          pip install -i https://x:${{{{ secrets.T }}}}@h.example.org/simple b\n          pip install --trusted-host $HOST b\n          git clone https://me:hunter2@h.example.org/x\n          uv sync --frozen && uvx pytest\n==> Dockerfile <==\nFROM python\nENV PIP_NO_CACHE_DIR=1\nARG PIP_EXTRA_INDEX_URL\nENV PIP_INDEX_URL=$INDEX\nRUN pip install -r requirements.txt\n==> tox.ini <==\n[testenv]\ndeps =\n    old: flask<2\n    new: flask>=3\n==> requirements.txt <==\na==1 --hash=sha256:{}\n",
            "0123456789abcdef".repeat(4)
        ),
    );
}

#[test]
fn options_of_a_command_act_on_the_file_that_it_includes() {
    check(
        "extra-index-url",
        "==> Dockerfile <==\nRUN pip install --extra-index-url https://h.example.org/s -r requirements.txt\n                                  ^^^^^^^^^^^^^^^^^^^^^^^ extra-index-url: pip pools this index with `https://pypi.org/simple`: of `b` and `a` it takes\nRUN pip install b --extra-index-url https://h.example.org/s\n==> requirements.txt <==\na\n",
    );
}

#[test]
fn settings_act_where_they_stand() {
    check(
        "extra-index-url",
        "==> .github/workflows/ci.yml <==\njobs:\n  one:\n    env:\n      PIP_EXTRA_INDEX_URL: https://h.example.org/s\n                           ^^^^^^^^^^^^^^^^^^^^^^^ extra-index-url: of `a` it takes the highest\n    steps:\n      - run: pip install a\n  two:\n    steps:\n      - run: pip install b\n",
    );
    check(
        "extra-index-url",
        "==> pip.conf <==\n[global]\nextra-index-url = https://h.example.org/s\n                  ^^^^^^^^^^^^^^^^^^^^^^^ extra-index-url: for whatever is installed with it\n",
    );
    // An option takes no setting back but the main index.
    check(
        "extra-index-url",
        "==> x.sh <==\nPIP_EXTRA_INDEX_URL=https://h.example.org pip install -i https://i.example.org a\n                    ^^^^^^^^^^^^^^^^^^^^^ extra-index-url: pip pools this index with `https://i.example.org`: of `a`\n",
    );
}

#[test]
fn what_a_requirements_file_says_is_said_once() {
    check(
        "*",
        &format!(
            "{DEFAULT}==> Dockerfile <==\nRUN pip install -r requirements.txt\nRUN pip install -r requirements.txt\n==> requirements.txt <==\n-i http://h.example.org/s\n   ^^^^^^^^^^^^^^^^^^^^^^ insecure-index\na\n^ unpinned-requirement\n"
        ),
    );
}

#[test]
fn secrets_are_those_of_installs() {
    check(
        "url-credentials",
        "==> x.sh <==\npip install -i https://ci:Sup3r@h.example.org/s a\n                          ^^^^^ url-credentials\npip install 'a @ git+https://me:Sup3r@h.example.org/a'\n                                ^^^^^ url-credentials\ncurl https://ci:Sup3r@h.example.org\npip install -i https://ci:$(get)@h.example.org/s a\n",
    );
}

#[test]
fn expected_indexes_hold_for_commands() {
    check(
        "unexpected-index",
        "==> pychain.toml <==\nexpected-indexes = [\"https://a.example.org/s\"]\n==> .gitlab-ci.yml <==\nvariables:\n  PIP_INDEX_URL: https://b.example.org/s\n                 ^^^^^^^^^^^^^^^^^^^^^^^ unexpected-index: is not an expected index\nt:\n  script:\n    - pip install a\n    - pip install -i https://u:$T@a.example.org/s a\n    - pip install -i https://$HOST/s a\n    - uv pip install b\n                     ^ unexpected-index: no option names an index\n",
    );
}

#[test]
fn private_names_are_looked_for_in_commands() {
    check(
        "private-name-exposed",
        "==> pychain.toml <==\nprivate-prefixes = [\"acme-\"]\n==> x.sh <==\npip install -i https://a.example.org/s acme-x\nuv pip install --index https://a.example.org/s acme-y\npip install --extra-index-url https://a.example.org/s acme-z==1\n                                                      ^^^^^^ private-name-exposed: has no hash, and pip may take\n",
    );
}

#[test]
fn names_references_and_hash_switches_are_judged() {
    check(
        "known-malicious",
        "==> noxfile.py <==\nsession.install(\"a\", 'evil-sample')\n                      ^^^^^^^^^^^ known-malicious\n",
    );
    check(
        "mutable-vcs-reference",
        "==> Makefile <==\nx:\n\tpip install git+https://h.example.org/b@main\n                                         ^^^^ mutable-vcs-reference\n\tpip install git+https://h.example.org/b@$(REF)\n",
    );
    check(
        "no-require-hashes",
        "==> x.sh <==\npip install --no-require-hashes a\n            ^^^^^^^^^^^^^^^^^^^ no-require-hashes\n",
    );
    check(
        "trusted-host",
        "==> tox.ini <==\n[testenv]\nset_env =\n  PIP_TRUSTED_HOST = h.example.org localhost\n                     ^^^^^^^^^^^^^ trusted-host: pip does not check\n  UV_INSECURE_HOST=i.example.org\n                   ^^^^^^^^^^^^^ trusted-host: uv does not check\n",
    );
}

#[test]
fn a_change_of_the_index_is_told() {
    check(
        "changed-index",
        "==> base/Dockerfile <==\nENV PIP_INDEX_URL=https://a.example.org\nRUN pip install a\nRUN pip install b\n==> Dockerfile <==\nENV PIP_INDEX_URL=https://b.example.org\n                  ^^^^^^^^^^^^^^^^^^^^^ changed-index: from `https://b.example.org` that came from `https://a.example.org`\nRUN pip install b\n",
    );
    check(
        "changed-index",
        "==> base/x.sh <==\npip install a\n==> x.sh <==\npip install b\npip install -i https://b.example.org a\n               ^^^^^^^^^^^^^^^^^^^^^ changed-index: which no file did before\n",
    );
}

#[test]
fn a_comment_accepts_a_finding() {
    check(
        "extra-index-url",
        "==> Dockerfile <==\n# pychain: ignore[extra-index-url] our mirror\nRUN pip install --extra-index-url https://h.example.org/s a\n",
    );
}

#[test]
fn a_file_that_cannot_be_read_says_so() {
    check(
        "*",
        &format!(
            "{DEFAULT}==> .github/workflows/ci.yml <==\njobs: [\n^^^^^^^ unreadable-line: `.github/workflows/ci.yml` cannot be read: this is no YAML\n==> x.sh <==\npip install evil-sample\n            ^^^^^^^^^^^ known-malicious\n"
        ),
    );
}

#[test]
fn hidden_characters_are_those_of_installs() {
    for (line, mark) in [
        ("pip install cli\u{200b}ck==1", "               ^^^"),
        ("pip install -i https://e.org/\u{200b}s click", "                             ^^^"),
        ("PIP_INDEX_URL=https://e.org/\u{200b}s pip install click", "                            ^^^"),
        ("pip install click # \u{202e}x", "                    ^^^"),
        ("pip install click # \u{200f}\u{200b}x", ""),
        ("pip install ./\u{200b}x", ""),
        ("echo \u{202e}", ""),
    ] {
        let mark = if mark.is_empty() { String::new() } else { format!("{mark} hidden-characters\n") };
        check("hidden-characters", &format!("==> x.sh <==\n# \u{202e}\n{line}\n{mark}"));
    }
}

#[test]
fn letters_of_other_scripts_are_those_of_installs() {
    check(
        "non-ascii-text",
        "==> x.sh <==\necho \"н\"\npip install сlick --extra-index-url https://е.org/s\n            ^^ non-ascii-text: looks like `c`\n                                             ^^ non-ascii-text: in the host\npip install ./données \"${X}é\" # café\n",
    );
}

#[test]
fn a_file_that_only_a_command_tells_of_is_read() {
    check(
        "nonexistent-name",
        "==> svc/Dockerfile <==\nRUN pip install -r deps.list -c ../limits -r gone.list -r tool.py -r /etc/deps.list\n\
         RUN pip install -r node_modules/requirements.txt\n\
         ==> svc/deps.list <==\nfalsk-of-nobody==1\n^^^^^^^^^^^^^^^ nonexistent-name\n\
         ==> limits <==\na==1\n\
         ==> svc/tool.py <==\nb-of-nobody\n\
         ==> node_modules/requirements.txt <==\nc-of-nobody==1\n^^^^^^^^^^^ nonexistent-name\n",
    );
}
