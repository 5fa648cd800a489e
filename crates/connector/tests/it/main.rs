//! Integration tests of the connector: one binary.

mod promises;
