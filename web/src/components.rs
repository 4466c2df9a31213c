//! The parts of the page: each shows what it is given and says what people do.

pub(crate) mod changes;
pub(crate) mod detail;
pub(crate) mod drops;
pub(crate) mod editor;
pub(crate) mod findings;
pub(crate) mod header;
pub(crate) mod manual;
pub(crate) mod menu;
pub(crate) mod pane;
pub(crate) mod printed;
pub(crate) mod prose;
pub(crate) mod status;
pub(crate) mod welcome;
