//! The connector behind `favo sync`: reads an API that speaks NectarCRM and keeps a warehouse, a lake or a pipeline in step with it.
//!
//! A run goes `source` -> `flatten` -> `destination`, led by `engine`. Pages of JSON are fetched by a few threads (`source`), split into
//! records and turned into rows of borrowed cells on one thread (`flatten`, by the plan that `schema` made from the catalogue in `tables`),
//! compared with what the destination holds, written, and committed together with the bookmark that covers them. `docs/connector.md` says what
//! people can rely on; this crate's walls: nothing of ours but `favo-core`, and nobody but the binary depends on it.
#![warn(missing_docs)]

pub mod cell;
pub mod configuration;
pub mod destination;
pub mod engine;
mod error;
pub mod flatten;
mod http;
mod moment;
pub mod note;
pub mod progress;
pub mod protocol;
pub mod report;
pub mod schema;
pub mod settings;
pub mod source;
pub mod state;
pub mod tables;
#[cfg(feature = "testing")]
pub mod testing;
mod world;

pub use error::{Error, Result};
pub use world::{Machine, World};
