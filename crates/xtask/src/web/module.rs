//! From the source of `setpoint-web` to the WebAssembly and the glue of the npm package.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use super::npm;
use crate::build::wasm_target::{self, TARGET};
use crate::stamp::Inputs;
use crate::{process, workspace};

/// What rustc is told for the browser module and for nothing else.
const RUSTC_FLAGS: &[&str] = &[
    // Hash seeds come from the module itself, not from the host's `crypto`: see crates/web/src/seed.rs.
    "--cfg=getrandom_backend=\"custom\"",
    // The same stack as the guest has.
    "-Clink-arg=-zstack-size=4194304",
    // Folded instead of unrolled: the digest of a bundle is computed once.
    "--cfg=sha2_backend_soft=\"compact\"",
    // No SIMD: it would make the module larger, and what it speeds up is not what takes the time.
    "-Ctarget-feature=+bulk-memory,+nontrapping-fptoint,+sign-ext",
];

/// What `wasm-opt` is told: what leaves the fewest bytes after brotli, found by trying. -Oz makes the module smaller, but
/// what is left compresses so badly that browsers get more. The features are those that the module is compiled for.
const WASM_OPT_FLAGS: &[&str] = &[
    "--dae-optimizing",
    "--remove-unused-module-elements",
    "--duplicate-function-elimination",
    "-O1",
    "--duplicate-function-elimination",
    "--code-folding",
    "--vacuum",
    "--merge-blocks",
    "--remove-unused-brs",
    "--optimize-instructions",
    "--vacuum",
    "--reorder-functions",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-call-indirect-overlong",
];

/// The modules of the package: the name, what it does, and the features of `setpoint-web`.
const MODULES: [(&str, &str, &[&str]); 2] =
    [("setpoint", "the browser module", &[]), ("comparing", "the browser module that compares", &["compare"])];

/// Makes glue and WebAssembly of each module, and `pages.js`, in a folder. Says whether a module is new.
pub fn make(folder: &Path) -> anyhow::Result<bool> {
    wasm_target::install()?;
    refuse_annotations(&workspace::root().join("crates/core/src"))?;
    copy(&pages()?, &folder.join("pages.js"))?;
    let mut is_new = false;
    for (name, what, features) in MODULES {
        is_new |= make_one(folder, name, what, features)?;
    }
    Ok(is_new)
}

fn make_one(folder: &Path, name: &str, what: &str, features: &[&str]) -> anyhow::Result<bool> {
    let root = workspace::root();
    let tools = root.join("crates/xtask/npm");
    let module = compile(name, what, features)?;
    let made = workspace::target().join("browser");
    let (wasm, script) = (format!("{name}_bg.wasm"), format!("{name}.js"));
    let optimized = made.join(&wasm);
    Inputs::new()
        .value(WASM_OPT_FLAGS)
        .path(&tools.join("package-lock.json"))?
        .path(&root.join("crates/xtask/bindgen"))?
        .path(&module)?
        .make(&optimized, || {
            let plain = made.join("plain");
            glue(&module, &plain, name)?;
            npm::install(&tools, "fetching binaryen from npm")?;
            eprintln!("optimising {what} (about a minute)");
            let mut wasm_opt = Command::new("node");
            wasm_opt.arg(tools.join("node_modules/binaryen/bin/wasm-opt")).args(WASM_OPT_FLAGS);
            wasm_opt.arg(plain.join(&wasm)).arg("-o").arg(&optimized);
            process::run(&mut wasm_opt, &format!("optimising {what}"))?;
            copy(&plain.join(&script), &made.join(&script)).map(|_| ())
        })?;
    let glue = copy(&made.join(&script), &folder.join(&script))?;
    let module = copy(&optimized, &folder.join(&wasm))?;
    Ok(glue || module)
}

/// What rustc is told: [`RUSTC_FLAGS`], and to leave the folders of this machine out of the module, so that every
/// machine makes the same one.
fn rustc_flags() -> Vec<String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let sources = home.map(|home| format!("--remap-path-prefix={}=", home.join("registry/src").display()));
    let own = format!("--remap-path-prefix={}=", workspace::root().display());
    RUSTC_FLAGS.iter().map(|flag| (*flag).to_owned()).chain(sources).chain([own]).collect()
}

/// Compiles a module; gives its file.
fn compile(name: &str, what: &str, features: &[&str]) -> anyhow::Result<PathBuf> {
    let root = workspace::root();
    let compiled = workspace::target().join(TARGET).join("web/setpoint_web.wasm");
    let module = workspace::target().join("browser/compiled").join(format!("{name}.wasm"));
    let version = process::output(Command::new("rustc").arg("-vV").current_dir(root), "asking rustc for its version")?;
    let flags = rustc_flags();
    Inputs::new()
        .value((version, &flags, features))
        .path(&root.join("Cargo.lock"))?
        .path(&root.join("Cargo.toml"))?
        .path(&root.join("crates/core/Cargo.toml"))?
        .path(&root.join("crates/core/src"))?
        .path(&root.join("crates/web"))?
        .path(&root.join("crates/guest/src/compare_bytes.rs"))?
        // The core checks Setpoint's own files with them.
        .path(&root.join("schemas"))?
        .make(&module, || {
            eprintln!("compiling {what}");
            let mut cargo = process::cargo();
            cargo.args(["rustc", "--quiet", "--package", "setpoint-web", "--profile", "web", "--target", TARGET]);
            // Without the library for tests beside it, everything that is not called can be left out.
            cargo.args(["--lib", "--crate-type", "cdylib"]);
            cargo.arg(format!("--features={}", features.join(",")));
            // Wins over RUSTFLAGS and over what config files say.
            cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
            process::run(&mut cargo, &format!("compiling {what}"))?;
            copy(&compiled, &module).map(|_| ())
        })?;
    Ok(module)
}

/// The documentation pages of the checks, as the native core has them; gives their file.
fn pages() -> anyhow::Result<PathBuf> {
    let mut build = process::cargo();
    build.args(["build", "--quiet", "--example", "pages", "--package", "setpoint-core"]);
    // Only names the features under which everything else is compiled, so that nothing is compiled for this alone.
    process::run(build.args(["--package", "setpoint-cli"]), "compiling what writes the pages of `explain`")?;
    let program = workspace::target().join(format!("debug/examples/pages{}", std::env::consts::EXE_SUFFIX));
    let file = workspace::target().join("browser/pages.js");
    let pages = process::output(&mut Command::new(program), "writing the pages of `explain`")?;
    let written = file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&file, pages));
    written.with_context(|| format!("`{}` cannot be written", file.display()))?;
    Ok(file)
}

/// The module is built without the methods that collect annotations (see crates/xtask/bindgen): a call of
/// `Validator::evaluate` would trap.
fn refuse_annotations(source: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(source).with_context(|| format!("`{}` cannot be read", source.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            refuse_annotations(&path)?;
        } else if fs::read_to_string(&path)?.contains(".evaluate(") {
            anyhow::bail!(
                "`{}` calls `evaluate`, which the browser module leaves out; keep it there: `drop_annotations` in \
                 crates/xtask/bindgen",
                path.display()
            );
        }
    }
    Ok(())
}

/// Makes the glue with a program that is compiled for it: see `crates/xtask/bindgen`.
fn glue(module: &Path, folder: &Path, name: &str) -> anyhow::Result<()> {
    eprintln!("making the glue of a browser module (compiles wasm-bindgen once)");
    let mut cargo = process::cargo();
    cargo.args(["run", "--quiet", "--locked", "--manifest-path", "crates/xtask/bindgen/Cargo.toml", "--target-dir"]);
    cargo.arg(workspace::target().join("bindgen")).arg("--").arg(module).arg(folder).arg(name);
    process::run(&mut cargo, "making the glue of a browser module")
}

/// Copies a file unless the target has the same content, which would only upset who watches it.
fn copy(from: &Path, to: &Path) -> anyhow::Result<bool> {
    let content = fs::read(from).with_context(|| format!("`{}` cannot be read", from.display()))?;
    if fs::read(to).is_ok_and(|present| present == content) {
        return Ok(false);
    }
    let written = to.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(to, content));
    written.with_context(|| format!("`{}` cannot be written", to.display()))?;
    Ok(true)
}
