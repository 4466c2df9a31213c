//! `unexpected-index`: an index that the configuration does not name.

use std::collections::BTreeSet;

use super::indexes::{beginning_of, is_expected, is_script, shown};
use super::support::is_partly_unknown;
use crate::audit::{Context, Findings};
use crate::finding::{Confidence, Severity, Subject};
use crate::model::SourceKind;
use crate::prose::code;
use crate::resolution::{Sources, asked, index_key};
use crate::url::redact;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for indexes in effect that `expected-indexes` of the configuration does not name.
    /// The index that an installer uses when told nothing counts, where no option puts another in its stead.
    /// Compared are host, port and path; not case, a slash at the end, credentials, or `http` against `https`.
    /// So are the indexes that lock files name.
    ///
    /// ## Why it matters
    ///
    /// One edited URL sends every install to somebody else's server.
    /// A host that differs by one letter is easy to overlook; a comparison does not overlook it.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// ==> pychain.toml <==
    /// expected-indexes = ["https://packages.example.org/simple"]
    /// ==> requirements.txt <==
    /// --index-url https://packages.examp1e.org/simple
    /// acme-utils==1.2.0
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// ==> pychain.toml <==
    /// expected-indexes = ["https://packages.example.org/simple"]
    /// ==> requirements.txt <==
    /// --index-url https://packages.example.org/simple/
    /// acme-utils==1.2.0
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When no file names an index because the installer is given it on the command line or in its configuration: such a finding is of low severity and confidence.
    /// An address that a variable holds cannot be compared; it is reported with low severity, because nobody reviews what it stands for.
    ///
    /// ## References
    ///
    /// - pip: [`--index-url`](https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-i)
    "unexpected-index": "index that the configuration does not expect",
    severity: High, confidence: High, persona: Regular, fix: Never,
    needs: [ExpectedIndexes],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    check_locks(context, findings);
    let (project, config) = (context.project, context.config);
    let expected: Vec<String> = config.expected_indexes.iter().map(|url| redact(url)).collect();
    let mut told = BTreeSet::new();
    let mut told_default = BTreeSet::new();
    for run in &project.runs {
        let sources = Sources::of(project, run, config.installer);
        for place in sources.indexes().filter(|place| !is_expected(&place.url, config)) {
            let subject = Subject::Index(redact(&place.url));
            let finding = match place.location {
                Some(location) if !told.insert(location) => continue,
                // In a command a variable says nothing, as nearly every address there is one.
                Some(_) if is_script(run.role) && is_partly_unknown(&place.url) => continue,
                Some(location) if index_key(&place.url).contains("${") => findings
                    .finding(
                        location,
                        subject,
                        format!("{} cannot be compared with the expected indexes", shown(place)),
                    )
                    .at_most(Severity::Low),
                Some(location) => {
                    findings.finding(location, subject, format!("{} is not an expected index", shown(place)))
                }
                None if asked(project, run, config.installer).is_empty() => continue,
                // The first command of a file stands for all.
                None if is_script(run.role) && !told_default.insert(run.root) => continue,
                None => {
                    let path = project.file(run.root).path();
                    let message = format!("no option names an index for {}, so {} is asked", code(path), shown(place));
                    findings
                        .finding(beginning_of(project, run), subject, message)
                        .at_most(Severity::Low)
                        .confidence(Confidence::Low)
                }
            };
            let help = "Use an expected index, or add this one to `expected-indexes` if it may be used";
            findings.push(finding.help(help).evidence("expected", expected.join(", ")));
        }
    }
}

/// The indexes that lock files name: one finding for each and file.
fn check_locks(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut told = BTreeSet::new();
    for locked in context.project.locked().filter(|locked| locked.package.source.kind == SourceKind::Index) {
        let Some(url) = &locked.package.source.url else { continue };
        if is_expected(&url.value, context.config) || !told.insert((locked.document.file, index_key(&url.value))) {
            continue;
        }
        let shown = redact(&url.value);
        let message = format!(
            "{} comes from {}, which is not an expected index",
            code(locked.package.name.as_written()),
            code(&shown)
        );
        let expected: Vec<String> = context.config.expected_indexes.iter().map(|url| redact(url)).collect();
        let finding = findings
            .finding(locked.at(url.span), Subject::Index(shown), message)
            .help("Lock again from an expected index, or add this one to `expected-indexes` if it may be used")
            .evidence("expected", expected.join(", "));
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const CONFIG: &str = "==> pychain.toml <==\nexpected-indexes = [\"https://a.example.org/simple\"]\n";

    #[test]
    fn each_index_is_told_once_for_all_runs() {
        check(
            "unexpected-index",
            &format!(
                "{CONFIG}==> r.txt <==\n-r b.txt\nx\n==> s.txt <==\n-r b.txt\n==> b.txt <==\n-i HTTP://u:p@A.example.org:80/simple/\n--extra-index-url https://u:p@c.example.org\n                  ^^^^^^^^^^^^^^^^^^^^^^^^^ unexpected-index: `https://****@c.example.org` is not\n"
            ),
        );
    }

    #[test]
    fn the_default_index_counts_where_it_is_asked() {
        check(
            "unexpected-index",
            &format!(
                "{CONFIG}==> r.txt <==\nx==1\n^^^^ unexpected-index: no option names an index for `r.txt`\n==> s.txt <==\n--no-index\ny\n==> t.txt <==\n--pre\n"
            ),
        );
    }

    #[test]
    fn an_address_in_a_variable_cannot_be_compared() {
        check(
            "unexpected-index",
            &format!(
                "{CONFIG}==> r.txt <==\n-i ${{INDEX}}\n   ^^^^^^^^ unexpected-index: cannot be compared\n==> s.txt <==\n-i https://${{USER}}:${{TOKEN}}@a.example.org/simple\n"
            ),
        );
    }

    #[test]
    fn nothing_is_said_without_the_configuration() {
        check("unexpected-index", "-i https://c.example.org\nx\n");
    }
}
