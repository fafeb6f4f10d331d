//! Writes the documentation pages of all checks as a JavaScript module, for the npm package: `{code: page}`.

use std::collections::BTreeMap;

fn main() -> Result<(), serde_json::Error> {
    let pages: BTreeMap<&str, &str> =
        setpoint_core::checks::all().iter().map(|check| (check.code, check.page)).collect();
    println!("export default {};", serde_json::to_string_pretty(&pages)?);
    Ok(())
}
