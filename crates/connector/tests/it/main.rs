//! Integration tests of the connector, in one binary: what a promise says is tested through the public interface.

mod destination_contract;
mod destination_postgres;
mod destination_speed;
mod destination_sql;
mod destination_sqlite;
mod promises;
mod rows;
mod sample;
mod source_for_tests;
