//! The table of changes over small changes of every format.

use std::fmt::Write as _;

use super::*;
use crate::testing::load;

/// What the rows say: kinds, name, versions, and what else there is to know.
fn say(base: &[(&str, &str)], head: &[(&str, &str)]) -> Vec<String> {
    let (base, head) = (load(&base.iter().copied().collect()), load(&head.iter().copied().collect()));
    let today = crate::model::time::days(2026, 11, 22);
    let rows = rows(&base, &head, &Renames::between(&base, &head), Some(today));
    let of = |row: &Row| {
        let kinds: Vec<&str> = row.kinds.iter().map(|kind| kind.name()).collect();
        let version = |state: &Option<State>| state.as_ref().map_or("-".to_owned(), State::version);
        let mut said = format!("{} {} {} > {}", kinds.join("+"), row.name, version(&row.before), version(&row.after));
        if let Route::Through(way) = &row.route {
            let _ = write!(said, " through {}", way.join(" "));
        }
        if let Some(age) = row.age {
            let _ = write!(said, " age {age}");
        }
        if let Some(size) = row.size.filter(SizeChange::is_jump) {
            let _ = write!(said, " size {} > {}", size.before.unwrap_or_default(), size.after);
        }
        if row.hashes != HashChange::default() {
            let _ = write!(said, " hashes +{} -{}", row.hashes.added, row.hashes.removed);
        }
        if row.is_newly_sdist_only() {
            said += " sdist-only";
        }
        let places: Vec<String> = row.places.iter().map(|place| format!("{}:{}", place.path, place.line)).collect();
        said + " @ " + &places.join(" ")
    };
    rows.iter().map(of).collect()
}

#[track_caller]
fn check(base: &[(&str, &str)], head: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(say(base, head), expected);
}

fn uv(name: &str, version: &str, index: &str, rest: &str) -> String {
    format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = {{ registry = \"{index}\" }}\n{rest}")
}

const PYPI: &str = "https://pypi.org/simple";

#[test]
fn a_requirements_file_has_a_row_for_each_project_that_differs() {
    check(
        &[("r.txt", "a==1\nb==2\nc>=1\nd==1\ne==1 --hash=sha256:aa\nf[x]==1; os_name=='nt'\nsame==1\ng==1\n")],
        &[("r.txt", "A==1.1\nb==1\nc>=2\nnew==1\ne==1 --hash=sha256:bb --hash=sha256:cc\nf[y]==1\nsame==1\ng\n")],
        &[
            "re-hashed e 1 > 1 hashes +2 -1 @ r.txt:5",
            "added new - > 1 @ r.txt:4",
            "downgraded b 2 > 1 @ r.txt:2",
            "upgraded A 1 > 1.1 @ r.txt:1",
            "changed c >=1 > >=2 @ r.txt:3",
            "changed g 1 >  @ r.txt:8",
            "removed d 1 > - @ r.txt:4",
            "marker+extras f 1 > 1 @ r.txt:6",
        ],
    );
}

#[test]
fn the_same_change_in_several_files_is_one_row() {
    check(
        &[("r.txt", "a==1\n"), ("s.txt", "\na==1\n"), ("t.txt", "a==1\n")],
        &[("r.txt", "a==2\n"), ("s.txt", "\na==2\n"), ("t.txt", "a==3\n")],
        &["upgraded a 1 > 2 @ r.txt:1 s.txt:2", "upgraded a 1 > 3 @ t.txt:1"],
    );
}

#[test]
fn a_lock_file_tells_ages_sizes_and_ways() {
    let file = |name: &str, size: u64, day: &str| {
        format!(
            "{{ url = \"https://files.pythonhosted.org/{name}\", hash = \"sha256:aa\", size = {size}, upload-time = \"{day}T10:00:00Z\" }}"
        )
    };
    let wheel = |version: &str, size, day| {
        format!("wheels = [{}]\n", file(&format!("a-{version}-py3-none-any.whl"), size, day))
    };
    let own = "[[package]]\nname = \"own\"\nversion = \"0\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"a\" }]\n";
    let base = own.to_owned() + &uv("a", "1", PYPI, &wheel("1", 100_000, "2026-01-01"));
    let head = own.replace("\"0\"", "\"0.1\"")
        + &uv("a", "2", PYPI, &("dependencies = [{ name = \"b\" }]\n".to_owned() + &wheel("2", 900_000, "2026-11-20")))
        + &uv("b", "1", PYPI, &format!("sdist = {}\n", file("b-1.tar.gz", 5, "2026-11-23")));
    check(
        &[("uv.lock", &base)],
        &[("uv.lock", &head)],
        &[
            "added b - > 1 through a age -1 sdist-only @ uv.lock:13",
            "upgraded a 1 > 2 age 2 size 100000 > 900000 @ uv.lock:7",
        ],
    );
}

#[test]
fn another_place_is_told_and_a_commit_or_a_slash_is_none() {
    check(
        &[("uv.lock", &(uv("a", "1", PYPI, "") + &uv("b", "1", "https://e.org/s/", "")))],
        &[("uv.lock", &(uv("a", "1", "https://u:secret@e.org/s", "") + &uv("b", "1", "https://e.org/s", "")))],
        &["re-sourced a 1 > 1 @ uv.lock:2"],
    );
    let poetry = |rest: &str| format!("[[package]]\nname = \"a\"\nversion = \"1\"\n{rest}");
    let legacy = "[package.source]\ntype = \"legacy\"\nreference = \"x\"\nurl = ";
    let named = |url: &str| poetry(&format!("{legacy}\"{url}\"\n"));
    check(&[("poetry.lock", &poetry(""))], &[("poetry.lock", &named(PYPI))], &[]);
    check(
        &[("poetry.lock", &poetry(""))],
        &[("poetry.lock", &named("https://e.org/simple"))],
        &["re-sourced a 1 > 1 @ poetry.lock:2"],
    );
    check(
        &[("r.txt", "a @ git+https://e.org/a.git@v1\nb @ git+https://e.org/b@v1\n")],
        &[("r.txt", "a @ git+https://e.org/a@v2\nb @ git+https://e.net/b@v1\n")],
        &["re-sourced b v1 > v1 @ r.txt:2", "upgraded a v1 > v2 @ r.txt:1"],
    );
}

#[test]
fn several_locked_versions_are_one_row() {
    check(
        &[("uv.lock", &(uv("a", "1", PYPI, "") + &uv("a", "2", PYPI, "")))],
        &[("uv.lock", &(uv("a", "1", PYPI, "") + &uv("a", "2.1", PYPI, "")))],
        &["upgraded a 1, 2 > 1, 2.1 @ uv.lock:2 uv.lock:6"],
    );
}

#[test]
fn a_project_that_moves_between_tools_is_told_only_where_it_changes() {
    let poetry = "[[package]]\nname = \"a\"\nversion = \"1\"\n[[package]]\nname = \"b\"\nversion = \"1\"\n[[package]]\nname = \"gone\"\nversion = \"1\"\n";
    let head = uv("a", "1", PYPI, "") + &uv("b", "2", PYPI, "") + &uv("c", "1", PYPI, "");
    check(
        &[("poetry.lock", poetry)],
        &[("uv.lock", &head)],
        &["added c - > 1 @ uv.lock:10", "upgraded b 1 > 2 @ uv.lock:6", "removed gone 1 > - @ poetry.lock:8"],
    );
    check(
        &[("requirements.txt", "a==1\n")],
        &[("requirements.txt", "a==1\n"), ("uv.lock", &uv("a", "1", PYPI, ""))],
        &[],
    );
    check(&[("requirements.txt", "a==1\n"), ("s.txt", "a==1\n")], &[("requirements.txt", "a==1\n")], &[]);
}

#[test]
fn nothing_changes_between_a_thing_and_itself_and_own_projects_are_none() {
    let files = [("r.txt", "a\na==1\n-e .\nhttps://e.org/a.zip\n"), ("uv.lock", &*uv("a", "1", PYPI, ""))];
    check(&files, &files, &[]);
    let own = |version: &str| {
        format!("[[package]]\nname = \"own\"\nversion = \"{version}\"\nsource = {{ editable = \".\" }}\n")
    };
    check(&[("uv.lock", &own("1"))], &[("uv.lock", &own("2"))], &[]);
    check(&[], &[("uv.lock", &own("1"))], &[]);
}

#[test]
fn a_file_that_names_nothing_any_more_gives_up_all() {
    check(&[("r.txt", "a==1\n")], &[("r.txt", "# nothing\n")], &["removed a 1 > - @ r.txt:1"]);
    check(&[("r.txt", "# nothing\n")], &[("r.txt", "a==1\n")], &["added a - > 1 @ r.txt:1"]);
    check(&[("r.txt", "a==1\n")], &[], &["removed a 1 > - @ r.txt:1"]);
}
