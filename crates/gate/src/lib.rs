//! The gate server: an HTTP service in front of the stores. Whoever writes settings goes through the checker; whoever reads them gets
//! the version that it understands, whatever is stored.
//!
//! [`serve`] runs it. The HTTP side is `routes`: each route is a file that takes a request apart, asks, and puts the answer
//! together. What is done to documents is `documents`, which knows nothing of HTTP but its problems. What does not live here:
//! deciding (the core, inside `setpoint-checker`), where documents are (`setpoint-store`).

mod access;
mod assets;
mod body;
pub mod checks;
mod cors;
mod documents;
mod guard;
mod listen;
mod metrics;
mod openapi;
mod options;
mod problem;
mod reload;
mod routes;
mod served;
mod server;
mod service;
mod session;
mod state;
mod work;

pub use access::{Role, Token};
pub use openapi::openapi;
pub use options::{Options, Sizes};
pub use server::{ServeError, Started, serve};
pub use state::{State, StateError, own_database};
