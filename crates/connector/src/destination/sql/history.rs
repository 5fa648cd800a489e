//! Former versions of rows: a table `<table>_history` beside a main table, and a view `<table>_versions` of both.
//!
//! A row that is about to be replaced or marked is copied with `_valid_to` empty; when the group is committed that becomes the moment at which the next
//! version was written (or, where there is no next one, the last moment the run told us). Only former versions are in the table, so that it costs nothing
//! while nothing changes.

use super::views::View;
use super::{column_list, quoted};
use crate::schema::{Column, Origin, Table};

/// Beginning and end of a version.
const VALID_FROM: &str = "_valid_from";
const VALID_TO: &str = "_valid_to";

/// The statements of one main table whose history is kept. Parameter `$1`, where there is one, is an id or a list of ids, as the caller's condition says.
#[derive(Debug)]
pub(in crate::destination) struct History {
    /// The history table itself.
    pub table: Table,
    main: String,
    main_columns: String,
    id: String,
    loaded: String,
    deleted: String,
}

impl History {
    /// Makes the table that goes with a main table; none when the main table lacks the columns it takes (it never does).
    pub(in crate::destination) fn of(main: &Table) -> Option<Self> {
        let loaded = &main.columns[main.position_of(&Origin::LoadedAt)?];
        let deleted = &main.columns[main.position_of(&Origin::DeletedAt)?];
        let bound = |name: &str, description: &str| Column {
            name: name.to_owned(),
            description: description.to_owned(),
            references: None,
            mask: None,
            ..loaded.clone()
        };
        let mut table = main.clone();
        table.name = format!("{}_history", main.name);
        table.title = format!("{}: former versions", main.title);
        table.columns.push(bound(VALID_FROM, "When this version was written"));
        table.columns.push(bound(VALID_TO, "When the next version was written"));
        table.key = Vec::new();
        // The id for people, the open end for the statement that closes it.
        table.indexed = vec![main.owner, main.columns.len() + 1];
        Some(Self {
            main: quoted(&main.name),
            main_columns: column_list(main),
            id: quoted(&main.columns[main.owner].name),
            loaded: quoted(&loaded.name),
            deleted: quoted(&deleted.name),
            table,
        })
    }

    /// Closes the open versions of the ids that `condition` selects, by the version that is now replaced itself.
    pub(in crate::destination) fn close_before(&self, condition: &str) -> String {
        let Self { main, id, loaded, .. } = self;
        let history = quoted(&self.table.name);
        format!(
            "update {history} set {VALID_TO} = (select m.{loaded} from {main} m where m.{id} = {history}.{id}) \
             where {id} {condition} and {VALID_TO} is null \
             and exists (select 1 from {main} m where m.{id} = {history}.{id})"
        )
    }

    /// Keeps the rows that `condition` selects.
    pub(in crate::destination) fn keep(&self, condition: &str) -> String {
        let Self { main, main_columns, id, loaded, deleted, .. } = self;
        let history = quoted(&self.table.name);
        format!(
            "insert into {history} ({main_columns}, {VALID_FROM}) \
             select {main_columns}, coalesce({deleted}, {loaded}) from {main} where {id} {condition}"
        )
    }

    /// Closes what is open: by the version that is there now, else by `latest`, an SQL expression.
    pub(in crate::destination) fn close(&self, latest: &str) -> String {
        let Self { main, id, loaded, deleted, .. } = self;
        let history = quoted(&self.table.name);
        format!(
            "update {history} set {VALID_TO} = coalesce((select coalesce(m.{deleted}, m.{loaded}) from {main} m \
             where m.{id} = {history}.{id}), {latest}) where {VALID_TO} is null"
        )
    }

    /// The view of all versions.
    pub(in crate::destination) fn view(&self) -> View {
        let Self { main, main_columns, loaded, deleted, .. } = self;
        let history = quoted(&self.table.name);
        let query = format!(
            "select {main_columns}, {VALID_FROM}, {VALID_TO}, false as _current from {history} \
             union all select {main_columns}, coalesce({deleted}, {loaded}), null, true from {main}"
        );
        let stem = self.table.name.strip_suffix("_history").unwrap_or(&self.table.name);
        View::new(None, &format!("{stem}_versions"), query)
    }
}
