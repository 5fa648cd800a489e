//! SQLite finds the main lists through the index that is meant for them.
