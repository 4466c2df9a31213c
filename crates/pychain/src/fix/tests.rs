//! The diff that shows fixes.

use super::*;
use pychain_core::order::Map;

fn fixed(text: &str, after: &str) -> FixedFile {
    let before = SourceFile::from_text("r.txt", text);
    FixedFile { before, after: after.to_owned(), bytes: after.as_bytes().to_vec(), fixes: Vec::new() }
}

#[test]
fn a_diff_is_one_that_patch_understands() {
    let files = Map::from([("a/r.txt".to_owned(), fixed("one\r\ntwo\r\nthree", "one\r\nTWO\r\nthree"))]);
    assert_eq!(
        diff(&files),
        "--- a/a/r.txt\n+++ b/a/r.txt\n@@ -1,3 +1,3 @@\n one\r\n-two\r\n+TWO\r\n three\n\\ No newline at end of file\n"
    );
}

#[cfg(unix)]
mod writing {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    /// Writes `after` over a file that holds `now` and was `before` when it was audited.
    fn write_over(now: &str, before: &str, after: &str, mode: u32) -> (String, u32, Vec<String>) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("r.txt");
        fs::write(&path, now).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let (count, problems) = write(directory.path(), &Map::from([("r.txt".to_owned(), fixed(before, after))]));
        assert_eq!(count + problems.len(), 1);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left behind");
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        (fs::read_to_string(path).unwrap(), mode, problems.into_iter().map(|problem| problem.message).collect())
    }

    #[test]
    fn a_file_is_replaced_and_keeps_its_permissions() {
        assert_eq!(write_over("a\n", "a\n", "b\n", 0o640), ("b\n".to_owned(), 0o640, vec![]));
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let (text, _, problems) = write_over("mine\n", "a\n", "b\n", 0o644);
        assert_eq!(
            (text.as_str(), problems.as_slice()),
            ("mine\n", ["the file was changed meanwhile and was not written".to_owned()].as_slice())
        );
    }

    #[test]
    fn a_read_only_file_is_left_alone() {
        let (text, _, problems) = write_over("a\n", "a\n", "b\n", 0o444);
        assert_eq!(
            (text.as_str(), problems.as_slice()),
            ("a\n", ["the file is read-only and was not written".to_owned()].as_slice())
        );
    }

    #[test]
    fn a_link_is_not_written_through() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("real.txt"), "a\n").unwrap();
        symlink("real.txt", directory.path().join("r.txt")).unwrap();
        let (count, problems) = write(directory.path(), &Map::from([("r.txt".to_owned(), fixed("a\n", "b\n"))]));
        assert_eq!((count, problems[0].message.as_str()), (0, "this is a symbolic link and was not written"));
        assert_eq!(fs::read_to_string(directory.path().join("real.txt")).unwrap(), "a\n");
    }
}
