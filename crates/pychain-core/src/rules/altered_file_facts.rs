//! `altered-file-facts`: the change edits what is said of a file that stays the same.

use super::foreign_file;
use super::lock_files::{
    PYPI_FILES, authority, blake2b, contradict, kept_files, renamed, same_version, seconds, share_a_hash,
};
use crate::audit::{Context, Findings};
use crate::prose::code;
use crate::text::Span;
use crate::tree::Locked;
use crate::url::redact;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for files in lock files whose hash stays while their size, their upload time or their name becomes another one,
    /// or their address on the public index one that it gives to no file.
    /// Times are compared by the second, in whatever form they are written.
    ///
    /// ## Why it matters
    ///
    /// A file that stays the same keeps its size and its name, and it was uploaded once.
    /// No tool writes such an edit. Somebody does who wants a young release to look old, or a wheel not to fit any more:
    /// then the source distribution beside it is built, which runs its code.
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
    "altered-file-facts": "size, upload time or name of a file edited",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [Base],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for kept in kept_files(context.locked) {
        if !share_a_hash(kept.old, kept.new) || contradict(kept.old, kept.new) {
            continue;
        }
        let facts = [
            ("size", &kept.old.size, &kept.new.size, same_number as fn(&str, &str) -> bool),
            ("upload time", &kept.old.uploaded, &kept.new.uploaded, same_time),
        ];
        for (what, old, new, is_same) in facts {
            let (Some(old), Some(new)) = (old, new) else { continue };
            if !is_same(&old.value, &new.value) {
                say(findings, kept.after, (what, &kept.name), &old.value, &new.value, new.span);
            }
        }
        if let (Some(old), Some(new)) = (&kept.old.url, &kept.new.url)
            && blake2b(kept.old).is_some()
            && blake2b(kept.new).is_none()
            // Another host is the matter of `unexpected-file-host`.
            && authority(&new.value).is_none_or(|host| host.eq_ignore_ascii_case(PYPI_FILES))
        {
            say(findings, kept.after, ("address", &kept.name), &redact(&old.value), &redact(&new.value), new.span);
        }
    }
    for (before, after) in same_version(context.locked) {
        for (was, name, file) in renamed(before.package, after.package) {
            // The name of another project's or version's file is the matter of `foreign-file`.
            if foreign_file::judge(&name, file.kind(), after.package).is_none() {
                say(findings, after, ("name", &was), &was, &name, file.place());
            }
        }
    }
}

fn say(findings: &mut Findings<'_>, after: Locked<'_>, (what, file): (&str, &str), old: &str, new: &str, span: Span) {
    let of = if what == "name" { " of a file".to_owned() } else { format!(" of {}", code(file)) };
    let message = format!("the {what}{of} becomes {} instead of {}, and its hash stays", code(new), code(old));
    let finding = findings
        .finding(after.at(span), after.package.subject(), message)
        .help("Take the value of the base back, and find out who edited it")
        .identified_by(format!("{file} {what} {new}"));
    findings.push(finding);
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

    #[test]
    fn a_name_or_an_address_of_the_same_file_is_no_other() {
        let lock = |wheel: &str, url: &str| {
            format!(
                "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = {{ registry = \"https://pypi.org/simple\" }}\nsdist = {{ url = \"{url}/a-1.tar.gz\", hash = \"sha256:bb\" }}\nwheels = [\n{{ url = \"https://e.org/{wheel}\", hash = \"sha256:aa\" }},\n]\n"
            )
        };
        let home = format!("https://files.pythonhosted.org/packages/ab/cd/{}", "0".repeat(60));
        let change =
            |new: &str| format!("==> base/uv.lock <==\n{}==> uv.lock <==\n{new}", lock("a-1-py3-none-any.whl", &home));
        check("altered-file-facts", &change(&lock("a-1-py3-none-any.whl", &home)));
        check(
            "altered-file-facts",
            &change(&lock("a-1-py2-none-any.whl", &home).replace(
                "sha256:aa\" },\n",
                "sha256:aa\" },\n         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ altered-file-facts: the name of a file becomes `a-1-py2-none-any.whl` instead of `a-1-py3-none-any.whl`, and its hash stays\n",
            )),
        );
        for odd in ["https://files.pythonhosted.org/pakcages/a", "uttps://files.pythonhosted.org"] {
            let width = odd.len() + "/a-1.tar.gz".len();
            check(
                "altered-file-facts",
                &change(&lock("a-1-py3-none-any.whl", odd).replace(
                    "sha256:bb\" }\n",
                    &format!(
                        "sha256:bb\" }}\n                 {} altered-file-facts: the address of `a-1.tar.gz` becomes `{odd}/a-1.tar.gz`\n",
                        "^".repeat(width)
                    ),
                )),
            );
        }
    }
}
