//! The two protocols that other tools speak: Singer and Airbyte.

pub mod airbyte;
pub mod singer;
