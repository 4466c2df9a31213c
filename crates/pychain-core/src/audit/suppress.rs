//! Suppressions: comments in the files and entries in the configuration.
