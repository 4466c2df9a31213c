//! `duplicate-requirement`: one project, asked for twice.

use super::lock_tool;
use super::same_project::{Pair, contradict, each_pair};
use crate::audit::{Context, Findings};
use crate::finding::{Location, Safety};
use crate::model::Section;
use crate::order::{Map, Set};
use crate::prose::code;
use crate::text::{Edit, Span};
use crate::tree::Entry;
use crate::url::redact;

crate::declare_rule! {
    /// ## What it does
    ///
    /// Looks for requirements of a project that another line, read in the same install, asks for already.
    /// Lines with other extras, or whose markers exclude each other, are left alone, and so are constraints, and other versions under another marker.
    /// In a list of a manifest only the same words twice are told.
    ///
    /// ## Why it matters
    ///
    /// pip takes all lines together, so whoever edits one of them does not see what is asked for.
    /// In hash-checking mode the first line decides which hashes count.
    ///
    /// ## Example
    ///
    /// ```requirements,bad
    /// flask>=3
    /// click==8.1.7
    /// flask>=3
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```requirements,fixed
    /// flask>=3
    /// click==8.1.7
    /// ```
    ///
    /// ## When it is wrong
    ///
    /// When a file repeats on purpose what it includes, to be read by itself.
    /// Where pip-compile, uv or another tool wrote the file, the same words are left alone.
    ///
    /// ## References
    ///
    /// - pip: [Requirements files](https://pip.pypa.io/en/stable/user_guide/#requirements-files)
    "duplicate-requirement": "requirement of a project that is asked for already",
    severity: Low, confidence: High, persona: Pedantic, fix: Sometimes,
    needs: [],
    since: "0.1.0",
    check: check,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let mut found: Map<Location, Pair<'_>> = Map::new();
    let mut conflicts = Set::new();
    each_pair(context.project, |pair| {
        let (earlier, later) = (pair.earlier, pair.later);
        // In a manifest a second entry may narrow the first one down on purpose, and anywhere under another marker.
        let is_narrowed = later.is_in(Section::is_whole_list)
            || earlier.requirement.marker != later.requirement.marker && versions(&earlier) != versions(&later);
        let is_plain = earlier.text() == later.text() || !is_narrowed;
        // Of those that contradict another one `conflicting-requirements` speaks; other extras ask for something more.
        if contradict(earlier.requirement, later.requirement) {
            conflicts.insert(later.location());
        } else if is_plain
            && !earlier.constraint
            && !later.constraint
            && earlier.requirement.extras == later.requirement.extras
        {
            found.entry(later.location()).or_insert(*pair);
        }
    });
    for (_, pair) in found.iter().filter(|(location, _)| !conflicts.contains(location)) {
        let (earlier, later) = (pair.earlier, pair.later);
        // A locker repeats what the file has that it builds on, and nobody edits what it writes.
        let is_repeated = earlier.text() == later.text();
        if is_repeated && lock_tool::of(context.project, later.document).is_some() {
            continue;
        }
        let label = code(&later.requirement.label());
        let is_same = is_repeated && earlier.document.file == later.document.file;
        let message = if is_same {
            format!("{label} is asked for already, in the same words")
        } else {
            format!("{label} is asked for already, as {}", code(&redact(context.project.text(earlier.location()))))
        };
        let finding = findings
            .finding(later.location(), later.requirement.subject(), message)
            .help("Keep one line for the project")
            .related(earlier.location(), "asked for here");
        findings.push(match whole_lines(context, pair).filter(|_| is_same) {
            Some(span) => finding.fix("Remove the line", Safety::Safe, vec![Edit::delete(span)]),
            None => finding,
        });
    }
}

fn versions<'a>(entry: &'a Entry<'_>) -> Vec<(&'static str, &'a str)> {
    entry.requirement.specifiers.iter().map(|one| (one.operator, &*one.version)).collect()
}

/// The physical lines of the later entry, if they hold nothing else and no comment below speaks of them.
fn whole_lines(context: &Context<'_>, pair: &Pair<'_>) -> Option<Span> {
    let (document, line) = (pair.later.document, pair.later.line);
    let text = context.project.file(document.file).text();
    let start = text.get(..line.span.start as usize)?.rfind('\n').map_or(0, |at| at + 1);
    let after = text.get(line.span.end as usize..)?;
    let end = line.span.end as usize + after.find('\n').map_or(after.len(), |at| at + 1);
    let before = text.get(start..line.span.start as usize)?;
    let rest = text.get(line.span.end as usize..end)?;
    let below = text.get(end..)?.lines().next().unwrap_or_default();
    // pip-compile writes `# via` indented below the line that it explains.
    let is_explained = below.starts_with([' ', '\t']) && below.trim_start().starts_with('#');
    (before.trim().is_empty() && rest.trim().is_empty() && !is_explained).then(|| Span::new(start, end))
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, fixed};

    #[test]
    fn lines_of_all_files_of_a_run_count_once() {
        check(
            "duplicate-requirement",
            "==> a.txt <==\n-r b.txt\n-r b.txt\nX>=1\n^^^^ duplicate-requirement: `X` is asked for already, as `x==1`\n==> b.txt <==\nx==1\n",
        );
    }

    #[test]
    fn what_a_tool_repeats_is_left_alone() {
        let files = "==> a.txt <==\nx==1\n==> b.txt <==\n# This file is autogenerated by pip-compile-multi\n-r a.txt\n";
        check("duplicate-requirement", &format!("{files}x==1\n"));
        check("duplicate-requirement", &format!("{files}x>=1\n^^^^ duplicate-requirement: as `x==1`\n"));
    }

    #[test]
    fn what_excludes_each_other_or_constrains_is_left_alone() {
        check(
            "duplicate-requirement",
            "==> r.txt <==\nx==1; python_version < '3.8'\nx==2; python_version >= '3.8'\ny==1\ny==2\ny==1\nz==1\nw\nw[x]\n-c constraints.txt\n==> constraints.txt <==\nz==1\n==> s.txt <==\nz==1\n",
        );
    }

    #[test]
    fn other_versions_under_another_marker_are_left_alone() {
        check(
            "duplicate-requirement",
            "x>=1; python_version >= '3.10'\nx>=2; python_version >= '3.12'\ny>=1\ny>=1; os_name == 'nt'\n^^^^^^^^^^^^^^^^^^^^^ duplicate-requirement: as `y>=1`\n",
        );
    }

    #[test]
    fn of_a_manifest_only_the_same_words_in_one_list_are_told() {
        check(
            "duplicate-requirement",
            "==> pyproject.toml <==\n[project]\ndependencies = ['x<3', 'x>=1', 'X>=1', 'x >=1', 'x>=1']\n                                                 ^^^^ duplicate-requirement: in the same words\n[project.optional-dependencies]\na = ['x>=1']\n[tool.poetry.dependencies]\ny = '1'\n",
        );
        check(
            "duplicate-requirement",
            "==> setup.py <==\nif X:\n    R = ['x']\nelse:\n    R = ['x']\nsetup(install_requires=R)\n==> setup.cfg <==\n[options]\ninstall_requires =\n  x\n  x\n  ^ duplicate-requirement\n",
        );
        assert_eq!(
            fixed("duplicate-requirement", "==> setup.cfg <==\n[options]\ninstall_requires =\n  x\n  x\n  y\n"),
            "[options]\ninstall_requires =\n  x\n  y\n"
        );
    }

    #[test]
    fn the_same_words_are_removed_with_their_line_end() {
        for (before, after) in [
            ("x==1\r\n  x==1\r\ny\r\n", "x==1\r\ny\r\n"),
            (
                "x \\\n --hash=sha256:00\ny --hash=sha256:00\nx \\\n --hash=sha256:00",
                "x \\\n --hash=sha256:00\ny --hash=sha256:00\n",
            ),
        ] {
            assert_eq!(fixed("duplicate-requirement", before), after);
            check("duplicate-requirement", after);
        }
    }

    #[test]
    fn a_line_with_a_comment_is_left_to_a_person() {
        for text in ["x\nx # c\n", "x\nx\n    # via y\n", "x\nx \n    # via y\n"] {
            let report = crate::testing::Fixture::parse(text).report();
            let finding = report.findings.iter().find(|finding| finding.rule.id == "duplicate-requirement");
            assert!(finding.is_some_and(|finding| finding.fix.is_none()), "{text:?}");
        }
    }
}
