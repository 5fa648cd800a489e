//! Integration tests of the connector: one binary.

mod promises;
mod rows;
mod source_for_tests;
