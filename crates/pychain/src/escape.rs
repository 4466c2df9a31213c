//! What is shown as it is, a patch, made safe for a terminal or the log of a workflow.

use pychain_core::prose::push_visible;

/// The lines of a diff with hidden characters written out. A context line begins with a space, which
/// the runner of GitHub Actions skips: it must not go on with `::`, or it would be obeyed.
pub(crate) fn visible_diff(diff: &str) -> String {
    let mut out = String::with_capacity(diff.len());
    for line in diff.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        let content = line.trim_start();
        let indent = line.len() - content.len();
        let is_command = content.starts_with("::");
        let mut shown = String::with_capacity(line.len());
        for (at, c) in line.char_indices() {
            match c {
                '\t' => shown.push(c),
                ':' if is_command && at == indent => shown.push_str(r"\u{3a}"),
                _ => push_visible(&mut shown, c),
            }
        }
        out.push_str(&shown);
        out.push_str(end);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_diff_stays_as_it_is() {
        let diff = "--- a/r.txt\n+++ b/r.txt\n@@ -1 +1 @@\n-a\tb\n+ünï # ::\n\\ No newline at end of file\n";
        assert_eq!(visible_diff(diff), diff);
    }

    #[test]
    fn what_a_terminal_or_a_runner_obeys_is_written_out() {
        assert_eq!(visible_diff("-a\u{1b}[2J\u{202e}\r\n b\n"), "-a\\u{1b}[2J\\u{202e}\\r\n b\n");
        assert_eq!(
            visible_diff(" ::error::x\n  \t::x\n+##[error]x\n"),
            " \\u{3a}:error::x\n  \t\\u{3a}:x\n+##\\u{5b}error]x\n"
        );
    }
}
