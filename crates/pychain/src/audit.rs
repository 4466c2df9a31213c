//! `pychain audit`: from arguments to a report and an exit code.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};
use pychain_core::config::{Config, FailOn};
use pychain_core::finding::Safety;
use pychain_core::model::{LockFormat, ManifestFormat, Role};
use pychain_core::order::Set;
use pychain_core::prose::visible;
use pychain_core::report::Report;
use pychain_core::text::Problem;

use crate::args::{AuditArgs, FixMode, Format};
use crate::discover::{Certainty, Root, Roots, Walk, is_candidate, named_role, select, share, walk};
use crate::engine::{Job, Side};
use crate::error::Hinted;
use crate::escape::visible_diff;
use crate::fix::Outcome;
use crate::human::{self, plural};
use crate::place::Place;
use crate::progress::Progress;
use crate::tree::disk::relative;
use crate::tree::{Disk, Tree, is_below};
use crate::{base, clock, fix, load, output, settings};

const FOUND: u8 = 1;

pub(crate) fn run(args: &AuditArgs) -> Result<ExitCode> {
    let mode = args.fix_mode();
    let lists_changes = matches!(mode, FixMode::List | FixMode::Diff | FixMode::DiffAndWrite);
    if lists_changes && args.format != Format::Human {
        bail!(Hinted::new(
            "`--fix` and `--diff` show changes, which have no such format",
            "leave out `--format`, or apply the fixes (`--fix --write`) for a report on what is left",
        ));
    }
    let place = Place::of(&args.paths)?;
    let progress = Progress::start(&format!("auditing {}", place.root.display()), args.quiet);
    let mut job = prepare(args, &place)?;
    let report = job.run();
    if job.audited.is_empty() && !job.head.roots.is_empty() {
        drop(progress);
        say_problems(&report.problems);
        bail!("none of the dependency files could be audited");
    }
    let report = if mode == FixMode::None {
        drop(progress);
        deliver_report(args, &report)?;
        report
    } else {
        let safety = if args.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
        let outcome = fix::fix(&mut job, &report, safety);
        drop(progress);
        fix_files(args, &place, report, outcome)?
    };
    say_problems(&report.problems);
    let fail_on = job.config.fail_on.unwrap_or(FailOn::DEFAULT);
    // A file that nobody can vouch for does not pass: else the way past the audit is to make it unreadable.
    let unread = fail_on != FailOn::Never && !job.unread.is_empty();
    let failed = unread || report.findings.iter().any(|finding| fail_on.is_reached_by(finding.severity));
    Ok(if failed { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
}

/// Shows or applies fixes; gives the report that holds afterwards.
fn fix_files(args: &AuditArgs, place: &Place, mut report: Report, outcome: Outcome) -> Result<Report> {
    let mode = args.fix_mode();
    let count: usize = outcome.files.values().map(|file| file.fixes.len()).sum();
    let files = outcome.files.len();
    let mut done = format!(
        "{count} {} in {files} {} would be fixed; `--write` applies it",
        plural(count, "finding", "findings"),
        plural(files, "file", "files")
    );
    if matches!(mode, FixMode::Write | FixMode::DiffAndWrite) {
        let (written, unwritten) = fix::write(&place.root, &outcome.files);
        report = outcome.report;
        report.problems.extend(unwritten);
        done = format!("{written} {} fixed", plural(written, "file", "files"));
    }
    report.problems.extend(outcome.problems);
    match mode {
        FixMode::Diff | FixMode::DiffAndWrite => {
            let diff = fix::diff(&outcome.files);
            let interpreted = args.output.is_none() && output::is_interpreted();
            let diff = if interpreted { visible_diff(&diff) } else { diff };
            output::deliver_exact(&diff, args.output.as_deref())?;
        }
        FixMode::List => output::deliver_exact(&fix::list(&outcome.files), args.output.as_deref())?,
        FixMode::Write | FixMode::None => deliver_report(args, &report)?,
    }
    if !args.quiet {
        output::say(if count == 0 { "nothing to fix" } else { &done });
    }
    Ok(report)
}

fn deliver_report(args: &AuditArgs, report: &Report) -> Result<()> {
    let file = args.output.as_deref();
    let summary = if args.quiet { String::new() } else { human::summary(report) };
    if args.format == Format::Human {
        let columns = if file.is_none() { output::columns() } else { None };
        output::deliver_styled(&(human::findings(report, columns) + &summary), file)?;
    } else {
        output::deliver_exact(&output::render(args.format, report), file)?;
    }
    if file.is_some() && !args.quiet {
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

    let in_git_base = matches!(base_tree, Some(Tree::Commit(_)));
    let how = Walk { ignore: !args.no_ignore, nested: !in_git_base };
    let (mut head_roots, head_listing) = roots(&mut head_tree, place, &config, how, &mut problems);
    if let Some(Tree::Disk(base)) = &base_tree {
        // A base that lies inside what is audited is not audited itself.
        let inside = base.root().strip_prefix(&place.root).ok().and_then(relative).filter(|path| !path.is_empty());
        head_roots.retain(|path, _| inside.as_deref().is_none_or(|inside| !is_below(path, inside)));
    }
    let mut in_base = Vec::new();
    let base = base_tree.map(|mut tree| {
        let (mut roots, listing) = roots(&mut tree, place, &config, how, &mut in_base);
        share((&mut head_tree, &mut head_roots), (&mut tree, &mut roots));
        Side { tree, roots, listing }
    });
    problems.extend(load::in_base(in_base, &problems));
    if head_roots.is_empty() && base.as_ref().is_none_or(|base| base.roots.is_empty()) {
        say_problems(&problems);
        let ignored = if args.no_ignore { "" } else { ", or search what `.gitignore` hides (`--no-ignore`)" };
        bail!(Hinted::new(
            format!("there are no dependency files in `{}`", place.root.display()),
            format!(
                "name the files to audit (`pychain audit FILE`){ignored}; `pychain audit --help` tells which names are found"
            ),
        ));
    }
    let head = Side { tree: head_tree, roots: head_roots, listing: head_listing };
    let as_of = args.as_of.or_else(clock::today);
    Ok(Job {
        head,
        base,
        config,
        head_config,
        workflows: Vec::new(),
        as_of,
        problems,
        audited: Set::new(),
        unread: Set::new(),
    })
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
    let of_head = settings::of_tree(head, Some(problems))?;
    let Some(base) = base else { return Ok((of_head, None)) };
    let of_base = settings::of_tree(base, None)
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
            visible(&found.display().to_string())
        ));
    }
}

/// The files that the audit starts from, and the paths of all candidates where they are all looked for.
fn roots(
    tree: &mut Tree,
    place: &Place,
    config: &Config,
    how: Walk,
    problems: &mut Vec<Problem>,
) -> (Roots, Option<Set<String>>) {
    let mut roots = Roots::new();
    let mut listed = None;
    for directory in &place.directories {
        let listing = match tree {
            Tree::Disk(disk) => walk(disk.root(), directory, how),
            Tree::Commit(commit) => commit.list(directory, is_candidate),
        };
        let (found, trouble) = select(tree, &listing, &config.exclude);
        if directory.is_empty() && place.is_whole() && listing.problems.is_empty() {
            listed = Some(listing.files.into_keys().collect::<Set<_>>());
        }
        roots.extend(found);
        problems.extend(trouble);
    }
    for file in &place.files {
        roots.insert(file.clone(), Root { role: named_role(file), certainty: Certainty::Certain });
        for lock in locks_of(file) {
            roots.entry(lock).or_insert(Root { role: Role::Lock, certainty: Certainty::Certain });
        }
    }
    (roots, listed)
}

/// Where a manifest's lock file may be, which settles what the manifest leaves open: beside it, or in a folder above.
fn locks_of(file: &str) -> Vec<String> {
    if !matches!(ManifestFormat::of_path(file), Some(ManifestFormat::Pyproject | ManifestFormat::Pipfile)) {
        return Vec::new();
    }
    let ends = file.match_indices('/').map(|(at, _)| at + 1);
    let folders = [0].into_iter().chain(ends).filter_map(|end| file.get(..end));
    folders.flat_map(|folder| LockFormat::ALL.map(|format| format!("{folder}{}", format.file_name()))).collect()
}
