//! The log of requests.

use serde::Serialize;
use serde_json::Value;

/// One request, and what it was answered with.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Its number, from 1.
    pub number: usize,
    /// The method.
    pub method: String,
    /// The path as it came in.
    pub path: String,
    /// The query.
    pub query: Vec<(String, String)>,
    /// The operation's id, `graphql`, or nothing if there is no such operation.
    pub operation: Option<String>,
    /// It changes something.
    pub writes: bool,
    /// R16: it notifies people, and it succeeded.
    pub notifies: bool,
    /// The body, if it is JSON.
    pub body: Value,
    /// The status of the answer; 0 if the connection was dropped.
    pub status: u16,
    /// Real milliseconds from the start of the stand-in to the moment it was carried out.
    pub at_ms: u64,
    /// How many requests were open, this one included.
    pub in_flight: usize,
}

/// Questions that tests ask of a log.
pub trait Journal {
    /// How many requests were for an operation.
    fn count(&self, operation: &str) -> usize;
    /// Requests that changed something or tried to.
    fn writes(&self) -> Vec<&Entry>;
    /// The shortest time between two writes, in milliseconds (L4).
    fn write_gap(&self) -> Option<u64>;
    /// Whether two writes, or a write and another request, were open at once (L4).
    fn writes_overlap(&self) -> bool;
}

impl Journal for [Entry] {
    fn count(&self, operation: &str) -> usize {
        self.iter().filter(|entry| entry.operation.as_deref() == Some(operation)).count()
    }

    fn writes(&self) -> Vec<&Entry> {
        self.iter().filter(|entry| entry.writes).collect()
    }

    fn write_gap(&self) -> Option<u64> {
        let writes = self.writes();
        writes.windows(2).map(|pair| pair[1].at_ms.saturating_sub(pair[0].at_ms)).min()
    }

    fn writes_overlap(&self) -> bool {
        self.iter().any(|entry| entry.writes && entry.in_flight > 1)
    }
}
