//! The checks on made-up requirements files, on plain bytes, and on inputs that once broke something.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use pychain_properties::check_all;

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

fn requirements() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_owned),
        2 => Just("\n".to_owned()),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat().into_bytes())
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
