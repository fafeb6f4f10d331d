//! Optimises the module and turns it into a component.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context;
use wit_component::ComponentEncoder;

use crate::stamp::{Inputs, write_whole};
use crate::{process, workspace};

/// How long npm may take to fetch binaryen.
const LIMIT: Duration = Duration::from_secs(300);

/// What `wasm-opt` is told. The features are those that the guest is compiled for.
const FLAGS: &[&str] = &[
    "-O3",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-simd",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-call-indirect-overlong",
];

/// Makes the component from the module, optimised unless it is to be `quick`; gives its file.
pub fn component(module: &Path, quick: bool) -> anyhow::Result<PathBuf> {
    let component = workspace::guest().join("setpoint.wasm");
    let tools = workspace::root().join("crates/xtask/npm");
    Inputs::new().value((FLAGS, quick)).path(&tools.join("package-lock.json"))?.path(module)?.make(
        &component,
        || {
            let optimized = component.with_extension("core.wasm");
            let source = if quick {
                module
            } else {
                install(&tools)?;
                eprintln!("optimising the guest (a minute or two; `--quick` leaves it out)");
                let mut wasm_opt = Command::new("node");
                wasm_opt.arg(tools.join("node_modules/binaryen/bin/wasm-opt")).args(FLAGS);
                wasm_opt.arg(module).arg("-o").arg(&optimized);
                process::run(&mut wasm_opt, "optimising the guest")?;
                &optimized
            };
            let bytes = fs::read(source).with_context(|| format!("`{}` cannot be read", source.display()))?;
            // Refuses a module with imports that no interface explains.
            let encoded = ComponentEncoder::default().validate(true).module(&bytes)?.encode()?;
            write_whole(&component, &encoded)
        },
    )?;
    Ok(component)
}

/// Installs the npm packages that the lock file names.
fn install(folder: &Path) -> anyhow::Result<()> {
    let installed = folder.join("node_modules/.package-lock.json");
    Inputs::new().path(&folder.join("package-lock.json"))?.make(&installed, || {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder);
        process::run_bounded(&mut npm, "fetching binaryen from npm", LIMIT)
    })?;
    Ok(())
}
