//! S1–S6: uploads of SARIF.

use std::io::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::client::{Github, REPO, Reply, scenario};

fn packed(sarif: &Value) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(sarif.to_string().as_bytes()).unwrap();
    STANDARD.encode(encoder.finish().unwrap())
}

fn upload(github: &Github, fields: &Value) -> Reply {
    let mut body = json!({"commit_sha": github.double.head(), "ref": "refs/pull/7/head", "sarif": packed(&report(1))});
    for (key, value) in fields.as_object().unwrap() {
        body[key] = value.clone();
    }
    github.post(&format!("{REPO}/code-scanning/sarifs"), &body)
}

fn report(results: usize) -> Value {
    let lines = [5, 4, 11];
    let result = |index: usize| {
        json!({
            "ruleId": "r", "message": {"text": "m"}, "partialFingerprints": {"p": "1"},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": "requirements.txt"}, "region": {"startLine": lines[index % 3]},
            }}],
        })
    };
    let results: Vec<Value> = (0..results).map(result).collect();
    json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "pychain"}}, "results": results}]})
}

fn status(github: &Github, reply: &Reply) -> Value {
    let id = reply.json()["id"].as_str().unwrap().to_owned();
    github.get(&format!("{REPO}/code-scanning/sarifs/{id}")).json()["processing_status"].clone()
}

#[test]
fn s1_packed_and_no_other_keys() {
    let github = Github::start(scenario());
    let reply = upload(&github, &json!({}));
    assert_eq!((reply.status, status(&github, &reply)), (202, json!("complete")));
    assert_eq!(upload(&github, &json!({"category": "x"})).status, 422);
    assert_eq!(upload(&github, &json!({"sarif": "not packed"})).status, 400);
    let large = STANDARD.encode(vec![0_u8; 10 * 1024 * 1024 + 1]);
    assert_eq!(upload(&github, &json!({"sarif": large})).status, 413);
}

#[test]
fn s2_refs_and_commits_have_a_form() {
    let github = Github::start(scenario());
    assert_eq!(upload(&github, &json!({"ref": "main"})).status, 422);
    assert_eq!(upload(&github, &json!({"commit_sha": "abc"})).status, 422);
    assert_eq!(upload(&github, &json!({"ref": "refs/heads/main", "commit_sha": github.double.base()})).status, 202);
}

#[test]
fn s3_what_is_too_much_fails_later() {
    let github = Github::start(scenario());
    let mut sarif = report(1);
    sarif["runs"] = Value::Array(vec![sarif["runs"][0].clone(); 21]);
    let reply = upload(&github, &json!({"sarif": packed(&sarif)}));
    assert_eq!((reply.status, status(&github, &reply)), (202, json!("failed")));
    let mut sarif = report(1);
    sarif["runs"][0]["tool"]["driver"]["rules"] = json!([{"id": "r", "properties": {"tags": vec!["t"; 21]}}]);
    let reply = upload(&github, &json!({"sarif": packed(&sarif)}));
    assert_eq!(status(&github, &reply), "failed");
}

#[test]
fn s4_the_same_tool_overwrites_and_fingerprints_are_missed() {
    let github = Github::start(scenario());
    upload(&github, &json!({}));
    let mut sarif = report(1);
    sarif["runs"][0]["results"][0]["partialFingerprints"] = Value::Null;
    upload(&github, &json!({"sarif": packed(&sarif)}));
    let uploads = github.double.sarifs();
    assert_eq!((uploads.len(), uploads[0].warnings.len()), (1, 1));
}

#[test]
fn s5_alerts_are_on_added_lines() {
    let github = Github::start(scenario());
    upload(&github, &json!({"sarif": packed(&report(3))}));
    assert_eq!(github.double.alerts(), ["requirements.txt:5 r", "requirements.txt:11 r"]);
}

#[test]
fn s6_uploads_an_hour() {
    let mut start = scenario();
    start.limits.sarif_per_hour = 1;
    let github = Github::start(start);
    assert_eq!([upload(&github, &json!({})).status, upload(&github, &json!({})).status], [202, 403]);
}
