//! Measures the name check on labelled names: the figures of `score_confusables.py`, at both levels, and the time.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use pychain_core::confusable::{Assessment, Level, assess, assess_unranked, verdict};
use pychain_core::knowledge::Names;
use pychain_core::name::normalize;

use crate::sets::{Positive, Sets};
use crate::{build, facts};

/// How often the clock is read for each name; the least time counts.
const TIMED: usize = 3;
/// Of so many names of the index one is judged in both ways.
const COMPARED: usize = 20;

pub(crate) fn run(directory: &Path) -> Result<()> {
    let sets = Sets::open(directory)?;
    let names = facts::names()?;
    let started = Instant::now();
    let judged = Judged::of(&sets, &names);
    let count = judged.0.len();
    println!("{count} names in {:.1?}, ranked ones leave-one-out\n", started.elapsed());
    for level in [Level::Warn, Level::Strict] {
        report(&sets, &judged, level);
    }
    let shipped = sets.negatives.iter().filter(|negative| negative.class.starts_with("top15k"));
    let flagged = shipped.filter(|negative| assess(&negative.name, &names).verdict().is_some()).count();
    println!("ranked names as shipped: {flagged} flagged\n");
    let compared = compare(&sets, &names)?;
    println!("{compared} names: the rules' quick judgement is that of the whole assessment\n");
    timing(&sets, &names);
    Ok(())
}

/// Holds the quick judgement to what the whole assessment says, over every labelled name and part of the index.
fn compare(sets: &Sets, names: &Names) -> Result<usize> {
    let index = build::all_names(&facts::folder().join("data/names.txt.xz"))?;
    let all = sets.all().chain(index.lines().step_by(COMPARED));
    let mut count = 0;
    for name in all {
        let whole = assess(name, names);
        for level in [Level::Warn, Level::Strict] {
            let quick = verdict(name, level, names);
            let expected = whole.verdict().filter(|found| found.level >= Some(level));
            ensure!(quick.as_ref() == expected, "`{name}` at {}: {quick:?} for {expected:?}", level.name());
        }
        count += 1;
    }
    Ok(count)
}

/// Each name once, by the form in which results are compared.
struct Judged(BTreeMap<String, Assessment>);

impl Judged {
    fn of(sets: &Sets, names: &Names) -> Self {
        let all = sets.all();
        Self(all.map(|name| (form(name), assess_unranked(name, names))).collect())
    }

    /// Whether a name is flagged, and as which.
    fn at(&self, name: &str, level: Level) -> Option<&str> {
        let verdict = self.0.get(&form(name))?.verdict()?;
        (verdict.level >= Some(level)).then_some(verdict.target.as_str())
    }
}

fn form(name: &str) -> String {
    if name.is_ascii() { normalize(name) } else { name.to_owned() }
}

/// Flagged, flagged with an accepted target, all.
#[derive(Default, Clone, Copy)]
struct Tally {
    all: u32,
    flagged: u32,
    named: u32,
}

impl Tally {
    fn add(&mut self, positive: &Positive, found: Option<&str>) {
        self.all += 1;
        if let Some(found) = found {
            self.flagged += 1;
            self.named += u32::from(positive.targets.iter().any(|target| form(target) == form(found)));
        }
    }

    fn line(self, label: &str) -> String {
        format!(
            "  {label:<26}{:>6}  {}  named {}",
            self.all,
            share(self.flagged, self.all),
            share(self.named, self.flagged)
        )
    }
}

fn report(sets: &Sets, judged: &Judged, level: Level) {
    println!("── level {}", level.name());
    let ranked: Vec<&Positive> = sets.positives.iter().filter(|positive| positive.scope == "top15k").collect();
    let tallies = |rows: &[&Positive], key: fn(&Positive) -> &str| {
        let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
        for row in rows {
            tallies.entry(key(row).to_owned()).or_default().add(row, judged.at(&row.name, level));
        }
        tallies
    };
    let print = |title: &str, tallies: BTreeMap<String, Tally>| {
        println!("{title}");
        for (label, tally) in &tallies {
            println!("{}", tally.line(label));
        }
    };
    print("attacks, by what they imitate", tallies(&sets.positives.iter().collect::<Vec<_>>(), |row| &row.scope));
    print("attacks on ranked names, by category", tallies(&ranked, |row| &row.category));
    let families = tallies(&ranked, |row| &row.family);
    let count = f64::from(u32::try_from(families.len().max(1)).unwrap_or(u32::MAX));
    let mean = |part: fn(&Tally) -> u32| {
        100.0 * families.values().map(|tally| f64::from(part(tally)) / f64::from(tally.all)).sum::<f64>() / count
    };
    println!(
        "  macro over {count} families: recall {:.2}%, named {:.2}%",
        mean(|tally| tally.flagged),
        mean(|tally| tally.named)
    );
    print("synthetic", tallies(&sets.synthetic.iter().collect::<Vec<_>>(), |row| &row.technique));
    print("synthetic, all", tallies(&sets.synthetic.iter().collect::<Vec<_>>(), |_| "all"));
    print("Unicode, all", tallies(&sets.unicode.iter().collect::<Vec<_>>(), |_| "all"));

    println!("legitimate names");
    let mut classes: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for negative in &sets.negatives {
        let flagged = u32::from(judged.at(&negative.name, level).is_some());
        let near = if negative.distance.parse::<u32>().is_ok_and(|distance| distance <= 1) { "d<=1" } else { "d=2" };
        let hard = (negative.class == "top15k-hard").then(|| format!("{} {near}", negative.class));
        for class in [Some(negative.class.clone()), hard].into_iter().flatten() {
            let tally = classes.entry(class).or_default();
            *tally = (tally.0 + 1, tally.1 + flagged);
        }
    }
    for (class, (all, flagged)) in classes {
        println!("  {class:<26}{all:>6}  {}", share(flagged, all));
    }
    if level == Level::Warn {
        let exists = |name: &str| judged.0.get(&form(name)).and_then(|assessment| assessment.exists);
        let count = |there: bool, said: bool| {
            u32::try_from(sets.existence.iter().filter(|(name, is)| *is == there && exists(name) == Some(said)).count())
                .unwrap_or(u32::MAX)
        };
        println!(
            "absent names reported absent {}",
            share(count(false, false), count(false, false) + count(false, true))
        );
        println!(
            "existing names reported absent {}",
            share(count(true, false), count(true, true) + count(true, false))
        );
    }
    println!();
}

fn share(part: u32, all: u32) -> String {
    if all == 0 { "   n/a ".to_owned() } else { format!("{:6.2}%", 100.0 * f64::from(part) / f64::from(all)) }
}

/// Time of each name by itself, on one core: as the rules ask, and with all that it resembles.
fn timing(sets: &Sets, names: &Names) {
    let asked = |name: &str| {
        let is_there = names.index.as_ref().is_some_and(|index| index.contains(name));
        verdict(name, if is_there { Level::Strict } else { Level::Warn }, names).is_some()
    };
    time("time per name", sets, asked);
    time("with all resemblances", sets, |name| assess_unranked(name, names).verdict().is_some());
}

fn time(what: &str, sets: &Sets, judge: impl Fn(&str) -> bool) {
    let positives = sets.positives.iter().map(|positive| &positive.name);
    let mut times: Vec<Duration> = positives
        .chain(sets.negatives.iter().map(|negative| &negative.name))
        .map(|name| {
            let once = || {
                let started = Instant::now();
                black_box(judge(black_box(name)));
                started.elapsed()
            };
            (0..TIMED).map(|_| once()).min().unwrap_or_default()
        })
        .collect();
    times.sort_unstable();
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
    let slowest = times.last().copied().unwrap_or_default();
    println!(
        "{what}: median {:.1?}, nine of ten {:.1?}, 99 of 100 {:.1?}, slowest {slowest:.1?}",
        at(50),
        at(90),
        at(99)
    );
}
