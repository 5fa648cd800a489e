//! What a CRM is: the catalogue of resources and fields, records, rules, queries, the change log, identity and rights.
//!
//! This crate knows no HTTP and no SQL. A dialect turns a foreign request into a [`Patch`](patch::Patch) or a
//! [`Query`](query::Query); a store implements [`Reader`](transaction::Reader) and [`Writer`](transaction::Writer);
//! everything a business person would call a rule lives here.
#![warn(missing_docs)]

pub mod catalogue;
pub mod change;
pub mod ctx;
pub mod documents;
pub mod error;
pub mod identity;
mod merge;
pub mod patch;
pub mod places;
pub mod query;
pub mod reach;
pub mod record;
mod resolve;
pub mod rollup;
pub mod rules;
pub mod session;
pub mod snapshot;
pub mod stored;
pub mod tax_numbers;
pub mod tenancy;
pub mod terms;
pub mod text;
pub mod transaction;
pub mod value;
pub mod write;

pub use catalogue::{Field, FieldType, Resource};
pub use ctx::Ctx;
pub use error::{Error, Place, Problem, Reason, Result};
pub use record::{Item, Key, Record};
pub use value::{Decimal, Instant, Value};
