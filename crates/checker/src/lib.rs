//! The wasmtime host of the core: the one way native code gets a verdict.
//!
//! The core runs as a WebAssembly component that is compiled ahead of time and embedded here, so that nothing is
//! compiled when a program starts. It imports nothing, and what it may use is limited ([`Limits`]); every limit
//! ends in an error that names the document ([`CheckerError`]), and the next document is checked as if nothing
//! had happened.
//!
//! ```
//! use setpoint_checker::{Checker, Limits};
//! use setpoint_core::call::CheckCall;
//!
//! let schema = r#"{ "properties": { "port": { "type": "integer" } } }"#;
//! let bundle = serde_json::json!({
//!     "bundle": 1,
//!     "settings": { "web": { "schemas": { "1": { "file": "v1.json", "text": schema } } } }
//! });
//!
//! let checker = Checker::embedded(Limits::default())?;
//! let policy = checker.policy(bundle.to_string().as_bytes())?;
//! let call = CheckCall { file: "web.json".into(), ..CheckCall::default() };
//! let answer = policy.check(&call, br#"{ "port": 80 }"#)?;
//! assert_eq!(answer.file, "web.json");
//! # Ok::<(), setpoint_checker::CheckerError>(())
//! ```
//!
//! What does not live here: reading files ([`Policy::check_lines_of`] takes a reader), rendering, and anything
//! that decides.

mod batch;
mod checker;
pub mod engine;
mod error;
mod guest_file;
#[cfg(feature = "image")]
mod image;
mod instance;
mod limit;
mod limits;
mod lines;
mod ordered;
mod policy;

pub use batch::BatchItem;
pub use checker::Checker;
pub use error::{Category, CheckerError, GuestFault};
pub use limit::{CHECKER_LIMIT, limit_report};
pub use limits::Limits;
pub use lines::{ChunkAnswer, LinesError, LinesSummary};
pub use ordered::in_order;
pub use policy::Policy;
