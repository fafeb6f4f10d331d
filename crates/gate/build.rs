//! Takes the editor into the program: what `cargo xtask web` has left in `editor`, or nothing when that was not built.
//!
//! Names under `assets` have a digest of their contents in them, so whoever has one never has to ask for it again. Files that are worth it
//! stand there a second time, compressed (`NAME.br`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a build script")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    // It is always there, so that cargo looks at it and nothing else.
    let editor = Path::new(env!("CARGO_MANIFEST_DIR")).join("editor");
    println!("cargo::rerun-if-changed={}", editor.display());
    let page = editor.join("editor.html");
    let mut files = Vec::new();
    if page.is_file() {
        files.push(("editor.html".to_owned(), page));
        let assets = fs::read_dir(editor.join("assets")).map(Iterator::collect).unwrap_or_else(|_| Ok(Vec::new()));
        for entry in assets.expect("the folder of the assets can be read") {
            let entry: fs::DirEntry = entry;
            files.push((entry.file_name().into_string().expect("a name in UTF-8"), entry.path()));
        }
        files.sort();
    }
    let mut code = "&[\n".to_owned();
    for (name, path) in &files {
        if path.extension().is_some_and(|ending| ending == "br") {
            continue;
        }
        let compressed = PathBuf::from(format!("{}.br", path.display()));
        let brotli = match compressed.is_file() {
            true => format!("Some(include_bytes!({:?}))", compressed.canonicalize().unwrap()),
            false => "None".to_owned(),
        };
        let path = path.canonicalize().unwrap();
        let _ = writeln!(code, "    Asset {{ name: {name:?}, plain: include_bytes!({path:?}), brotli: {brotli} }},");
    }
    code.push(']');
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it")).join("assets.rs");
    fs::write(out, code).expect("the output folder takes a file");
}
