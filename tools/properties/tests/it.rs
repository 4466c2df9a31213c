//! The checks on made-up requirements and lock files, on plain bytes, and on inputs that once broke something.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use pychain_properties::check_all;
use pychain_properties::input::MANIFESTS;
use pychain_properties::reader::{check_locks, check_manifests, check_scripts};

/// Pieces of requirements files, good and bad, in which pip sees different things than readers do.
const PIECES: &[&str] = &[
    "requests",
    "Acme_Tools",
    "a-",
    "==1.0",
    "==1.*",
    "===x",
    ">=1,<2",
    "~=1",
    "!=1.0+l",
    " ; ",
    ";",
    "[x]",
    "[x,",
    "(",
    "python_version < \"3\"",
    "extra == 'y'",
    "os_name in \"a # b\"",
    " and ",
    " or ",
    "\"",
    "'",
    " --hash=sha256:",
    " --hash sha512:",
    "--hash=md5:aa",
    "aa",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "-r ",
    "-c ",
    "base.txt",
    "../up.txt",
    "/etc/x.txt",
    "-e ",
    ".",
    "./pkg",
    "file:///a",
    "git+https://e.org/a.git@main#egg=a",
    "https://u:p@e.org/a-1-py3-none-any.whl#sha256=aa",
    " @ ",
    "--index-url ",
    "-i",
    "--extra-index-url ",
    "http://e.org/simple",
    "--no-index",
    "--find-links ",
    "--trusted-host ",
    "e.org:80",
    "--pre",
    "--require-hashes",
    "--no-require-hashes",
    "--no-binary :all:",
    "--only-binary=",
    "--ext",
    "${VAR}",
    "$ROOT",
    " \\\n",
    "\\",
    "\n",
    "\r\n",
    "\r",
    "\u{2028}",
    "\u{85}",
    "\t",
    " ",
    "# note",
    " # note",
    "#",
    "# pychain: ignore[unpinned-requirement] why",
    "é",
    "\u{202e}",
    "\u{feff}",
    "\0",
    "# coding: latin-1\n",
    "\n%%\n",
    "\n%%%%\n",
    "#pychain.toml\n",
    "policy = 'strict'\n",
];

/// Pieces of what commands and settings are written in.
const SCRIPT_PIECES: &[&str] = &[
    "pip install ",
    "python -m pip install --require-hashes ",
    "uv pip install ",
    "pipx install ",
    "uvx ",
    "-r requirements.txt ",
    "--index-url https://e.org/simple ",
    "--trusted-host e.org ",
    "a ",
    "a==1 ",
    "'a>=1,<2' ",
    "${X}",
    "$(",
    "`",
    "\"",
    "'",
    "&& ",
    "; ",
    "| ",
    "<<EOF\n",
    "EOF\n",
    "\\\n",
    "\n",
    "\n\t",
    "  ",
    "# note",
    "export PIP_INDEX_URL=http://e.org/simple\n",
    "FROM python\n",
    "RUN ",
    "ENV PIP_EXTRA_INDEX_URL=",
    "jobs:\n  a:\n    steps:\n",
    "      - run: ",
    "|\n          ",
    "env:\n  UV_INDEX: ",
    "repos:\n- hooks:\n  - id: a\n    additional_dependencies: [",
    "]",
    "[testenv]\ndeps =\n  ",
    "[global]\nextra-index-url = ",
    "[[index]]\nurl = ",
    "all:\n\t",
    "session.install(",
    ")",
];

/// Pieces of lock files of every format.
const LOCK_PIECES: &[&str] = &[
    "[[package]]\n",
    "[[packages]]\n",
    "[[distribution]]\n",
    "[[packages.wheels]]\n",
    "[package.source]\n",
    "[metadata]\n",
    "[metadata.files]\n",
    "name = \"a\"\n",
    "name = \"B_c\"\n",
    "name = 1\n",
    "version = \"1.0\"\n",
    "version = \"1.0.0\"\n",
    "version = 1\n",
    "lock-version = \"1.0\"\ncreated-by = \"x\"\n",
    "source = { registry = \"https://pypi.org/simple\" }\n",
    "source = { registry = \"http://e.org/simple\" }\n",
    "source = { git = \"https://e.org/a?rev=main#0123\" }\n",
    "source = \"registry+https://e.org\"\n",
    "source = { editable = \".\" }\n",
    "type = \"git\"\nurl = \"https://u:p@e.org/a\"\nreference = \"main\"\n",
    "sdist = { url = \"https://files.pythonhosted.org/packages/00/2e/d53fa4befbf2cfa713304affc7ca780ce4fc1fd8710527771b58311a3229/a-1.0.tar.gz\", hash = \"sha256:aa\", size = 3, upload-time = \"2026-08-01T10:00:00Z\" }\n",
    "sdist = { url = \"https://files.pythonhosted.org/packages/00/2e/d53fa4befbf2cfa713304affc7ca780ce4fc1fd8710527771b58311a3229/a-1.0.tar.gz\", hash = \"sha256:bb\" }\n",
    "wheels = [\n    { url = \"https://files.pythonhosted.orq/a-2-py3-none-any.whl\", hash = \"md5:aa\" },\n]\n",
    "wheels = [{ name = \"a-1.0-py3-none-any.whl\", url = \"x\", hashes = { sha256 = \"aa\" }, upload-time = 2026-10-01T10:00:00Z }]\n",
    "files = []\n",
    "files = [{file = \"a-1.0-py3-none-any.whl\", hash = \"sha256:aa\"}, {file = \"a-1.0.tar.gz\", hash = \"\"}]\n",
    "a = [{file = \"\\u0061-1.0.zip\", hash = \"sha256:é\"}]\n",
    "\"a 1.0\" = [{url = \"https://e.org/%61.zip\", hash = {sha256 = \"aa\"}}]\n",
    "markers = {main = \"x\"}\n",
    "{\"_meta\": {\"sources\": [{\"name\": \"p\", \"url\": \"https://pypi.org/simple\"}]}, \"default\": {",
    "\"a\": {\"hashes\": [\"sha256:aa\", \"sha256:\\u00e9\"], \"index\": \"p\", \"version\": \"==1.0\"},",
    "\"b\": \"==1\",",
    "\"c\": {\"git\": \"https://e.org/c\", \"ref\": \"main\"}",
    "}}",
    "=",
    "\"",
    "\"\"\"",
    "é",
    "\n",
    "\n%%\n#uv.lock\n",
    "\n%%\n#poetry.lock\n",
    "\n%%\n#pdm.lock\n",
    "\n%%\n#Pipfile.lock\n",
    "\n%%\n#pylock.toml\n",
    "\n%%%%\na\n%%\n#uv.lock\n",
    "\n%%%%\na\n%%\n#poetry.lock\n",
];

/// Pieces of manifests.
const MANIFEST_PIECES: &[&str] = &[
    "[project]\nname = \"a\"\n",
    "dependencies = [\"a\", 'b>=1; os_name == \"nt\"', \"c @ https://e.org/c.zip\", 1, \"\"]\n",
    "[project.optional-dependencies]\n",
    "x = [\"d\\u003d=1\"]\n",
    "[dependency-groups]\ng = [{include-group = \"g\"}, {x = 1}]\n",
    "[build-system]\nrequires = \"x\"\n",
    "[tool.poetry.dependencies]\n",
    "[tool.poetry.group.dev.dependencies]\n",
    "[tool.poetry.dependencies.e]\n",
    "[[tool.poetry.source]]\n",
    "f = \"^1.2\"\n",
    "g = \"~0 || \u{e9}\"\n",
    "h = {version = \"*\", markers = \"os_name\", extras = [\"x\"]}\n",
    "i = [{git = \"git@e.org:i\", branch = \"main\"}, {path = \"../i\", develop = true}]\n",
    "path = \"../e\"\n",
    "git = \"https://u:p@e.org/g\"\n",
    "rev = \"abc\"\n",
    "name = \"own\"\n",
    "url = \"http://e.org/simple\"\n",
    "priority = \"explicit\"\n",
    "verify_ssl = false\n",
    "default = true\n",
    "[tool.pdm.dev-dependencies]\nt = [\"-e file:///a#egg=a\", \"-e \", \"\"\"a\\\n  ==1\"\"\"]\n",
    "[[tool.pdm.source]]\n",
    "[tool.uv]\nno-binary = true\nindex-url = \"https://e.org\"\nconstraint-dependencies = [\"a<2\"]\n",
    "[[tool.uv.index]]\n",
    "[tool.uv.sources]\na = {index = \"own\"}\nb = [{url = \"https://e.org/b.whl\"}, {workspace = true}]\n",
    "[[source]]\n",
    "[packages]\n\"j[x]\" = \"*\"\n",
    "sys_platform = \"== 'win32'\"\n",
    "# pychain: ignore[direct-reference] why\n",
    "\u{202e}",
    "'''",
    "\"",
    "\n",
    "\n%%\n#pyproject.toml\n",
    "[options]\nsetup_requires = o; p>=1\ndependency_links = https://e.org/l\n",
    "[options.extras_require]\nX = q\n  %(r)s\n  s \\\n  ==1 # c\n",
    "install-requires = file: base.txt, ../up.txt\n",
    "[easy_install]\nindex_url = https://e.org\n",
    "\n%%\n#setup.cfg\n",
    "[tool.setuptools.dynamic]\ndependencies = {file = ['base.txt', '../up.txt']}\n",
    "R = ['t>=1', 'u' \"==2\", f'v{R}', *S] + f()\nR += ['''w\n  x\\\n''']\n",
    "S = R\nE = {'e': R, **E}\nE['f'] = E['e'] + ['y\\x3d\\x3d1']\n",
    "def f(S=[lambda x: 'a'\n",
    "    setup(install_requires=R, extras_require=E, **dict(setup_requires={'z'}))\n",
    "setup(\n",
    "install_requires=[\n  'aa',  # c\n",
    "])\n",
    "# /// script\n# dependencies = [\n#   'ab', \"ac==1\",\n#\n# ]\n",
    "# /// other\n",
    "# [tool.uv.sources]\n# ab = { git = \"https://e.org/ab\" }\n",
    "# ///\n",
    "\n%%\n#setup.py\n",
    "\n%%\n#script.py\n",
    "dependencies:\n  - pip:\n",
    "    - k==1  # c\n",
    "    - \"l\\x3e=1 # c\"\n",
    "    - |\n      m\n      -r base.txt\n",
    "    - -e .\n    - --extra-index-url http://e.org\n    - [n]\n",
    "\n%%\n#Pipfile\n",
    "\n%%\n#environment.yml\n",
    "\n%%%%\na\n%%\n#pyproject.toml\n",
];

/// A requirement, and manifests on one side or both.
fn manifests() -> impl Strategy<Value = Vec<u8>> {
    (prop::sample::select(MANIFESTS.to_vec()), prop::collection::vec(prop::sample::select(MANIFEST_PIECES), 0..16))
        .prop_map(|(name, pieces)| format!("a\n%%\n#{name}\n{}", pieces.concat()).into_bytes())
}

/// A manifest by itself, for its reader.
fn manifest() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(MANIFEST_PIECES), 0..8).prop_map(|pieces| pieces.concat().into_bytes())
}

/// A requirement, and lock files on one side or both.
fn locks() -> impl Strategy<Value = Vec<u8>> {
    let names = ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"];
    (prop::sample::select(names.to_vec()), prop::collection::vec(prop::sample::select(LOCK_PIECES), 0..24))
        .prop_map(|(name, pieces)| format!("a\n%%\n#{name}\n{}", pieces.concat()).into_bytes())
}

/// A lock file by itself, for its reader.
fn lock() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(LOCK_PIECES), 0..16).prop_map(|pieces| pieces.concat().into_bytes())
}

fn requirements() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_owned),
        2 => Just("\n".to_owned()),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat().into_bytes())
}

fn scripts() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(SCRIPT_PIECES), 0..24).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    // The same inputs every time: what a change breaks is that change's. Fuzzing looks for new ones.
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_261_122),
        ..ProptestConfig::default()
    })]

    #[test]
    fn everything_holds_for_requirements(bytes in requirements()) {
        check_all(&bytes);
    }

    #[test]
    fn every_reader_of_commands_holds(bytes in scripts()) {
        check_scripts(&bytes);
    }

    #[test]
    fn everything_holds_for_lock_files(bytes in locks()) {
        check_all(&bytes);
    }

    #[test]
    fn every_lock_reader_holds(bytes in lock()) {
        check_locks(&bytes);
    }

    #[test]
    fn everything_holds_for_manifests(bytes in manifests()) {
        check_all(&bytes);
    }

    #[test]
    fn every_manifest_reader_holds(bytes in manifest()) {
        check_manifests(&bytes);
    }

    #[test]
    fn everything_holds_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check_all(&bytes);
    }

    #[test]
    fn everything_holds_for_utf_16(bytes in requirements()) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let encoded: Vec<u8> = [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        check_all(&encoded);
    }
}

/// Whatever a fuzzer or a user found is kept here and holds for ever.
#[test]
fn everything_holds_for_inputs_that_once_broke_something() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    let mut count = 0;
    for entry in fs::read_dir(&folder).expect("the folder of regressions") {
        let path = entry.expect("an entry").path();
        let bytes = fs::read(&path).expect("a regression");
        assert!(catch_unwind(|| check_all(&bytes)).is_ok(), "{}", path.display());
        count += 1;
    }
    assert!(count > 0, "no regression in {}", folder.display());
}
