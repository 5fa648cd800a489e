//! The store's one test binary: the suite of `conformance` on both databases, and what is particular to one of them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod conformance;
mod fixture;
mod identities;
mod model;
mod opening;
mod random;

mod filters;
mod paging;
mod projections;
mod records;
mod tenants;
mod writing;
