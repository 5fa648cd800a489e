//! The two protocols that other tools speak: Singer and Airbyte. Messages go to standard output, state comes in as a file.

pub mod airbyte;
pub mod singer;
