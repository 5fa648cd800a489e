//! The store: the only SQL of the project, once for SQLite and PostgreSQL.
//!
//! [`Store`] hands out transactions of one tenant that speak core's [`Reader`] and [`Writer`]. The modules, from the
//! outside in: `store` is the public face; `transaction` implements core's traits; `list`, `plan`, `condition`,
//! `reach`, `projection` and `continuation` turn a query into statements; `record` writes rows; `schema` and
//! `migration` make the tables; `sqlite` and `postgresql` run jobs on connections; `session` runs one statement on
//! either; `dialect` holds every difference between the two. Not here: rules, rights, wire formats.
//!
//! [`Reader`]: favo_core::transaction::Reader
//! [`Writer`]: favo_core::transaction::Writer
#![warn(missing_docs)]

mod condition;
mod continuation;
mod counting;
mod dialect;
#[cfg(test)]
mod explained;
mod folding;
mod functions;
mod job;
mod list;
mod migration;
mod open;
mod owned;
mod plan;
mod postgresql;
mod projection;
mod reach;
mod record;
mod schema;
mod session;
mod sorted;
mod sqlite;
mod store;
mod stored_text;
mod tenant;
#[cfg(feature = "testing")]
pub mod testing;
mod transaction;

pub use dialect::Kind;
pub use open::{Durability, OpenError, Options};
pub use store::Store;
pub use tenant::Tenant;
