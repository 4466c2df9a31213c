//! To come: hostile.
