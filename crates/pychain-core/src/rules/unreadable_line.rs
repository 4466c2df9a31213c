//! `unreadable-line`: pip stops here.

use super::non_ascii_text::is_cause;
use crate::audit::{Context, Findings, Scope};
use crate::finding::{Confidence, Finding, Location, Safety, Severity, Subject};
use crate::format::requirements_txt::{self, text_of};
use crate::model::{
    Document, InstallOption, Line, LineKind, Purpose, Refusal, RefusalClass, Requirement, Role, Section, Source, Tool,
};
use crate::order::{Map, Set};
use crate::prose::code;
use crate::text::{Edit, FileId, SourceFile, Span};
use crate::tree::Project;
use crate::tree::trusted_host;
use crate::url::redact;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for lines that pip cannot read, and for files that it cannot decode.
    /// The rest of the file is audited all the same.
    /// A file of which most lines cannot be read is told as one finding in a full audit.
    ///
    /// ## Why it matters
    ///
    /// pip refuses the whole install at the first such line, in whichever file it stands.
    /// What other tools make of the line differs, so a scanner may pass over what another installer would install.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// flask=3.0.3
    /// click==8.1.7
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,fixed
    /// flask==3.0.3
    /// click==8.1.7
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the file is no requirements file, though it is named like one; exclude it in the configuration.
    ///
    /// ## References
    ///
    /// - pip: [Requirements file format](https://pip.pypa.io/en/stable/reference/requirements-file-format/)
    /// - Packaging specifications: [Dependency specifiers](https://packaging.python.org/en/latest/specifications/dependency-specifiers/)
    "unreadable-line": "line that pip cannot read",
    severity: High, confidence: High, persona: Regular, fix: Sometimes,
    needs: [],
    since: "0.1.0",
    check: check,
}

/// So many unreadable lines, if they are most of a file's, are one finding in a full audit.
const TOO_MANY: usize = 5;

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let project = context.project;
    let stops: Set<(FileId, Option<usize>)> = project
        .runs
        .iter()
        .filter_map(|run| run.entries.get(run.refused.as_ref()?.0?))
        .map(|entry| (entry.file, entry.line))
        .collect::<Set<_>>();
    let characters_are_told =
        [&super::non_ascii_text::RULE, &super::hidden_characters::RULE].into_iter().all(|rule| context.runs(rule));
    for document in &project.documents {
        if document.decode_error.is_some() {
            undecodable(context, findings, document);
            continue;
        }
        // A file that becomes one only when its template is filled in is none that pip sees.
        let is_template = project.file(document.file).path().contains("{{");
        let is_filled_in =
            |line: &Line| is_template && ["{{", "{%"].iter().any(|mark| text_of(document, line).contains(mark));
        let refused: Vec<(usize, &Line, &Refusal)> = document
            .lines
            .iter()
            .enumerate()
            .filter_map(|(index, line)| match &line.kind {
                // The characters are the trouble, and the other rules name them.
                LineKind::Refused(_) if characters_are_told && is_cause(document, line) => None,
                LineKind::Refused(_) if is_filled_in(line) => None,
                LineKind::Refused(refusal) => Some((index, line, refusal.as_ref())),
                _ => None,
            })
            .collect();
        let is_foreign = refused.len() >= TOO_MANY && refused.len() * 2 > document.lines.len();
        if let (true, Scope::Full, Some((_, line, _))) = (is_foreign, context.scope, refused.first()) {
            let path = project.file(document.file).path();
            let (count, all) = (refused.len(), document.lines.len());
            let tool = document.tool(line).name();
            let message = format!("{tool} cannot read {count} of the {all} lines of {}, this one first", code(path));
            let location = Location { file: document.file, span: line.span };
            let finding = findings.finding(location, Subject::File(path.to_owned()), message);
            findings.push(finding.help(if document.has_section(Section::is_pips) {
                "Exclude the file in the configuration if it is no requirements file"
            } else {
                "Correct the lines, or exclude the file in the configuration if no tool reads it"
            }));
            continue;
        }
        if document.is_script() {
            for (_, _, refusal) in refused {
                findings.push(of_script(project, findings, document, refusal));
            }
            continue;
        }
        for (index, line, refusal) in refused {
            let is_stop = stops.contains(&(document.file, Some(index)));
            let finding = of_line(findings, document, line, refusal, is_stop);
            findings.push(match repair(context, document, index, line) {
                Some(edit) => finding.fix("Write what the line plainly means", Safety::Safe, vec![edit]),
                None => finding,
            });
        }
    }
    bad_hosts(context, findings);
}

/// A workflow or a configuration that its tool could not take apart either.
fn of_script(project: &Project, findings: &Findings<'_>, document: &Document, refusal: &Refusal) -> Finding {
    let path = project.file(document.file).path();
    let message = format!("{} cannot be read: {}", code(path), refusal.message);
    findings
        .finding(Location { file: document.file, span: refusal.span }, Subject::File(path.to_owned()), message)
        .help(refusal.help.clone())
        .at_most(Severity::Medium)
}

fn of_line(findings: &Findings<'_>, document: &Document, line: &Line, refusal: &Refusal, is_stop: bool) -> Finding {
    let text = text_of(document, line);
    let tool = document.tool(line).name();
    if text.contains("${") {
        // Nobody here knows what stands there when pip reads it.
        let message =
            format!("{tool} can read this line only if its variable has a value that fits: {}", refusal.message);
        return findings
            .finding(Location { file: document.file, span: refusal.span }, Subject::Line(redact(&text)), message)
            .help("Write the value, or make sure that the variable is always set")
            .at_most(Severity::Low)
            .confidence(Confidence::Low);
    }
    let outcome = if is_stop { ", and refuses the whole install for it" } else { "" };
    // A manifest that cannot be taken apart is no matter of one tool.
    let is_nobodys = |section: &Section| section.tool == Tool::Pip && section.purpose == Purpose::Settings;
    let what = if document.section(line).is_some_and(is_nobodys) {
        format!("{} cannot be read", code(document.source.path()))
    } else {
        format!("{tool} cannot read this line{outcome}")
    };
    let message = format!("{what}: {}", refusal.message);
    let finding = findings
        .finding(Location { file: document.file, span: refusal.span }, Subject::Line(redact(&text)), message)
        .help(refusal.help.clone());
    let is_pips = document.section(line).is_some_and(Section::is_pips);
    if is_pips { finding.evidence("pip's error", refusal.class.name()) } else { finding }
}

fn undecodable(context: &Context<'_>, findings: &mut Findings<'_>, document: &Document) {
    let mut entries =
        context.project.runs.iter().flat_map(|run| run.entries.iter().map(move |entry| (run.role, entry)));
    let entry = entries.find(|(_, entry)| entry.file == document.file && entry.line.is_none());
    let Some((role, refusal)) = entry.and_then(|(role, entry)| Some((role, entry.refusal.as_ref()?))) else { return };
    let is_pips = matches!(role, Role::Requirements | Role::Constraints);
    let file = context.project.file(document.file);
    let path = code(file.path());
    let what = if is_pips { format!("pip cannot decode {path}") } else { format!("{path} cannot be decoded") };
    let location = Location { file: document.file, span: file.line_span(1) };
    let message = format!("{what}: {}", refusal.message);
    let finding = findings.finding(location, Subject::File(file.path().to_owned()), message).help(refusal.help.clone());
    findings.push(if is_pips { finding.evidence("pip's error", refusal.class.name()) } else { finding });
}

/// `--trusted-host` with a value that is no host stops pip without naming a line.
fn bad_hosts(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (document, line, used) in context.project.options(InstallOption::TrustedHost) {
        if !matches!(line.kind, LineKind::Options) || trusted_host(&used.value.value).is_some() {
            continue;
        }
        let location = Location { file: document.file, span: used.span };
        let subject = Subject::Line(redact(context.project.text(location)));
        let message = "pip refuses the whole install for this option: it takes a host, or a host, a colon and a port";
        let finding = findings.finding(location, subject, message).help("Correct the host, or remove the option");
        findings.push(finding.evidence("pip's error", RefusalClass::ValueError.name()));
    }
}

/// The edit that makes the line what it plainly means, if there is just one such meaning.
fn repair(context: &Context<'_>, document: &Document, index: usize, line: &Line) -> Option<Edit> {
    if !document.section(line).is_some_and(Section::is_pips) {
        return None;
    }
    let file = context.project.file(document.file);
    let text = text_of(document, line);
    if let Some(text) = text.strip_suffix('\\') {
        // A backslash continues a line only as its last character.
        let start = line.span.end as usize;
        let after = file.text().get(start..)?.split('\n').next()?;
        let next = document.lines.get(index + 1).filter(|next| text_of(document, next).starts_with("--hash"))?;
        let below = file.text().get(start + after.len() + 1..next.span.end as usize)?.trim_end_matches('\\');
        let owner = if text.starts_with("--hash") { "a " } else { "" };
        let blank = after.trim_end_matches('\r');
        let is_meant = !blank.is_empty() && blank.trim_matches([' ', '\t']).is_empty() && !below.contains('\n');
        return (is_meant && reads(&format!("{owner}{text}{below}")))
            .then(|| Edit::delete(Span::new(start, start + blank.len())));
    }
    let is_plain = file.slice(line.span) == text;
    let meant = candidates(&text).into_iter().flatten().find(|text| reads(text));
    meant.filter(|_| is_plain).map(|text| Edit::replace(line.span, text))
}

/// What an unreadable line may mean: `=` for `==`, `=>` for `>=`, a comment without a space before it, `-e` without
/// quotes, `#egg=` with a version or extras.
fn candidates(text: &str) -> [Option<String>; 5] {
    let swapped = ["=>", "=<"].into_iter().find(|wrong| text.contains(wrong));
    let swapped = swapped.map(|wrong| text.replacen(wrong, if wrong == "=>" { ">=" } else { "<=" }, 1));
    let single = (text.matches('=').count() == 1 && !text.contains("://")).then(|| text.replacen('=', "==", 1));
    let unquoted = text
        .strip_prefix("-e ")
        .filter(|value| value.contains(" @ ") && !value.contains(['"', '\'', ';']))
        .map(|value| format!("-e \"{}\"", value.trim()));
    let egg = text.split_once("#egg=").filter(|(url, _)| !url.contains(' ')).and_then(|(url, egg)| {
        let name = egg.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').strip_suffix("==");
        let extras = || egg.ends_with(']').then(|| format!("{egg} @ {url}"));
        name.map(|name| format!("{url}#egg={name}")).or_else(extras)
    });
    let comment = text.split_once('#').filter(|_| !text.contains("://"));
    let comment = comment.map(|(before, after)| format!("{before} #{after}"));
    [swapped, single, comment, unquoted, egg]
}

/// Whether pip reads a text as one requirement.
fn reads(text: &str) -> bool {
    // Whether a path is there nobody can tell from the text.
    let is_path = |requirement: &Requirement| matches!(requirement.source, Source::Path(_));
    only_line(text).is_some_and(|line| {
        line.dropped().is_empty() && line.requirement().is_some_and(|requirement| !is_path(requirement))
    })
}

/// The line that a text is, if it is one.
pub(super) fn only_line(text: &str) -> Option<Line> {
    let known = Map::new();
    let file = SourceFile::from_text("", text);
    let document = requirements_txt::parse(&file, &Map::new(), requirements_txt::Paths::new(&known, None), None);
    let mut lines = document.lines.into_iter();
    lines.next().filter(|_| lines.next().is_none())
}

#[cfg(test)]
mod tests {
    use crate::testing::{Fixture, check, fixed};

    #[test]
    fn the_first_line_stops_pip_and_every_line_is_told() {
        check(
            "unreadable-line",
            "==> r.txt <==\na==1\n-r b.txt\nfoo bar\n    ^^^ unreadable-line: pip cannot read this line: \n==> b.txt <==\n-U\n^^ unreadable-line: refuses the whole install for it: pip knows no option\n",
        );
    }

    #[test]
    fn what_a_template_fills_in_is_left_alone() {
        check(
            "unreadable-line",
            "==> {{ x.name }}/r.txt <==\na~={{ x.version }}\n{% if x.b -%}\nb{% endif %}\nc d\n  ^ unreadable-line\n==> r.txt <==\na=={{ x }}\n ^^^^^^^^^ unreadable-line\n",
        );
    }

    #[test]
    fn a_file_that_is_something_else_is_one_finding() {
        let prose = "This is\nno file of\nrequirements at\nall, but\nsome prose\n";
        check(
            "unreadable-line",
            &prose.replace(
                "no file",
                "^^^^^^^ unreadable-line: cannot read 5 of the 5 lines of `requirements.txt`\nno file",
            ),
        );
        check(
            "unreadable-line",
            "==> base/r.txt <==\na\n==> r.txt <==\na b\n  ^ unreadable-line\nc d\n  ^ unreadable-line\ne f\n  ^ unreadable-line\ng h\n  ^ unreadable-line\ni j\n  ^ unreadable-line\n",
        );
    }

    #[test]
    fn whoever_cannot_read_it_is_named() {
        for (path, text, message) in [
            ("pyproject.toml", "[project\n", "`pyproject.toml` cannot be read: this is no TOML"),
            ("setup.cfg", "[options]\ninstall_requires\n", "setuptools cannot read this line: the line has no `=`"),
            (
                "pyproject.toml",
                "[project]\ndependencies = [\"a b\", \"c d\", \"e f\", \"g h\", \"i j\"]\n[tool.uv]\n",
                "uv cannot read 5 of the 5 lines of `pyproject.toml`, this one first",
            ),
        ] {
            let report = Fixture::parse(&format!("==> {path} <==\n{text}")).report();
            let finding = report.findings.iter().find(|finding| finding.rule.id == "unreadable-line");
            let finding = finding.expect("a finding");
            assert!(finding.message.starts_with(message), "{}", finding.message);
            assert!(!finding.help.contains("requirements file"), "{}", finding.help);
        }
    }

    #[test]
    fn a_host_that_is_none_stops_pip_too() {
        check(
            "unreadable-line",
            "-i https://h.example.org\n--trusted-host h:x\n^^^^^^^^^^^^^^^^^^ unreadable-line: a host, a colon and a port\na\n",
        );
    }

    #[test]
    fn credentials_are_not_part_of_what_is_said() {
        let report = Fixture::parse("--extra-indexurl https://u:Sup3r@h\n").report();
        assert!(report.findings.iter().any(|finding| finding.rule.id == "unreadable-line"));
        assert!(!format!("{:?}", report.findings).contains("Sup3r"));
    }

    #[test]
    fn what_is_plainly_meant_is_mended() {
        for (before, after) in [
            ("a = 1.0 # c\r\n", "a == 1.0 # c\r\n"),
            ("a[x]=>1,<2\n", "a[x]>=1,<2\n"),
            ("a==1#c\n", "a==1 #c\n"),
            (
                "a==1 \\ \t\r\n  --hash=sha256:00 \\ \r\n  --hash=sha256:01\r\n",
                "a==1 \\\r\n  --hash=sha256:00 \\\r\n  --hash=sha256:01\r\n",
            ),
            ("-e a[x] @ git+https://h/a@v1\n", "-e \"a[x] @ git+https://h/a@v1\"\n"),
            ("git+https://h/a@v1#egg=a==1.0\n", "git+https://h/a@v1#egg=a\n"),
            ("git+https://h/a@v1#egg=a[x]\n", "a[x] @ git+https://h/a@v1\n"),
        ] {
            let got = fixed("unreadable-line", before);
            assert_eq!(got, after);
            check("unreadable-line", &got);
            assert_eq!(Fixture::parse(&got).head.requirements().count(), 1, "{got}");
        }
    }

    #[test]
    fn what_a_variable_stands_for_nobody_knows() {
        let report = Fixture::parse("a==${VERSION}\n").report();
        let finding = report.findings.iter().find(|finding| finding.rule.id == "unreadable-line").expect("a finding");
        assert_eq!((finding.severity.name(), finding.confidence.name()), ("low", "low"));
    }

    #[test]
    fn what_may_mean_several_things_is_left_to_a_person() {
        for text in ["numpy=1.21=py39_0\n", "a ==1 <2\n", "a \\ \nb\n", "foo bar\n", "./gone#egg=x\n"] {
            let report = Fixture::parse(text).report();
            assert!(
                report.findings.iter().all(|finding| finding.rule.id != "unreadable-line" || finding.fix.is_none())
            );
        }
    }
}
