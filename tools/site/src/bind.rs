//! From the compiled program to what a browser loads: one script and one WebAssembly file.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

/// What a browser loads.
#[derive(Debug)]
pub struct Engine {
    /// The script that starts the program; its `init` wants the program's address.
    pub script: String,
    /// The program.
    pub program: Vec<u8>,
}

/// Binds the program that cargo made. The same program gives the same bytes.
///
/// # Errors
///
/// Where it is none of ours, or wants more than these two files.
pub fn bind(program: &Path) -> Result<Engine> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(program)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(true);
    let mut output = bindgen.generate_output().with_context(|| format!("binding {}", program.display()))?;
    // There is an entry for each crate, empty where the crate has none.
    let snippets: Vec<&String> =
        output.snippets().iter().filter(|(_, files)| !files.is_empty()).map(|(name, _)| name).collect();
    ensure!(snippets.is_empty(), "these crates bring scripts of their own: {snippets:?}");
    Ok(Engine { script: output.js().to_owned(), program: output.wasm_mut().emit_wasm() })
}
