//! How large everything is that people download.

use std::path::Path;
use std::process::Command;

use anyhow::Context;
use serde_json::Value;

use super::results::{Cell, Section, Table, Target};
use super::{Effort, setpoint};
use crate::{process, web, workspace};

/// What the browser module may weigh after brotli, in bytes.
const BUDGET: f64 = 770_000.0;

pub fn measure(_: Effort) -> anyhow::Result<Section> {
    let program = setpoint()?;
    web::package()?;
    let module = workspace::root().join("www/packages/setpoint/dist");
    let guest = workspace::guest();
    let mut table = Table::new(&["what", "raw", "gzip -9", "brotli -11"]);
    let mut brotli = f64::NAN;
    for (name, file) in [
        ("browser module", module.join("setpoint_bg.wasm")),
        ("its glue", module.join("setpoint.js")),
        ("browser module that compares", module.join("comparing_bg.wasm")),
        ("guest component", guest.join("setpoint.wasm")),
        ("its image, as embedded", guest.join("setpoint.cwasm")),
        ("setpoint, the program", program),
    ] {
        let size = compressed(&file)?;
        if name == "browser module" {
            #[allow(clippy::cast_precision_loss, reason = "the size of a file is far below 2^52 bytes")]
            let bytes = size.brotli as f64;
            brotli = bytes;
        }
        table.row(vec![Cell::text(name), Cell::bytes(size.raw), Cell::bytes(size.gzip), Cell::bytes(size.brotli)]);
    }
    Ok(Section {
        title: "Sizes",
        notes: Vec::new(),
        tables: vec![table],
        targets: vec![Target::at_most("browser module after brotli, bytes", brotli, BUDGET)],
    })
}

struct Size {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// Node has both compressors. The program is too large for brotli's best setting to be quick, and nobody serves it
/// that way; it is measured all the same.
fn compressed(file: &Path) -> anyhow::Result<Size> {
    const SCRIPT: &str = "const { readFileSync } = require('fs'), zlib = require('zlib'); \
        const bytes = readFileSync(process.argv[1]); \
        const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_LGWIN]: 24 }; \
        console.log(JSON.stringify([bytes.length, zlib.gzipSync(bytes, { level: 9 }).length, \
        zlib.brotliCompressSync(bytes, { params }).length]))";
    let printed = process::output(Command::new("node").args(["--eval", SCRIPT]).arg(file), "compressing")?;
    let sizes: Value = serde_json::from_str(&printed)?;
    let size = |place: usize| sizes.get(place).and_then(Value::as_u64).context("node printed no size");
    Ok(Size { raw: size(0)?, gzip: size(1)?, brotli: size(2)? })
}
