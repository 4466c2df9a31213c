//! What a commit holds, and the bytes of it. Files are asked for by the name of their content, never by a path: no
//! link is followed on the way, and no path has to be written into an address.

use pychain_core::text::MAX_FILE_BYTES;
use serde::Deserialize;

use crate::client::{GitHub, JSON, RAW};
use crate::error::Error;
use crate::pull::commit;

/// The files of a commit, or of one directory of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreeListing {
    /// What it holds.
    pub entries: Vec<TreeEntry>,
    /// Whether GitHub left something out.
    pub truncated: bool,
}

/// Something in a tree.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TreeEntry {
    /// Its path, below what was listed.
    pub path: String,
    /// git's mode: `100644`, `120000`, `040000`.
    pub mode: String,
    /// The name of its content.
    pub sha: String,
    /// Bytes, of a file.
    #[serde(default)]
    pub size: u64,
}

#[derive(Deserialize)]
struct TreeJson {
    tree: Vec<TreeEntry>,
    #[serde(default)]
    truncated: bool,
}

impl GitHub {
    /// What a commit or a directory holds; with `recursive` the directories below as well.
    pub fn tree(&self, name: &str, recursive: bool) -> Result<TreeListing, Error> {
        let query = if recursive { "?recursive=1" } else { "" };
        let route = self.shared.route(&format!("/git/trees/{}{query}", commit(name)));
        let TreeJson { tree, truncated } = self.block_on(self.shared.get(&route, JSON))?.json()?;
        Ok(TreeListing { entries: tree, truncated })
    }

    /// The bytes of several files, by the names of their contents and in that order.
    pub fn blobs(&self, names: Vec<String>) -> Vec<Result<Vec<u8>, Error>> {
        self.all(names, |shared, name| async move {
            let route = shared.route(&format!("/git/blobs/{}", commit(&name)));
            let bytes = shared.get(&route, RAW).await?.bytes();
            debug_assert!(bytes.len() <= 2 * MAX_FILE_BYTES, "the size was known");
            Ok(bytes)
        })
    }
}
