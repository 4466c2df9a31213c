//! A client of the least: one connection per request, and a stand-in that is checked when the test ends.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use pychain_github_double::{Double, Scenario, files};
use serde_json::{Value, json};

/// A stand-in under test.
pub(crate) struct Github {
    pub(crate) double: Double,
}

/// A reply as it came over the wire.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) bytes: Vec<u8>,
}

/// A base of ten lines, and a head where line 5 is another and line 11 is new.
pub(crate) fn scenario() -> Scenario {
    Scenario::new(
        files([("requirements.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n"), ("same.txt", "s\n")]),
        files([("requirements.txt", "a\nb\nc\nd\nE\nf\ng\nh\ni\nj\nk\n"), ("same.txt", "s\n")]),
    )
}

pub(crate) const REPO: &str = "/repos/octo-org/example";
pub(crate) const PULL: &str = "/repos/octo-org/example/pulls/7";

impl Github {
    pub(crate) fn start(scenario: Scenario) -> Github {
        Github { double: Double::start(scenario) }
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], b"").expect("an answer")
    }

    pub(crate) fn get_as(&self, accept: &str, path: &str) -> Reply {
        self.send("GET", path, &[("accept", accept)], b"").expect("an answer")
    }

    pub(crate) fn write(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.send(method, path, &[], body.to_string().as_bytes()).expect("an answer")
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Reply {
        self.write("POST", path, body)
    }

    /// A review that comments.
    pub(crate) fn review(&self, comments: &Value) -> Reply {
        let body =
            json!({"event": "COMMENT", "body": "Review.", "commit_id": self.double.head(), "comments": comments});
        self.post(&format!("{PULL}/reviews"), &body)
    }

    /// A review with one comment on a line of the right side.
    pub(crate) fn review_line(&self, line: usize, body: &str) {
        let reply = self.review(&json!([{"path": "requirements.txt", "line": line, "side": "RIGHT", "body": body}]));
        assert_eq!(reply.status, 200, "{}", reply.json());
    }

    pub(crate) fn query(&self, query: &str, variables: &Value) -> Value {
        let reply = self.post("/graphql", &json!({"query": query, "variables": variables}));
        assert_eq!(reply.status, 200, "{}", reply.json());
        reply.json()
    }

    /// Sends a request; `None` if the connection was closed without an answer.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<Reply> {
        let root = self.double.api_url().strip_prefix("http://").expect("plain HTTP");
        let (address, _) = root.split_once('/').unwrap_or((root, ""));
        let mut text = vec![
            format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n"),
            format!("content-length: {}\r\n", body.len()),
        ];
        for (name, value) in [("user-agent", "test"), ("authorization", "Bearer fake")] {
            if !headers.iter().any(|(given, _)| *given == name) {
                text.push(format!("{name}: {value}\r\n"));
            }
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            text.push(format!("{name}: {value}\r\n"));
        }
        let text = text.concat();
        let mut stream = TcpStream::connect(address).expect("the stand-in listens");
        stream.write_all(&[text.as_bytes(), b"\r\n", body].concat()).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let split = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&answer[..split]).into_owned();
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines.filter_map(|line| line.split_once(": "));
        Some(Reply {
            status,
            headers: headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect(),
            bytes: answer[split + 4..].to_vec(),
        })
    }
}

impl Drop for Github {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.double.assert_sound();
        }
    }
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn message(&self) -> String {
        self.json()["message"].as_str().unwrap_or_default().to_owned()
    }
}
