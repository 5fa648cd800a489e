//! The `favo` program as a library: its commands, and the administration they share with tests and benchmarks.
//!
//! No rule and no wire form lives here; commands put a sentence around what core and server do.
#![warn(missing_docs)]

pub mod administration;
pub mod command;
pub mod registries;
pub mod sample;
