//! Bytes of every kind.

use pychain_core::text::MAX_FILE_BYTES;

use crate::sandbox::Sandbox;

const BAD: &str =
    "click\nflask==3.0.3 --hash=sha256:34e815dfaa43340d1d15a5c3a02b8476004037eb4840b34910c6e21679d288f3\n";

#[test]
fn byte_order_marks_and_utf_16_are_understood() {
    let utf16: Vec<u8> = [0xFEFF].into_iter().chain(BAD.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for bytes in [BAD.as_bytes().to_vec(), [b"\xef\xbb\xbf", BAD.as_bytes()].concat(), utf16] {
        let sandbox = Sandbox::new();
        sandbox.write("requirements.txt", bytes);
        sandbox.pychain(&["audit"]).exits(1).prints(" --> requirements.txt:1:1\n").prints("1 | click\n");
    }
}

#[test]
fn a_huge_file_is_refused_without_being_read() {
    let sandbox = Sandbox::with(&[("requirements.txt", "click\n")]);
    let huge = std::fs::File::create(sandbox.project().join("requirements-huge.txt")).unwrap();
    huge.set_len(MAX_FILE_BYTES as u64 + 1).unwrap();
    sandbox
        .pychain(&["audit", "--fail-on", "never"])
        .exits(0)
        .says("requirements-huge.txt: the file has 33554433 bytes, more than the 33554432 that are read");
    sandbox.pychain(&["audit", "requirements-huge.txt"]).exits(2).says("error: none of the dependency files");
}

#[test]
fn any_bytes_give_a_report() {
    let noise: Vec<u8> = (0..=u8::MAX).cycle().take(10_000).collect();
    for bytes in
        [noise, vec![0; 4096], b"\xff\xfe\x00".to_vec(), b"-r\n-c\n--hash=\n@ @ @\n\\".to_vec(), vec![b'\\'; 9999]]
    {
        let sandbox = Sandbox::new();
        sandbox.write("requirements.txt", bytes);
        let ran = sandbox.pychain(&["audit", "--policy", "strict"]);
        assert!(matches!(ran.code, 0 | 1), "{ran:?}");
        let shown = ran.stdout + &ran.stderr;
        let hidden = shown.chars().find(|c| *c != '\n' && pychain_core::prose::is_hidden(*c));
        assert_eq!(hidden, None, "{shown}");
        assert!(!shown.contains("bug in pychain"), "{shown}");
    }
}

#[test]
fn an_empty_file_is_clean() {
    Sandbox::with(&[("requirements.txt", "")]).pychain(&["audit"]).exits(0).prints("No findings in 1 file\n");
}
