//! Every difference between the two databases, in one place. Not for running statements.

use std::borrow::Cow;

use crate::folding;

/// Which database a store is kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file of this host.
    Sqlite,
    /// A server.
    Postgres,
}

impl Kind {
    /// The name people know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// The condition that the value before it is in the list bound as parameter `number`.
    ///
    /// One text for every length, so that statements are prepared once: an array there, a JSON list here.
    pub(crate) fn in_list(self, number: usize) -> String {
        match self {
            Self::Sqlite => format!(" in (select value from json_each(?{number}))"),
            Self::Postgres => format!(" = any(?{number})"),
        }
    }

    /// Forces an index on the table before it. PostgreSQL has statistics and decides by itself.
    pub(crate) fn indexed_by(self, index: &str) -> Cow<'static, str> {
        match self {
            Self::Sqlite => format!(" indexed by {index}").into(),
            Self::Postgres => "".into(),
        }
    }

    /// The order of text: by bytes on both, so that a prefix is a range.
    pub(crate) fn byte_order(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " collate \"C\"",
        }
    }

    /// Puts rows without value first in an index, which SQLite does anyway and cannot be told.
    pub(crate) fn nulls_first_in_index(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " nulls first",
        }
    }

    /// Keeps what makes a record live in the entries of a partial index. SQLite tests the condition of the index again on
    /// every entry, and without this byte it would fetch the whole row for that.
    pub(crate) fn condition_in_index(self) -> &'static str {
        match self {
            Self::Sqlite => ", deleted_at",
            Self::Postgres => "",
        }
    }

    /// The condition that a text consists of pieces with anything between them, which are bound as parameter `number`:
    /// as a list for SQLite, see `functions`, and as a pattern for `like` on PostgreSQL. SQLite's own `like` is blind to
    /// the case of ASCII letters and its `glob` limits the length of a pattern.
    pub(crate) fn made_of(self, text: &str, number: usize, folded: bool) -> String {
        match (self, folded) {
            (Self::Sqlite, false) => format!("favo_like({text}, ?{number})"),
            (Self::Sqlite, true) => format!("favo_folded_like({text}, ?{number})"),
            (Self::Postgres, false) => format!("{text} collate \"C\" like ?{number} escape '\\'"),
            (Self::Postgres, true) => format!("{} like ?{number} escape '\\'", folding::folded(text)),
        }
    }

    /// The rows of an owned list, or the elements of a list of plain values, as a table of one column `value`.
    pub(crate) fn elements(self, list: &str, plain: bool) -> String {
        match (self, plain) {
            (Self::Sqlite, _) => format!("json_each({list})"),
            (Self::Postgres, false) => format!("jsonb_array_elements(cast({list} as jsonb))"),
            (Self::Postgres, true) => format!("jsonb_array_elements_text(cast({list} as jsonb))"),
        }
    }

    /// The text in a field of a row of [`Self::elements`].
    pub(crate) fn text_in(self, row: &str, name: &str) -> String {
        match self {
            Self::Sqlite => format!("({row}.value ->> '$.{name}')"),
            Self::Postgres => format!("({row}.value ->> '{name}')"),
        }
    }

    /// The whole number in a field of a row of [`Self::elements`].
    pub(crate) fn number_in(self, row: &str, name: &str) -> String {
        match self {
            Self::Sqlite => format!("({row}.value ->> '$.{name}')"),
            Self::Postgres => format!("cast({row}.value ->> '{name}' as bigint)"),
        }
    }

    /// The truth value in a field of a row of [`Self::elements`], as 0 or 1.
    pub(crate) fn truth_in(self, row: &str, name: &str) -> String {
        match self {
            Self::Sqlite => format!("({row}.value ->> '$.{name}')"),
            Self::Postgres => {
                format!("cast(cast(cast({row}.value ->> '{name}' as boolean) as integer) as bigint)")
            }
        }
    }

    /// The decimal in a field of a row of [`Self::elements`], in stored units and exact: SQLite's own numbers are binary.
    pub(crate) fn decimal_in(self, row: &str, name: &str) -> String {
        match self {
            Self::Sqlite => format!("favo_steps({row}.value -> '$.{name}')"),
            Self::Postgres => format!("cast(cast({row}.value ->> '{name}' as numeric) * 1000000 as bigint)"),
        }
    }

    /// The decimal that a text is, in stored units and exact; null when it is none.
    pub(crate) fn decimal_of(self, text: &str) -> String {
        match self {
            Self::Sqlite => format!("favo_steps({text})"),
            // The condition keeps the product within the type.
            Self::Postgres => format!(
                "case when {text} ~ '^[-+]{{0,1}}([0-9]{{1,12}}[.]{{0,1}}[0-9]{{0,40}}|[.][0-9]{{1,40}})$' \
                 then cast(cast({text} as numeric) * 1000000 as bigint) end"
            ),
        }
    }

    /// The date that a text begins with, as `2026-06-09`; null when it begins with none.
    pub(crate) fn day_of(self, text: &str) -> String {
        let (day_first, year_first) = match self {
            Self::Sqlite => (
                "glob '[0-9][0-9]/[0-9][0-9]/[0-9][0-9][0-9][0-9]*'",
                "glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'",
            ),
            Self::Postgres => ("~ '^[0-9]{2}/[0-9]{2}/[0-9]{4}'", "~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}'"),
        };
        format!(
            "case when {text} {day_first} \
             then substr({text}, 7, 4) || '-' || substr({text}, 4, 2) || '-' || substr({text}, 1, 2) \
             when {text} {year_first} then substr({text}, 1, 10) end"
        )
    }

    /// The text of a value in a column of custom values.
    pub(crate) fn custom_in(self, column: &str, field: i64) -> String {
        match self {
            Self::Sqlite => format!("({column} ->> '$.\"{field}\"[1]')"),
            Self::Postgres => format!("(cast({column} as jsonb) -> '{field}' ->> 1)"),
        }
    }

    /// The type of bytes.
    pub(crate) fn bytes(self) -> &'static str {
        match self {
            Self::Sqlite => "blob",
            Self::Postgres => "bytea",
        }
    }

    /// Keeps the rows of a table inside its primary key: for narrow rows that are found by it.
    pub(crate) fn clustered(self) -> &'static str {
        match self {
            Self::Sqlite => " without rowid",
            Self::Postgres => "",
        }
    }

    /// Holds a row until the transaction ends. SQLite has one writer at a time as it is.
    pub(crate) fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " for update",
        }
    }

    /// Starts a transaction that changes tables, alone among all processes.
    pub(crate) fn begin_migration(self) -> &'static str {
        match self {
            Self::Sqlite => "begin immediate",
            Self::Postgres => "begin; select pg_advisory_xact_lock(7305802)",
        }
    }

    /// The names of all tables and columns, as rows of `(table, column)`.
    pub(crate) fn columns_of_all_tables(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table'"
            }
            Self::Postgres => {
                "select cast(table_name as text), cast(column_name as text) from information_schema.columns \
                 where table_schema = current_schema()"
            }
        }
    }

    /// The names of all indexes.
    pub(crate) fn names_of_all_indexes(self) -> &'static str {
        match self {
            Self::Sqlite => "select name from sqlite_master where type = 'index'",
            Self::Postgres => {
                "select cast(indexname as text) from pg_indexes where schemaname = current_schema()"
            }
        }
    }
}

/// Rewrites `?1` to `$1`. Texts are written the SQLite way because SQLite numbers `$n` by first appearance.
pub(crate) fn numbered_for_postgresql(sql: &str) -> String {
    sql.replace('?', "$")
}

/// Whether every table of a statement is bound to the tenant in `?1`: the last wall between tenants, checked in
/// debug builds on every statement that a transaction runs.
pub(crate) fn names_the_tenant(sql: &str) -> bool {
    let words: Vec<&str> = sql
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ','))
        .filter(|word| !word.is_empty())
        .collect();
    let bound = |alias: &str| {
        let prefix = if alias.is_empty() { String::new() } else { format!("{alias}.") };
        sql.contains(&format!("{prefix}tenant_id = ?1"))
    };
    words.iter().enumerate().all(|(at, word)| match *word {
        "from" | "join" => {
            let (table, alias) =
                (words.get(at + 1).copied().unwrap_or(""), words.get(at + 2).copied().unwrap_or(""));
            // A subselect is checked by its own `from`; the functions read a parameter or a column of a row that was.
            match table {
                "select" | "json_each" | "jsonb_array_elements" | "jsonb_array_elements_text" => true,
                _ => bound(if matches!(alias, "where" | "") { "" } else { alias }),
            }
        }
        "update" if at == 0 => bound(""),
        "insert" => sql.contains("(tenant_id, ") && sql.contains("values (?1"),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_is_not_bound_to_the_tenant_is_noticed() {
        assert!(names_the_tenant("select t.id from contact t where t.tenant_id = ?1"));
        assert!(!names_the_tenant("select t.id from contact t where t.id = ?1"));
        assert!(!names_the_tenant(
            "select t.id from contact t left join app_user j1 on j1.id = t.owner_id where t.tenant_id = ?1"
        ));
        assert!(!names_the_tenant(
            "select t.id from contact t where t.tenant_id = ?1 and exists (select 1 from team v1)"
        ));
        assert!(!names_the_tenant("delete from term where resource = ?1"));
        assert!(!names_the_tenant("update contact set name = ?2 where id = ?1"));
    }

    #[test]
    fn parameters_keep_their_numbers_on_postgresql() {
        assert_eq!(numbered_for_postgresql("select ?2, ?1, ?12"), "select $2, $1, $12");
    }
}
