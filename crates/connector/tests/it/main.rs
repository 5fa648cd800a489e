//! Integration tests of the connector, in one binary: what a promise says is tested through the public interface.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed; functions shared by tests are not seen as tests"
)]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    reason = "the layout kondado has ids as doubles; sample values are small"
)]

mod destination_contract;
mod destination_files;
mod destination_postgres;
mod destination_speed;
mod destination_sql;
mod destination_sqlite;
mod promises;
mod rows;
mod sample;
mod source_for_tests;
