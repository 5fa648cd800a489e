//! The plan: for each object that is looked into, its keys and what becomes of the values behind them.

use xxhash_rust::xxh3::xxh3_64;

use super::value::Slot;
use crate::schema::{Column, CustomPart, Mask, Origin, Rows, StreamSchema, Type};
use crate::tables::Reading;

/// No node, no entry, no table.
pub(super) const NONE: u16 = u16::MAX;
/// Unknown keys that a node remembers; beyond that they are kept in the rest without being counted (objects used as maps).
const MOST_LEARNED: u16 = 512;

/// A column that takes a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub(super) slot: u16,
    pub(super) kind: Type,
    pub(super) mask: Option<Mask>,
    pub(super) digits_only: bool,
    /// The value is taken only while the column has none from its first spelling.
    pub(super) fallback: bool,
}

/// What a key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A member that the catalogue knows.
    Known,
    /// `camposPersonalizados`.
    Labels,
    /// `camposPersonalizadosObject`.
    Aliases,
    /// A member that nothing takes; position in the notes about unknown fields, once it has one.
    Unknown(u16),
}

/// One key of an object.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: Box<str>,
    pub(super) targets: Vec<Target>,
    /// The node of the object behind the key.
    pub(super) node: u16,
    /// The child table whose rows stand in the array behind the key.
    pub(super) child: u16,
    pub(super) role: Role,
    /// The entry that came after this one last time.
    next: u16,
    /// Number of the object in which the key was met last: two times in one object is a duplicate.
    stamp: u32,
}

/// One object of which members are taken.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) entries: Vec<Entry>,
    /// Positions of the entries, by hash of the key, with open addressing.
    buckets: Vec<u16>,
    /// The entry that came first last time.
    first: u16,
    stamp: u32,
    learned: u16,
    pub(super) table: u16,
    /// Path of the object from the record or element, with a dot at its end; empty for those themselves.
    pub(super) path: String,
    /// A column below is masked, so that what is found in the object's stead must not be kept.
    pub(super) masked: bool,
}

/// What a column of our own holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    Owner,
    Run,
    Extracted,
    Loaded,
    Hash,
    Deleted,
    Position,
}

/// One table.
#[derive(Debug)]
pub(super) struct TablePlan {
    pub(super) name: String,
    /// Name without prefix.
    pub(super) bare: String,
    pub(super) rows: Rows,
    /// Where the members of its objects are looked up.
    pub(super) node: u16,
    /// As many empty cells as there are columns.
    pub(super) blank: Vec<Slot>,
    pub(super) own: Vec<(u16, Own, Type)>,
    pub(super) rest: Option<u16>,
    /// The column of the text itself (arrays of texts).
    pub(super) element: Option<Target>,
    pub(super) custom: Vec<(CustomPart, Target)>,
    pub(super) masked: bool,
}

/// The plan of a stream.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) nodes: Vec<Node>,
    pub(super) tables: Vec<TablePlan>,
    /// The column that names the parent, for records that are read per parent.
    pub(super) parent: Option<Target>,
}

impl Plan {
    pub(super) fn new(schema: &StreamSchema) -> Self {
        let mut plan = Self { nodes: Vec::new(), tables: Vec::new(), parent: None };
        for (position, table) in schema.tables.iter().enumerate() {
            let node = plan.add_node(position as u16, String::new());
            let seeds = schema.stream.tables.get(position);
            let masked = table.columns.iter().any(|column| column.mask.is_some());
            plan.tables.push(TablePlan {
                name: table.name.clone(),
                bare: seeds.map_or_else(|| table.name.clone(), |seeds| seeds.name.to_owned()),
                rows: table.rows.clone(),
                node,
                blank: vec![Slot::NULL; table.columns.len()],
                own: Vec::new(),
                rest: None,
                element: None,
                custom: Vec::new(),
                masked,
            });
            for (slot, column) in table.columns.iter().enumerate() {
                plan.add_column(position, node, slot as u16, column);
            }
            // Columns that people left out are known all the same: what they hold is not kept in the rest.
            for column in seeds.map_or(&[][..], |seeds| seeds.columns) {
                if !column.path.starts_with('^') {
                    plan.entry_at(node, column.path);
                }
                if let Some(path) = column.fallback {
                    plan.entry_at(node, path);
                }
            }
        }
        let main = plan.tables.first().map_or(NONE, |table| table.node);
        for (position, table) in schema.tables.iter().enumerate().skip(1) {
            match &table.rows {
                Rows::Elements(array) | Rows::Texts(array) => {
                    let (node, entry) = plan.entry_at(main, array);
                    plan.nodes[usize::from(node)].entries[usize::from(entry)].child = position as u16;
                }
                Rows::CustomFields => {
                    for (path, role) in [
                        ("camposPersonalizados", Role::Labels),
                        ("camposPersonalizadosObject", Role::Aliases),
                    ] {
                        let (node, entry) = plan.entry_at(main, path);
                        plan.nodes[usize::from(node)].entries[usize::from(entry)].role = role;
                    }
                }
                Rows::Records => {}
            }
        }
        plan.parent = find_parent(schema);
        plan
    }

    fn add_node(&mut self, table: u16, path: String) -> u16 {
        self.nodes.push(Node {
            entries: Vec::new(),
            buckets: vec![NONE; 8],
            first: NONE,
            stamp: 0,
            learned: 0,
            table,
            path,
            masked: false,
        });
        (self.nodes.len() - 1) as u16
    }

    fn add_column(&mut self, table: usize, node: u16, slot: u16, column: &Column) {
        let own = match &column.origin {
            Origin::Member { path, fallback, .. } => {
                self.add_target(node, path, target(slot, column, false));
                if let Some(path) = fallback {
                    self.add_target(node, path, target(slot, column, true));
                }
                return;
            }
            Origin::Element => {
                self.tables[table].element = Some(target(slot, column, false));
                return;
            }
            Origin::Rest => {
                self.tables[table].rest = Some(slot);
                return;
            }
            Origin::CustomField(part) => {
                self.tables[table].custom.push((*part, target(slot, column, false)));
                return;
            }
            Origin::OwnerId => Own::Owner,
            Origin::RunId => Own::Run,
            Origin::ExtractedAt => Own::Extracted,
            Origin::LoadedAt => Own::Loaded,
            Origin::Hash => Own::Hash,
            Origin::DeletedAt => Own::Deleted,
            Origin::Position => Own::Position,
        };
        self.tables[table].own.push((slot, own, column.kind));
    }

    fn add_target(&mut self, root: u16, path: &str, target: Target) {
        let (node, entry) = self.entry_at(root, path);
        self.nodes[usize::from(node)].entries[usize::from(entry)].targets.push(target);
        if target.mask.is_some() {
            let mut at = root;
            for part in path.split('.') {
                self.nodes[usize::from(at)].masked |= at != root;
                let (_, entry) = self.entry_at(at, part);
                at = self.nodes[usize::from(at)].entries[usize::from(entry)].node;
                if at == NONE {
                    break;
                }
            }
        }
    }

    /// The entry at that dotted path below a node, made if it is not there.
    fn entry_at(&mut self, root: u16, path: &str) -> (u16, u16) {
        let mut node = root;
        let mut parts = path.split('.').peekable();
        loop {
            let part = parts.next().unwrap_or("");
            let entry = match self.nodes[usize::from(node)].search(part.as_bytes()) {
                NONE => self.nodes[usize::from(node)].add(part, Role::Known),
                found => found,
            };
            if parts.peek().is_none() {
                return (node, entry);
            }
            let below = self.nodes[usize::from(node)].entries[usize::from(entry)].node;
            node = if below == NONE {
                let here = &self.nodes[usize::from(node)];
                let path = format!("{}{part}.", here.path);
                let made = self.add_node(here.table, path);
                self.nodes[usize::from(node)].entries[usize::from(entry)].node = made;
                made
            } else {
                below
            };
        }
    }
}

impl Node {
    /// A new object of this kind is about to be read.
    #[inline]
    pub(super) fn begin(&mut self) {
        self.stamp = self.stamp.wrapping_add(1);
    }

    /// The entry of a key, given the one before it. Unknown keys are remembered; [`NONE`] when there are too many of them.
    #[inline]
    pub(super) fn find(&mut self, last: u16, key: &str) -> u16 {
        let guess = self.entries.get(usize::from(last)).map_or(self.first, |entry| entry.next);
        if self
            .entries
            .get(usize::from(guess))
            .is_some_and(|entry| same(entry.key.as_bytes(), key.as_bytes()))
        {
            return guess;
        }
        self.find_elsewhere(last, key)
    }

    #[inline(never)]
    fn find_elsewhere(&mut self, last: u16, key: &str) -> u16 {
        let mut found = self.search(key.as_bytes());
        if found == NONE {
            if self.learned == MOST_LEARNED {
                return NONE;
            }
            self.learned += 1;
            found = self.add(key, Role::Unknown(NONE));
        }
        match self.entries.get_mut(usize::from(last)) {
            Some(entry) => entry.next = found,
            None => self.first = found,
        }
        found
    }

    /// Notes that the key stands in the current object; true if it stood there already.
    #[inline]
    pub(super) fn repeats(&mut self, entry: u16) -> bool {
        let Some(entry) = self.entries.get_mut(usize::from(entry)) else { return false };
        let repeats = entry.stamp == self.stamp;
        entry.stamp = self.stamp;
        repeats
    }

    /// Position of the entry, or [`NONE`].
    fn search(&self, key: &[u8]) -> u16 {
        let mask = self.buckets.len() - 1;
        let mut at = xxh3_64(key) as usize & mask;
        loop {
            let found = self.buckets[at];
            if found == NONE || self.entries[usize::from(found)].key.as_bytes() == key {
                return found;
            }
            at = (at + 1) & mask;
        }
    }

    fn add(&mut self, key: &str, role: Role) -> u16 {
        let position = self.entries.len() as u16;
        self.entries.push(Entry {
            key: key.into(),
            targets: Vec::new(),
            node: NONE,
            child: NONE,
            role,
            next: NONE,
            stamp: self.stamp.wrapping_sub(1),
        });
        if self.entries.len() * 2 > self.buckets.len() {
            self.buckets = vec![NONE; self.buckets.len() * 2];
            for at in 0..self.entries.len() {
                self.place(at as u16);
            }
        } else {
            self.place(position);
        }
        position
    }

    fn place(&mut self, entry: u16) {
        let mask = self.buckets.len() - 1;
        let mut at = xxh3_64(self.entries[usize::from(entry)].key.as_bytes()) as usize & mask;
        while self.buckets[at] != NONE {
            at = (at + 1) & mask;
        }
        self.buckets[at] = entry;
    }
}

fn target(slot: u16, column: &Column, fallback: bool) -> Target {
    let digits_only = matches!(column.origin, Origin::Member { digits_only: true, .. });
    Target { slot, kind: column.kind, mask: column.mask, digits_only, fallback }
}

/// The column of the main table that points to the stream asked about.
fn find_parent(schema: &StreamSchema) -> Option<Target> {
    let Reading::PerRecordOf(parent) = schema.stream.reading else { return None };
    let main = schema.tables.first()?;
    let slot = main
        .columns
        .iter()
        .position(|column| column.references.as_deref().is_some_and(|table| table.ends_with(parent)))?;
    Some(target(slot as u16, &main.columns[slot], false))
}

/// Whether two keys are equal. Keys are short: two overlapping words settle most of them without a call.
#[inline]
fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    if let (Some(a), Some(b), Some(c), Some(d)) =
        (one.first_chunk::<8>(), other.first_chunk::<8>(), one.last_chunk::<8>(), other.last_chunk::<8>())
        && one.len() <= 16
    {
        return a == b && c == d;
    }
    if let (Some(a), Some(b), Some(c), Some(d)) =
        (one.first_chunk::<4>(), other.first_chunk::<4>(), one.last_chunk::<4>(), other.last_chunk::<4>())
        && one.len() <= 8
    {
        return a == b && c == d;
    }
    one == other
}
