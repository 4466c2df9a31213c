//! `altered-file-facts`: the change edits size or upload time of a file that stays the same.

use super::lock_files::{contradict, kept_files, seconds};
use crate::audit::{Context, Findings};
use crate::model::Word;
use crate::prose::code;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for files in lock files whose hash stays while their size or their upload time becomes another one.
    /// Times are compared by the second, in whatever form they are written.
    ///
    /// ## Why it matters
    ///
    /// A file that stays the same keeps its size, and it was uploaded once.
    /// No tool writes such an edit; somebody who wants a young release to look old does.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> base/uv.lock <==
    /// version = 1
    /// [[package]]
    /// name = "acme"
    /// version = "1.0"
    /// source = { registry = "https://packages.example.org/simple" }
    /// wheels = [
    ///     { url = "https://packages.example.org/acme-1.0-py3-none-any.whl", hash = "sha256:48ee", size = 1200, upload-time = "2026-11-20T10:00:00Z" },
    /// ]
    /// ==> uv.lock <==
    /// version = 1
    /// [[package]]
    /// name = "acme"
    /// version = "1.0"
    /// source = { registry = "https://packages.example.org/simple" }
    /// wheels = [
    ///     { url = "https://packages.example.org/acme-1.0-py3-none-any.whl", hash = "sha256:48ee", size = 1200, upload-time = "2024-11-20T10:00:00Z" },
    /// ]
    /// ```
    ///
    /// ## Use instead
    ///
    /// Take the value of the base back, or lock again.
    ///
    /// ```requirements,good
    /// ==> base/uv.lock <==
    /// version = 1
    /// [[package]]
    /// name = "acme"
    /// version = "1.0"
    /// source = { registry = "https://packages.example.org/simple" }
    /// wheels = [
    ///     { url = "https://packages.example.org/acme-1.0-py3-none-any.whl", hash = "sha256:48ee", size = 1200 },
    /// ]
    /// ==> uv.lock <==
    /// version = 1
    /// revision = 3
    /// [[package]]
    /// name = "acme"
    /// version = "1.0"
    /// source = { registry = "https://packages.example.org/simple" }
    /// wheels = [
    ///     { url = "https://packages.example.org/acme-1.0-py3-none-any.whl", hash = "sha256:48ee", size = 1200, upload-time = "2024-11-20T10:00:00Z" },
    /// ]
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When a private index forgets what it knew, after it was restored say.
    ///
    /// ## References
    ///
    /// - Python packaging: [Simple repository API, `upload-time`](https://packaging.python.org/en/latest/specifications/simple-repository-api/)
    "altered-file-facts": "size or upload time edited",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [Base],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for kept in kept_files(context.locked) {
        let same =
            kept.old.hashes.iter().any(|old| {
                kept.new.hashes.iter().any(|new| old.algorithm == new.algorithm && old.digest == new.digest)
            });
        if !same || contradict(kept.old, kept.new) {
            continue;
        }
        let facts = [
            ("size", &kept.old.size, &kept.new.size, same_number as fn(&str, &str) -> bool),
            ("upload time", &kept.old.uploaded, &kept.new.uploaded, same_time),
        ];
        for (what, old, new, is_same) in facts {
            let (Some(old), Some(new)) = (old, new) else { continue };
            if is_same(&old.value, &new.value) {
                continue;
            }
            let name = code(&kept.name);
            let Word { value, span } = new;
            let message = format!(
                "the {what} of {name} becomes {} instead of {}, and its hash stays",
                code(value),
                code(&old.value)
            );
            let finding = findings
                .finding(kept.after.at(*span), kept.after.package.subject(), message)
                .help("Take the value of the base back, and find out who edited it")
                .identified_by(format!("{} {what} {value}", kept.name));
            findings.push(finding);
        }
    }
}

fn same_number(old: &str, new: &str) -> bool {
    let digits = |text: &str| text.replace('_', "").parse::<u64>().ok();
    old == new || digits(old).is_some_and(|old| digits(new) == Some(old))
}

fn same_time(old: &str, new: &str) -> bool {
    old == new || seconds(old).is_some_and(|old| seconds(new) == Some(old))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn other_spellings_of_one_value_are_no_edit() {
        let lock = |facts: &str| {
            format!(
                "[[packages]]\nname = \"a\"\nversion = \"1\"\nindex = \"https://e.org/\"\nsdist = {{name = \"a-1.zip\", hashes = {{sha256 = \"aa\"}}, {facts}}}\n"
            )
        };
        let change =
            |old: &str, new: &str| format!("==> base/pylock.toml <==\n{}==> pylock.toml <==\n{}", lock(old), lock(new));
        check(
            "altered-file-facts",
            &change(
                "size = 1_200, upload-time = 2026-01-02T03:04:05.123Z",
                "size = 1200, upload-time = 2026-01-02 04:04:05+01:00",
            ),
        );
        check(
            "altered-file-facts",
            &(change("size = 1200", "size = 1201")
                + "                                                            ^^^^ altered-file-facts: the size of `a-1.zip` becomes `1201`\n"),
        );
    }
}
