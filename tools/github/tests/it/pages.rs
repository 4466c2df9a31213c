//! N1–N4: pages and where they end.

use pychain_github_double::{File, Scenario, Tree};

use crate::client::{Github, PULL, REPO, scenario};

fn many(count: usize) -> Scenario {
    let head: Tree = (0..count).map(|number| (format!("d/{number:04}.txt"), File::from("x\n"))).collect();
    Scenario::new(Tree::new(), head)
}

#[test]
fn n1_n2_links_lead_through_all_pages() {
    let github = Github::start(many(65));
    let mut path = format!("{PULL}/files");
    let mut seen = 0;
    loop {
        let reply = github.get(&path);
        seen += reply.json().as_array().unwrap().len();
        let link = reply.header("link").to_owned();
        let Some(next) = link.split(", ").find(|link| link.ends_with("rel=\"next\"")) else { break };
        let url = next.trim_start_matches('<').split('>').next().unwrap();
        path = url.strip_prefix(github.double.api_url()).unwrap().to_owned();
        assert!(path.starts_with("/repositories/4242/pulls/7/files?"), "{path}");
    }
    assert_eq!((seen, github.double.log().len()), (65, 3));
    assert_eq!(github.get(&format!("{PULL}/files?per_page=1000")).header("link"), "");
    assert!(github.get(&format!("{PULL}/files?per_page=60&page=2")).header("link").contains("rel=\"prev\""));
}

#[test]
fn n3_files_are_cut() {
    let mut start = many(8);
    start.limits.files_listed = 5;
    let github = Github::start(start);
    assert_eq!(github.get(&format!("{PULL}/files")).json().as_array().unwrap().len(), 5);
    assert_eq!(github.get(PULL).json()["changed_files"], 8);
}

#[test]
fn n4_commits_are_cut_and_compared_files_are_on_the_first_page() {
    let mut start = scenario();
    start.limits.commits_listed = 2;
    let github = Github::start(start);
    for text in ["1\n", "2\n", "3\n"] {
        github.double.push("new.txt", text);
    }
    assert_eq!(github.get(&format!("{PULL}/commits")).json().as_array().unwrap().len(), 2);
    let compare = format!("{REPO}/compare/main...update");
    let first = github.get(&compare).json();
    assert_eq!((first["total_commits"].as_u64(), first["files"].as_array().unwrap().len()), (Some(4), 2));
    assert_eq!(github.get(&format!("{compare}?page=2")).json()["files"].as_array(), None);
    let mut start = many(310);
    start.limits.off = true;
    let github = Github::start(start);
    assert_eq!(github.get(&compare).json()["files"].as_array().unwrap().len(), 300);
}
