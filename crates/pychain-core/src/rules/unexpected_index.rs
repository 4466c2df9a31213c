//! `unexpected-index`: an index that the configuration does not name.

use super::indexes::{beginning_of, is_expected, is_script, shown};
use super::support::{is_partly_unknown, part_accepted};
use crate::audit::{Context, Findings, Scope};
use crate::finding::{Confidence, Location, Severity, Subject};
use crate::order::Set;
use crate::prose::code;
use crate::resolution::{Sources, asked, index_key};
use crate::url::{DEFAULT_INDEX, redact};

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for indexes in effect that `expected-indexes` of the configuration does not name.
    /// The index that an installer uses when told nothing counts, where no option puts another in its stead.
    /// Compared are host, port and path; not case, a slash at the end, credentials, or `http` against `https`.
    /// So are the indexes that lock files name.
    /// Each index is told once a file; that no file names one is told once in a full audit.
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
    let help = "Use an expected index, or add this one to `expected-indexes` if it may be used";
    let mut told = Set::new();
    let mut told_default = Set::new();
    let mut unnamed = Vec::new();
    for run in &project.runs {
        let sources = Sources::of(project, run, config.installer);
        for place in sources.indexes().filter(|place| !is_expected(&place.url, config)) {
            let subject = Subject::Index(redact(&place.url));
            let finding = match place.location {
                // In a command a variable says nothing, as nearly every address there is one.
                Some(_) if is_script(run.role) && is_partly_unknown(&place.url) => continue,
                Some(location) if !told.insert((location.file, index_key(&place.url))) => continue,
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
                None => {
                    // What comes first in a file stands for all of it.
                    if told_default.insert(run.root) {
                        unnamed.push(beginning_of(project, run));
                    }
                    continue;
                }
            };
            findings.push(finding.help(help).evidence("expected", expected.join(", ")));
        }
    }
    let index = code(DEFAULT_INDEX);
    let of_files = |location: Location, more: usize| {
        let path = code(project.file(location.file).path());
        let more = match more {
            0 => String::new(),
            1 => " and one more file".to_owned(),
            more => format!(" and {more} more files"),
        };
        findings
            .finding(
                location,
                Subject::Index(DEFAULT_INDEX.to_owned()),
                format!("no option names an index for {path}{more}, so {index} is asked"),
            )
            .at_most(Severity::Low)
            .confidence(Confidence::Low)
            .help(help)
            .evidence("expected", expected.join(", "))
    };
    // That no file names an index is one matter, unless somebody looks at a change file by file.
    let (mut all, unnamed) = part_accepted(context, unnamed, |location| of_files(*location, 0));
    match (unnamed.as_slice(), context.scope) {
        ([first, rest @ ..], Scope::Full) => all.push(of_files(*first, rest.len())),
        (each, _) => all.extend(each.iter().map(|location| of_files(*location, 0))),
    }
    for finding in all {
        findings.push(finding);
    }
}

/// The indexes that lock files name: one finding for each and file.
fn check_locks(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut told = Set::new();
    for locked in context.project.locked() {
        let Some(url) = locked.lock.index_of(locked.package) else { continue };
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
    fn an_index_is_told_once_a_file() {
        check(
            "unexpected-index",
            &format!(
                "{CONFIG}==> x.sh <==\npip install -i https://b.example.org a\n               ^^^^^^^^^^^^^^^^^^^^^ unexpected-index\nuv pip install -i https://B.example.org/ b\n==> y.sh <==\npip install -i https://b.example.org a\n               ^^^^^^^^^^^^^^^^^^^^^ unexpected-index\n"
            ),
        );
    }

    #[test]
    fn files_that_name_no_index_are_one_finding_in_a_full_audit() {
        let (x, y) = ("==> x.sh <==\npip install a\npip install b\n", "==> y.txt <==\na\n");
        let mark = "^ unexpected-index: for `y.txt` and one more file, so `https://pypi.org/simple` is asked\n";
        check("unexpected-index", &format!("{CONFIG}{x}{y}{mark}"));
        let ignored = "[[ignore]]\nrule = \"unexpected-index\"\npath = \"y.txt\"\nreason = \"set there\"\n";
        let x = x.replacen("a\n", "a\n            ^ unexpected-index: for `x.sh`, so\n", 1);
        check("unexpected-index", &format!("{CONFIG}{ignored}{x}{y}"));
    }

    #[test]
    fn a_lock_file_has_an_index_for_what_names_none() {
        check(
            "unexpected-index",
            &format!(
                "{CONFIG}==> Pipfile.lock <==\n{{\"_meta\": {{\"sources\": [\n{{\"url\": \"https://b.example.org\", \"name\": \"b\"}}]}},\n         ^^^^^^^^^^^^^^^^^^^^^ unexpected-index: `a` comes from\n\"default\": {{\"a\": {{\"version\": \"==1\"}}}}}}\n"
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
