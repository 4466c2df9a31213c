//! To come: reading.
