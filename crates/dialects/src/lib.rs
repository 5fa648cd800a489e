//! The wire protocols Favo answers: each dialect turns foreign requests into core operations and back.
//!
//! A dialect owns its routes, its idioms of listing and writing, its wire names and value forms, and one function that
//! spells core errors. It decides nothing about the business, knows no SQL and no other dialect.
#![warn(missing_docs)]

mod delimiter;
pub mod egito;
mod json;
mod json_out;
mod local_time;
pub mod nectar;
pub mod openapi;
mod stored_json;
pub mod totvs;
pub mod wire;
