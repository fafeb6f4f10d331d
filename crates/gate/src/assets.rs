//! The files of the editor, which are part of the program.

use std::sync::LazyLock;

use setpoint_core::digest::sha256_hex;

/// The page.
const PAGE: &str = "editor.html";

/// A file of the editor.
#[derive(Debug)]
pub struct Asset {
    pub name: &'static str,
    pub plain: &'static [u8],
    /// The same, compressed.
    pub brotli: Option<&'static [u8]>,
}

/// All of them; none when the editor was not built before the program.
static ALL: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The page of the editor, with its `ETag`.
pub fn page() -> Option<(&'static Asset, &'static str)> {
    static TAG: LazyLock<String> =
        LazyLock::new(|| format!("\"{}\"", sha256_hex(find(PAGE).map(|page| page.plain).unwrap_or_default())));
    find(PAGE).map(|page| (page, TAG.as_str()))
}

/// A file that the page names.
pub fn asset(name: &str) -> Option<&'static Asset> {
    find(name).filter(|asset| asset.name != PAGE)
}

fn find(name: &str) -> Option<&'static Asset> {
    ALL.iter().find(|asset| asset.name == name)
}

impl Asset {
    /// Its media type, by the ending of its name.
    pub fn media_type(&self) -> &'static str {
        match self.name.rsplit('.').next().unwrap_or_default() {
            "html" => "text/html; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "wasm" => "application/wasm",
            "svg" => "image/svg+xml",
            _ => "application/octet-stream",
        }
    }
}
