//! `remote-find-links`: a page on some host is as good as an index.

use super::indexes::{is_expected, placed, remote};
use crate::audit::{Context, Findings};
use crate::config::Installer;
use crate::finding::{Severity, Subject};
use crate::resolution::PlaceKind;
use crate::url::redact;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for `--find-links` with a page on another host, and says what it means for the requirements that are installed with it.
    /// A folder, a `file:` URL and this machine are left alone, as is a page that `expected-indexes` names.
    ///
    /// ## Why it matters
    ///
    /// Every file that the page links to is a candidate beside those of the index, for any project.
    /// Whoever can edit the page can hand out a higher version of anything that has no hash.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// --find-links https://wheels.example.org/cuda.html
    /// acme-solver==2.1.0
    /// ```
    ///
    /// ## Use instead
    ///
    /// Name the one file that is meant, with its hash.
    ///
    /// ```requirements,good
    /// acme-solver @ https://wheels.example.org/acme_solver-2.1.0-cp312-cp312-linux_x86_64.whl#sha256=ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3390c28
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the page is the only source (`--no-index`), or everything has a hash, the severity is low.
    ///
    /// ## References
    ///
    /// - pip: [`--find-links`](https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-f)
    "remote-find-links": "page of files that counts as an index",
    severity: Medium, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let tool = context.config.installer;
    for placed in placed(context).iter().filter(|placed| placed.place.kind == PlaceKind::FindLinks) {
        let url = &placed.place.url;
        if remote(url).is_none() || is_expected(url, context.config) {
            continue;
        }
        let (outcome, severity) = match placed.mix() {
            None => (format!("{} takes everything from the files that this page links to", tool.name()), Severity::Low),
            Some(mix) => {
                // uv pools the page with whichever index knows the name.
                let others = if tool == Installer::Uv { "the index" } else { &mix.others };
                (
                    format!("{} pools the files of this page with {others}{}", tool.name(), mix.outcome()),
                    if mix.is_open() { Severity::Medium } else { Severity::Low },
                )
            }
        };
        let finding = findings.finding(placed.location, Subject::Index(redact(url)), outcome);
        let help = "Depend on the one file that is meant (`NAME @ URL#sha256=…`), or give every requirement a hash";
        findings.push(finding.help(help).at_most(severity));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn the_page_is_pooled_with_the_index() {
        check(
            "remote-find-links",
            "-f https://h.example.org/a.html\n   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ remote-find-links: with `https://pypi.org/simple`: of `a` it takes the highest\na\n",
        );
        check(
            "remote-find-links",
            "==> pychain.toml <==\ninstaller = \"uv\"\n==> r.txt <==\n-f https://h.example.org/a.html\n   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ remote-find-links: uv pools the files of this page with the index: `a` is pinned\na==1\n",
        );
    }

    #[test]
    fn as_the_only_source_it_is_an_index() {
        check(
            "remote-find-links",
            "--no-index\n-f https://h.example.org/a.html\n   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ remote-find-links: takes everything\na\n",
        );
    }

    #[test]
    fn folders_this_machine_and_expected_pages_are_left_alone() {
        check("remote-find-links", "-f ./wheels\n-f file:///w\n-f http://localhost/\na -f https://h.example.org/\n");
        check(
            "remote-find-links",
            "==> pychain.toml <==\nexpected-indexes = [\"https://h.example.org/a.html\"]\n==> r.txt <==\n-f https://h.example.org/a.html\na\n",
        );
    }
}
