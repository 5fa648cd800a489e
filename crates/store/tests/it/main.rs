//! The store's one test binary: the suite of `conformance` on both databases, and what is particular to one of them.

mod conformance;
mod fixture;
mod model;
mod opening;
mod random;

mod filters;
mod paging;
mod projections;
mod records;
mod tenants;
mod writing;
