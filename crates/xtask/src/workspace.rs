//! Where things are.

use std::path::{Path, PathBuf};

/// The folder of the workspace's `Cargo.toml`.
pub fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own)
}

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |target| root().join(target))
}

/// Where the guest is left for `setpoint-checker` to embed. Its build script looks here whatever cargo's target
/// folder is.
pub fn guest() -> PathBuf {
    std::env::var_os("SETPOINT_GUEST_DIR").map_or_else(|| root().join("target/guest"), PathBuf::from)
}
