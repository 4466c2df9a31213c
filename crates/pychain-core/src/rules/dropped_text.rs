//! `dropped-text`: words that pip throws away without a word.

use crate::audit::{Context, Findings};
use crate::finding::{Finding, Location, Safety, Subject};
use crate::format::requirements_txt::text_of;
use crate::model::{Document, Line, LineKind};
use crate::prose::code;
use crate::requirement::parse_marker;
use crate::text::{Edit, Span};
use crate::url::redact;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for words after the first option of a line that belong to no option.
    ///
    /// ## Why it matters
    ///
    /// pip throws them away without a warning.
    /// A requirement after an option is not installed, a marker after the hashes does not hold, of two included files one is not read.
    /// What a reader takes for a pin is then no pin at all.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// --pre acme-utils==1.2.0
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,good
    /// --pre
    /// acme-utils==1.2.0
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When the words were meant as a comment; put a `#` before them.
    ///
    /// ## References
    ///
    /// - pip: [Requirements file format](https://pip.pypa.io/en/stable/reference/requirements-file-format/#structure)
    "dropped-text": "words that pip throws away",
    severity: Medium, confidence: High, persona: Regular, fix: Sometimes,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (document, line) in context.project.lines() {
        // Of a line that pip refuses nothing is left to drop.
        let (Some(first), Some(last)) = (line.dropped().first(), line.dropped().last()) else { continue };
        if matches!(line.kind, LineKind::Refused(_)) {
            continue;
        }
        let span = first.span.cover(last.span);
        let location = Location { file: document.file, span };
        let dropped = context.project.text(location);
        let (outcome, help) = explain(line, dropped);
        let message = format!("pip throws {} away: {outcome}", code(&redact(dropped)));
        let finding = findings.finding(location, Subject::Line(redact(&text_of(document, line))), message).help(help);
        findings.push(with_fix(context, finding, document, line, span));
    }
}

/// What comes of it, and what to do.
fn explain(line: &Line, dropped: &str) -> (String, &'static str) {
    match &line.kind {
        LineKind::Requirement(requirement) => {
            let label = code(&requirement.label());
            match marker_of(dropped) {
                Some(_) => (
                    format!("{label} is installed everywhere, whatever the marker says"),
                    "Write the marker before the first option",
                ),
                None => (
                    format!("nothing of it bears on {label}"),
                    "Write it before the first option, on a line of its own, or as a comment",
                ),
            }
        }
        LineKind::Include(include) => (
            format!("only {} is read", code(&redact(&include.target))),
            "Write each `-r` and `-c` on a line of its own",
        ),
        _ => (
            "nothing of it is installed".to_owned(),
            "Write options and requirements on lines of their own, and a requirement without a `-` before it",
        ),
    }
}

/// The marker that dropped words would make.
fn marker_of(dropped: &str) -> Option<&str> {
    let text = dropped.strip_prefix(';')?.trim();
    parse_marker(text).is_ok().then_some(text)
}

/// Puts a lost marker where pip reads it, if it stands in one piece at the end of the line.
fn with_fix(context: &Context<'_>, finding: Finding, document: &Document, line: &Line, span: Span) -> Finding {
    let text = context.project.file(document.file).text();
    let requirement = line.requirement().filter(|requirement| requirement.marker.is_none() && !requirement.editable);
    let marker = text.get(span.range()).and_then(marker_of);
    let (Some(requirement), Some(marker)) = (requirement, marker) else { return finding };
    let before = text.get(requirement.span.end as usize..span.start as usize).unwrap_or_default();
    // In a continued line the backslashes would have to be set anew.
    if before.contains('\\') || marker.contains('\\') || span.end != line.span.end {
        return finding;
    }
    let end = requirement.span.end as usize;
    let separator = if requirement.direct_url().is_some() { " ; " } else { "; " };
    let blank = before.len() - before.trim_end().len();
    let gap = Span::new(span.start as usize - blank, span.end as usize);
    let edits = vec![Edit::replace(Span::new(end, end), format!("{separator}{marker}")), Edit::delete(gap)];
    finding.fix("Write the marker before the first option", Safety::Unsafe, edits)
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, fixed};

    #[test]
    fn what_is_lost_is_said() {
        check(
            "dropped-text",
            "- flask==1\n^^^^^^^^^^ dropped-text: pip throws `- flask==1` away: nothing of it is installed\n\
             --extra-index-url https://h u:p@h https://u:p@h/x\n                            ^^^^^^^^^^^^^^^^^^^^^ dropped-text: `u:p@h https://****@h/x`\n\
             a==1 --hash=sha256:00 ; python_version < '3'\n                      ^^^^^^^^^^^^^^^^^^^^^^ dropped-text: `a` is installed everywhere\n\
             b==1 --hash=sha256:00 nonsense\n                      ^^^^^^^^ dropped-text: nothing of it bears on `b`\n\
             -e git+https://h/c#egg=c ; python_version < '3'\n                         ^^^^^^^^^^^^^^^^^^^^^^ dropped-text\n",
        );
        check(
            "dropped-text",
            "==> r.txt <==\n-r a.txt b.txt\n         ^^^^^ dropped-text: only `a.txt` is read\n==> a.txt <==\nx\n==> b.txt <==\ny\n",
        );
    }

    #[test]
    fn a_marker_goes_where_pip_reads_it() {
        for (before, after) in [
            (
                "a==1 --hash=sha256:00 ; python_version < '3' # c\r\n",
                "a==1; python_version < '3' --hash=sha256:00 # c\r\n",
            ),
            (
                "a @ https://h/a.zip --hash=sha256:00 ; os_name == 'nt'\n",
                "a @ https://h/a.zip ; os_name == 'nt' --hash=sha256:00\n",
            ),
        ] {
            let got = fixed("dropped-text", before);
            assert_eq!(got, after);
            check("dropped-text", &got);
        }
    }

    #[test]
    fn comments_refused_lines_and_values_are_left_alone() {
        check(
            "dropped-text",
            "a==1 --hash=sha256:00 # dropped\n-e a @ git+https://h/a\n--extra-index-url 'https://h'\n",
        );
    }
}
