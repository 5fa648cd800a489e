//! The dialects over a real store, in one program.
//!
//! `desk` calls a dialect inside a transaction, without a server in between: for what requests mean. `FAVO_TEST_DATABASE=postgres`
//! runs all of it on PostgreSQL.

mod core_people;
mod core_removal;
mod core_sales;
mod core_tenancy;
mod cross;
mod desk;
mod egito_dictionaries;
mod egito_lists;
mod egito_records;
mod egito_requests;
mod egito_sales;
mod house;
mod http;
mod oauth;
mod office;
mod sessions;
mod totvs_filters;
mod totvs_lists;
mod totvs_requests;
mod totvs_review;
mod totvs_writing;
