//! The Airbyte protocol. Not written yet.
