//! `arbitrary-equality`: `===` compares texts, not versions.

use super::support::part_accepted;
use crate::audit::{Context, Findings};
use crate::finding::{Finding, Location, Safety, Severity, Subject};
use crate::order::Map;
use crate::prose::code;
use crate::requirement::{Binding, Specifier, typed};
use crate::text::{Edit, FileId, Span};
use crate::tree::Entry;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for `===`, the operator that compares versions letter by letter.
    ///
    /// ## Why it matters
    ///
    /// `===1.0` takes neither `1.0.0` nor `1.0+build`, which `==1.0` does, and tools that look versions up in a list of vulnerable ones may not read it.
    /// A file that does so throughout is one finding.
    /// pip compares with the normalized form of a release, so a text in another form (`===v1.0`, `===1.0-rc1`) fits nothing and the install fails: those findings have a high severity, the others a low one.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// click===8.1.7
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,fixed
    /// click==8.1.7
    /// ```
    ///
    /// The fix is safe where a hash, or a local version such as `1.0+cpu`, decides what is installed, and where nothing fits the text as it is.
    /// Elsewhere it is not: `==1.0` would take a `1.0+build` from another index.
    ///
    /// ## When it is wrong
    ///
    /// When an index serves `1.0` and `1.0+build` side by side and you want the first.
    ///
    /// ## References
    ///
    /// - Python packaging: [Arbitrary equality](https://packaging.python.org/en/latest/specifications/version-specifiers/#arbitrary-equality)
    "arbitrary-equality": "version compared as text",
    severity: High, confidence: High, persona: Regular, fix: Sometimes,
    needs: [],
    since: "0.1.0",
    check: check,
}

/// A requirement and the specifier in it.
type Held<'a> = (Entry<'a>, &'a Specifier);

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut by_file: Map<FileId, (usize, Vec<Held<'_>>)> = Map::new();
    for entry in context.project.requirements() {
        let (pins, held) = by_file.entry(entry.document.file).or_default();
        *pins += usize::from(entry.requirement.pin().is_some());
        let specifiers = entry.requirement.specifiers.iter();
        held.extend(specifiers.filter(|it| it.binding() == Binding::Arbitrary).map(|it| (entry, it)));
    }
    for (file, (pins, held)) in by_file {
        let of_line =
            |(entry, specifier): &Held<'_>, findings: &Findings<'_>| judge(context, findings, entry, specifier);
        let (fitting, others): (Vec<_>, Vec<_>) = held.into_iter().partition(|(_, specifier)| fits(specifier));
        let (accepted, fitting) = part_accepted(context, fitting, |it| of_line(it, findings));
        let mut told = accepted;
        told.extend(others.iter().map(|it| of_line(it, findings)));
        // Who writes it throughout means it, and raises the versions one by one.
        if fitting.len() > pins.max(2) {
            told.push(of_file(context, findings, file, &fitting));
        } else {
            told.extend(fitting.iter().map(|it| of_line(it, findings)));
        }
        for finding in told {
            findings.push(finding);
        }
    }
}

/// Whether the text is that of the version, so that releases may have it.
fn fits(specifier: &Specifier) -> bool {
    typed::version(&specifier.version).is_some_and(|version| version.to_string() == specifier.version.to_lowercase())
}

fn of_file(context: &Context<'_>, findings: &Findings<'_>, file: FileId, held: &[Held<'_>]) -> Finding {
    let path = context.project.file(file).path();
    let span = held.first().map_or_else(Span::default, |(_, specifier)| specifier.span);
    let message = format!(
        "{} requirements in {} are held with `===`, which compares the text and not the version",
        held.len(),
        code(path)
    );
    let finding = findings
        .finding(Location { file, span }, Subject::File(path.to_owned()), message)
        .help("Use `==`")
        .at_most(Severity::Low);
    let fixes: Vec<_> = held.iter().filter_map(|(entry, it)| judge(context, findings, entry, it).fix).collect();
    let is_safe = fixes.iter().all(|fix| fix.safety == Safety::Safe);
    let edits: Vec<Edit> = fixes.into_iter().flat_map(|fix| fix.edits).collect();
    if edits.len() < held.len() {
        return finding;
    }
    let safety = if is_safe { Safety::Safe } else { Safety::Unsafe };
    finding.fix("Compare them as versions", safety, edits)
}

fn judge(context: &Context<'_>, findings: &Findings<'_>, entry: &Entry<'_>, specifier: &Specifier) -> Finding {
    let (requirement, tool) = (entry.requirement, entry.installer());
    let (name, written) = (code(&requirement.label()), code(&format!("==={}", specifier.version)));
    let place = entry.at(specifier.span);
    let finding = |message: String| findings.finding(place, requirement.subject(), message);
    let Some(version) = typed::version(&specifier.version) else {
        return finding(format!("{name} is held to {written}, which is no version: {tool} finds no release that fits"))
            .help("Name a released version, with `==`")
            .identified_by(&*specifier.version);
    };
    let fits = fits(specifier);
    let finding = if fits {
        finding(format!("{name} is held to {written}, which compares the text and not the version"))
            .at_most(Severity::Low)
    } else {
        let normalized = version.to_string();
        finding(format!(
            "{name} is held to {written}, a text that no release has: {tool} writes it {}",
            code(&normalized)
        ))
        .evidence("normalized", normalized)
        .identified_by(&*specifier.version)
    }
    .help("Use `==`");
    if !context.project.text(place).starts_with("===") {
        return finding;
    }
    let decided = !fits || version.is_local() || !requirement.hashes.is_empty();
    let safety = if decided { Safety::Safe } else { Safety::Unsafe };
    let start = specifier.span.start as usize;
    finding.fix("Compare it as a version", safety, vec![Edit::replace(Span::new(start, start + 3), "==")])
}

#[cfg(test)]
mod tests {
    use crate::testing::{Fixture, check, fixed};

    #[test]
    fn a_text_that_no_release_has_is_told_apart() {
        check(
            "arbitrary-equality",
            "a===1.0\n ^^^^^^ arbitrary-equality: compares the text\nb[x] === v1.0-rc1\n     ^^^^^^^^^^^^ arbitrary-equality: pip writes it `1.0rc1`\n\
             c===1.0RC1\n ^^^^^^^^^ arbitrary-equality: compares the text\nd===2004d/x\n ^^^^^^^^^^ arbitrary-equality: is no version\n",
        );
    }

    #[test]
    fn constraints_count_and_other_operators_do_not() {
        check("arbitrary-equality", "==> constraints.txt <==\na===1\n ^^^^ arbitrary-equality\nb==1\n");
    }

    #[test]
    fn a_file_that_does_so_throughout_is_one_finding_and_a_raised_version_none() {
        let told = "a===1\n ^^^^ arbitrary-equality: 3 requirements in `r.txt` are held with `===`\n";
        check("arbitrary-equality", &format!("==> r.txt <==\n{told}b===2\nc==1\nd===4\n"));
        let base = "==> base/r.txt <==\na===1\nb===2\nc===3\n";
        check("arbitrary-equality", &format!("{base}==> r.txt <==\na===2\nb===2\nc===3\nd===1\n"));
        check("arbitrary-equality", "==> base/r.txt <==\na===1\nb==2\n==> r.txt <==\na===2\nb==2\n");
        assert_eq!(fixed("arbitrary-equality", "a===1+x\nb===2+x\nc===1+x\n"), "a==1+x\nb==2+x\nc==1+x\n");
    }

    #[test]
    fn the_operator_is_all_that_is_edited() {
        assert_eq!(
            fixed("arbitrary-equality", "a[x] \\\r\n  === 1.0 ; os_name == 'nt' # c\r\n"),
            "a[x] \\\r\n  == 1.0 ; os_name == 'nt' # c\r\n"
        );
    }

    #[test]
    fn the_fix_is_safe_where_the_same_is_installed() {
        let report = Fixture::parse("a===1\nb===1+cpu\nc===v1\nd===x\n").report();
        let of_rule = report.findings.iter().filter(|finding| finding.rule.id == "arbitrary-equality");
        let safety: Vec<_> = of_rule.map(|finding| finding.fix.as_ref().map(|fix| fix.safety.name())).collect();
        assert_eq!(safety, [Some("unsafe"), Some("safe"), Some("safe"), None]);
    }
}
