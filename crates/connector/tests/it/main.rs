//! Integration tests of the connector: one binary.

mod promises;
mod source_for_tests;
