//! `ineffective-option`: an option that does nothing where it stands.

use crate::audit::{Context, Findings};
use crate::config::Installer;
use crate::finding::{Location, Severity, Subject};
use crate::model::{Document, InstallOption, Line, LineKind, OptionUse, Section};
use crate::order::{Map, Set};
use crate::prose::code;
use crate::resolution::{Place, Sources};
use crate::url::redact;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for options that the installer reads and does not act on: most options on the line of a requirement or of an include, all but one of several that exclude each other, and an index that a later option takes out again.
    /// With `installer = "uv"` also for those that uv leaves out of a file.
    ///
    /// ## Why it matters
    ///
    /// pip says nothing.
    /// Who reads `--require-hashes` or `--index-url` in the file takes it for granted that it holds.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// acme-utils==1.2.0 --index-url https://packages.example.org/simple
    /// ```
    ///
    /// ## Use instead
    ///
    /// Most options act on the whole install, from a line of their own.
    ///
    /// ```requirements,good
    /// --index-url https://packages.example.org/simple
    /// acme-utils==1.2.0
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When another tool reads the option that pip passes over.
    ///
    /// ## References
    ///
    /// - pip: [Requirements file format](https://pip.pypa.io/en/stable/reference/requirements-file-format/#supported-options)
    "ineffective-option": "option without effect",
    severity: Medium, confidence: High, persona: Regular, fix: Never,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let installer = context.config.installer;
    let forgotten = forgotten(context);
    // What overrides what on a command line everybody sees there, and other tools have rules of their own.
    let lines = context.project.lines().filter(|(document, line)| !document.is_of_command(line));
    for (document, line) in lines.filter(|(document, line)| document.section(line).is_some_and(Section::is_pips)) {
        for used in &line.options {
            let at = Location { file: document.file, span: used.span };
            let value = Location { file: document.file, span: used.value.span };
            let (why, by) = match (why_not(line, used), installer) {
                (Some(_), Installer::Uv) => ("uv refuses the line for it".to_owned(), None),
                (Some(why), Installer::Pip) => (format!("pip ignores it {why}"), None),
                (None, Installer::Uv) if uv_ignores(context, document, line, used) => {
                    ("uv ignores it in a file of this kind".to_owned(), None)
                }
                (None, _) => match forgotten.get(&value) {
                    Some(by) => ("an option that comes later takes the index out again".to_owned(), Some(*by)),
                    None => continue,
                },
            };
            let shown = format!("{} {}", used.option.flag(), redact(&used.value.value));
            let subject = Subject::Option(shown.trim_end().to_owned());
            let message = format!("{} does nothing here: {why}", code(used.option.flag()));
            let mut finding =
                findings.finding(at, subject, message).help(help(used.option)).at_most(severity(used.option));
            if let Some(by) = by {
                finding = finding.related(by, "this takes it out");
            }
            findings.push(finding);
        }
    }
}

/// Why pip does not act on an option, if it is not another rule's matter.
fn why_not(line: &Line, used: &OptionUse) -> Option<&'static str> {
    // pip keeps features in a list that all lines share.
    if used.acts || used.option == InstallOption::UseFeature {
        return None;
    }
    match &line.kind {
        LineKind::Refused(_) => None,
        LineKind::Requirement(requirement) if requirement.editable && used.option == InstallOption::Hash => {
            Some("with `-e`, so nothing is checked")
        }
        LineKind::Requirement(_) => Some("on the line of a requirement"),
        LineKind::Include(_) => Some("on the line of an include"),
        // `detached-hashes` speaks of hashes without a requirement.
        LineKind::Options if used.option == InstallOption::Hash => None,
        LineKind::Options if used.option == InstallOption::ConfigSettings => Some("without a requirement"),
        LineKind::Options => Some("beside another one on the same line"),
    }
}

/// Options that uv leaves out, with a warning, and those that it does not take from a constraints file.
fn uv_ignores(context: &Context<'_>, document: &Document, line: &Line, used: &OptionUse) -> bool {
    use InstallOption::{ExtraIndexUrl, FindLinks, IndexUrl, NoIndex, Pre, PreferBinary, TrustedHost, UseFeature};
    let is_left_out = matches!(used.option, Pre | PreferBinary | TrustedHost | UseFeature);
    let is_source = matches!(used.option, IndexUrl | ExtraIndexUrl | FindLinks | NoIndex);
    matches!(line.kind, LineKind::Options)
        && (is_left_out || (is_source && context.project.is_constraints(document.file)))
}

/// Indexes that no run takes anything from, because a later option of each takes them out again.
fn forgotten(context: &Context<'_>) -> Map<Location, Location> {
    let mut out = Map::new();
    let mut kept = Set::new();
    let place = |place: &Place| place.location;
    for run in &context.project.runs {
        let sources = Sources::of(context.project, run, context.config.installer);
        kept.extend(sources.places.iter().filter_map(place));
        out.extend(sources.forgotten.iter().filter_map(|(gone, by)| Some((place(gone)?, *by))));
    }
    out.retain(|location, _| !kept.contains(location));
    out
}

/// What a reader would rely on weighs more.
fn severity(option: InstallOption) -> Severity {
    use InstallOption::{
        AllReleases, Constraint, ExtraIndexUrl, Hash, IndexUrl, NoIndex, OnlyBinary, OnlyFinal, RequireHashes,
        Requirement,
    };
    match option {
        RequireHashes | Hash | IndexUrl | ExtraIndexUrl | NoIndex | Constraint | Requirement | OnlyBinary
        | OnlyFinal | AllReleases => Severity::Medium,
        _ => Severity::Low,
    }
}

fn help(option: InstallOption) -> &'static str {
    match option {
        InstallOption::Hash => "Remove it: what is editable cannot be checked",
        InstallOption::ConfigSettings => "Write it on the line of its requirement",
        _ => "Write it on a line of its own if it is meant, or remove it",
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn options_on_the_lines_of_others_do_nothing() {
        check(
            "ineffective-option",
            "==> r.txt <==\na==1 --hash=sha256:00 --pre\n                      ^^^^^ ineffective-option: `--pre` does nothing here: pip ignores it on the line of a requirement\n\
             -r b.txt --require-hashes -c b.txt\n         ^^^^^^^^^^^^^^^^ ineffective-option: on the line of an include\n                          ^^^^^^^^ ineffective-option: `--constraint`\n\
             -e git+https://h/c#egg=c --hash=sha256:00\n                         ^^^^^^^^^^^^^^^^ ineffective-option: with `-e`\n\
             -i https://a -i https://b\n^^^^^^^^^^^^ ineffective-option: beside another one\n==> b.txt <==\nx\n",
        );
    }

    #[test]
    fn an_index_that_a_later_option_takes_out_does_nothing() {
        check(
            "ineffective-option",
            "--extra-index-url https://u:p@a.example.org\n^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ ineffective-option: comes later\n-i https://b.example.org\nx\n",
        );
        check(
            "ineffective-option",
            "==> pychain.toml <==\ninstaller = \"uv\"\n==> r.txt <==\n--extra-index-url https://a.example.org\n-i https://b.example.org\nx\n",
        );
        check(
            "ineffective-option",
            "==> a.txt <==\n-r b.txt\n-i https://c.example.org\n==> d.txt <==\n-r b.txt\n==> b.txt <==\n-i https://b.example.org\n",
        );
    }

    #[test]
    fn uv_leaves_some_out() {
        check(
            "ineffective-option",
            "==> pychain.toml <==\ninstaller = \"uv\"\n==> r.txt <==\n--trusted-host h\n^^^^^^^^^^^^^^^^ ineffective-option: uv ignores\n--require-hashes\nx --pre\n  ^^^^^ ineffective-option: uv refuses\n==> constraints.txt <==\n-i https://h\n^^^^^^^^^^^^ ineffective-option\n",
        );
    }

    #[test]
    fn options_that_act_anywhere_and_detached_hashes_are_left_alone() {
        check(
            "ineffective-option",
            "==> r.txt <==\na --only-binary :all: --no-binary a --use-feature truststore -C a=b\n-r b.txt --only-final :all:\n==> b.txt <==\nb\n  --hash=sha256:00\n",
        );
    }
}
