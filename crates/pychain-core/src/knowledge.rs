//! Facts from outside, gathered beforehand by the caller; a missing fact is unknown, never "fine".

/// What the caller knows of the world beyond the audited files.
///
/// Nothing yet: every rule so far decides from the files alone. Names, advisories and releases
/// come with the rules that read them.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Knowledge {}
