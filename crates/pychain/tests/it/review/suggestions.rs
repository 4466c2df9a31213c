//! To come: suggestions.
