//! `pychain audit`: from arguments to a report and an exit code.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};
use pychain_core::config::{Config, FailOn};
use pychain_core::finding::Safety;
use pychain_core::report::Report;
use pychain_core::text::Problem;

use crate::args::{AuditArgs, FixMode, Format};
use crate::discover::{Certainty, Root, Roots, Walk, named_role, select, walk};
use crate::engine::{Job, Side};
use crate::error::Hinted;
use crate::escape::visible_lines;
use crate::human::{self, plural};
use crate::place::Place;
use crate::progress::Progress;
use crate::tree::{Disk, Tree};
use crate::{base, clock, fix, output, settings};

const FOUND: u8 = 1;

pub(crate) fn run(args: &AuditArgs) -> Result<ExitCode> {
    let mode = args.fix_mode();
    if args.format != Format::Human && matches!(mode, FixMode::List | FixMode::Diff | FixMode::DiffAndWrite) {
        bail!(Hinted::new(
            "`--fix` and `--diff` list changes for people; `--format` has no say in that",
            "leave out `--format`, or apply the fixes (`--fix --write`) to get a report on what is left",
        ));
    }
    let place = Place::of(&args.paths)?;
    let progress = Progress::start(format!("auditing {}", place.root.display()), args.quiet);
    let mut job = prepare(args, &place)?;
    let fail_on = job.config.fail_on.unwrap_or(FailOn::DEFAULT);
    let mut report = job.run();
    if job.audited.is_empty() && !job.head.roots.is_empty() {
        drop(progress);
        say_problems(&report.problems);
        bail!("none of the dependency files could be audited");
    }

    if mode != FixMode::None {
        let safety = if args.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
        let mut outcome = fix::fix(&mut job, &report, safety);
        let write = matches!(mode, FixMode::Write | FixMode::DiffAndWrite);
        let (mut written, mut unwritten) = (0, Vec::new());
        if write {
            (written, unwritten) = fix::write(&place.root, &outcome.files);
            outcome.report.problems.append(&mut unwritten);
            report = outcome.report;
        }
        report.problems.append(&mut outcome.problems);
        drop(progress);
        match mode {
            FixMode::List => output::deliver(&fix::list(&outcome.files), args.output.as_deref())?,
            FixMode::Diff | FixMode::DiffAndWrite => {
                let diff = fix::diff(&outcome.files);
                let to_terminal = args.output.is_none() && output::is_terminal();
                let diff = if to_terminal { visible_lines(&diff) } else { diff.into() };
                output::deliver_exact(&diff, args.output.as_deref())?;
            }
            FixMode::Write => deliver_report(args, &report)?,
            FixMode::None => {}
        }
        say_problems(&report.problems);
        if !args.quiet {
            let fixes: usize = outcome.files.values().map(|file| file.fixes.len()).sum();
            let files = if write { written } else { outcome.files.len() };
            output::say(&match (write, fixes) {
                (_, 0) => "Nothing to fix".to_owned(),
                (true, _) => format!("Fixed {files} {}", plural(files, "file", "files")),
                (false, _) => format!(
                    "Would fix {fixes} {} in {files} {}; `--fix --write` applies it",
                    plural(fixes, "finding", "findings"),
                    plural(files, "file", "files")
                ),
            });
        }
    } else {
        drop(progress);
        deliver_report(args, &report)?;
        say_problems(&report.problems);
    }
    let failed = report.findings.iter().any(|finding| fail_on.is_reached_by(finding.severity));
    Ok(if failed { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
}

fn deliver_report(args: &AuditArgs, report: &Report) -> Result<()> {
    let mut text = output::render(args.format, report);
    let summary = if args.quiet { String::new() } else { human::summary(report) };
    if args.format == Format::Human && args.output.is_none() {
        text.push_str(&summary);
        return output::deliver(&text, None);
    }
    output::deliver(&text, args.output.as_deref())?;
    if args.output.is_some() && !args.quiet {
        output::say(summary.trim_end());
    }
    Ok(())
}

fn say_problems(problems: &[Problem]) {
    for problem in problems {
        output::say(&human::problem(problem));
    }
}

/// Reads the configuration, finds the files, and decides whether there is anything to do.
fn prepare(args: &AuditArgs, place: &Place) -> Result<Job> {
    let mut problems = Vec::new();
    let mut head_tree = Tree::Disk(Disk::new(place.root.clone()));
    let mut base_tree = args.base.as_deref().map(|base| base::open(&place.root, base)).transpose()?;
    let (mut config, mut head_config) = configure(args, &mut head_tree, base_tree.as_mut(), &mut problems)?;
    settings::override_by(&mut config, args);
    if let Some(head) = &mut head_config {
        settings::override_by(head, args);
    }
    if args.config.is_none() && config.source.is_none() && head_config.is_none() {
        note_distant_config(args, &place.root);
    }

    let in_git_base = matches!(base_tree, Some(Tree::Git(_)));
    let how = Walk { ignore: !args.no_ignore, nested: !in_git_base };
    let head_roots = roots(&mut head_tree, place, &config, how, &mut problems);
    let mut in_base = Vec::new();
    let base = base_tree.map(|mut tree| {
        let roots = roots(&mut tree, place, &config, how, &mut in_base);
        Side { tree, roots }
    });
    problems.extend(
        in_base.into_iter().map(|problem| Problem { message: format!("in the base: {}", problem.message), ..problem }),
    );
    if head_roots.is_empty() && base.as_ref().is_none_or(|base| base.roots.is_empty()) {
        say_problems(&problems);
        let hidden = if args.no_ignore { "" } else { " not hidden by `.gitignore`" };
        bail!(Hinted::new(
            format!("there are no dependency files{hidden} in `{}`", place.root.display()),
            "name the files to audit: `pychain audit FILE`; `pychain audit --help` tells which names are found",
        ));
    }
    let head = Side { tree: head_tree, roots: head_roots };
    let as_of = args.as_of.or_else(clock::today);
    Ok(Job { head, base, config, head_config, as_of, problems, audited: std::collections::BTreeSet::new() })
}

/// The configuration to judge by, and the one that the change brings where it differs.
///
/// Of a change, the base's configuration judges, unless the user names one: what is to be judged
/// must not choose its judge.
fn configure(
    args: &AuditArgs,
    head: &mut Tree,
    base: Option<&mut Tree>,
    problems: &mut Vec<Problem>,
) -> Result<(Config, Option<Config>)> {
    if let Some(path) = &args.config {
        return Ok((settings::of_file(path)?, None));
    }
    let of_head = settings::of_tree(head, problems)?;
    let Some(base) = base else { return Ok((of_head, None)) };
    let of_base = settings::of_tree(base, &mut Vec::new())
        .map_err(|error| error.context("cannot read the configuration of the base, which judges the change"))?;
    let differs = !of_base.means_the_same_as(&of_head);
    Ok((of_base, differs.then_some(of_head)))
}

/// A configuration further up is not read: the root is the limit. But it is easily forgotten.
fn note_distant_config(args: &AuditArgs, root: &Path) {
    let ancestors = root.ancestors().take_while(|directory| !directory.join(".git").exists());
    let above = ancestors.filter_map(Path::parent).map(|directory| directory.join("pychain.toml"));
    if let Some(found) = above.into_iter().find(|path| path.is_file()).filter(|_| !args.quiet) {
        output::say(&format!(
            "note: `{}` lies above the audited directory and is not read; `--config` names it",
            crate::escape::visible(&found.display().to_string())
        ));
    }
}

fn roots(tree: &mut Tree, place: &Place, config: &Config, how: Walk, problems: &mut Vec<Problem>) -> Roots {
    let mut roots = Roots::new();
    for directory in &place.directories {
        let listing = match tree {
            Tree::Disk(disk) => walk(disk.root(), directory, how),
            Tree::Git(commit) => commit.list(directory, crate::discover::is_candidate),
        };
        let (found, trouble) = select(tree, &listing, &config.exclude);
        roots.extend(found);
        problems.extend(trouble);
    }
    for file in &place.files {
        roots.insert(file.clone(), Root { role: named_role(file), certainty: Certainty::Certain });
    }
    roots
}
