//! To come: outputs.
