//! Runs against a source and a destination that live in memory.
