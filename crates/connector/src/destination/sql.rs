//! SQL text that both SQL destinations share.

use crate::schema::Schema;

/// Statements that create the tables.
pub(super) fn ddl(_schema: &Schema, _postgres: bool) -> String {
    String::new()
}
