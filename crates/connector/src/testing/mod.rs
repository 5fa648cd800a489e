//! For tests of this crate and of the binary: a source that speaks the public contract and breaks it on demand, an oracle that knows what a warehouse must
//! hold, and readers that look into one without the product's code.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "only tests use it, and there a panic is the message"
)]

mod api;
mod clock;
mod compare;
mod expected;
mod faults;
mod json;
mod model;
mod random;
mod records;
mod server;
pub mod warehouse;

pub use api::Habits;
pub use clock::Clock;
pub use compare::{agrees, differences, differences_in, dump};
pub use expected::{Row, Rows, Tables, Value, expected_tables};
pub use faults::{Change, Fault, RetryAfter, Rule};
pub use json::{Json, decimal};
pub use model::{Entry, Model, Size, instant};
pub use random::Random;
pub use server::{FakeNectar, Logged};
