//! The dialects over a real store, in one program.
//!
//! `desk` calls a dialect inside a transaction, without a server in between: for what requests mean. `FAVO_TEST_DATABASE=postgres`
//! runs all of it on PostgreSQL.

mod cross;
mod core_people;
mod core_removal;
mod core_sales;
mod core_tenancy;
mod desk;
mod http;
mod house;
mod oauth;
mod sessions;
mod egito_requests;
mod egito_lists;
mod egito_dictionaries;
mod egito_records;
mod egito_sales;
mod office;
mod totvs_requests;
mod totvs_review;
mod totvs_writing;
mod totvs_filters;
mod totvs_lists;
