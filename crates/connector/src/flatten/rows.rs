//! One record to its rows: the main row first, then those of the child tables.

use super::custom::{Definitions, Given};
use super::notices::{Notices, What};
use super::number::Misfit;
use super::plan::{NONE, Own, Plan, Role};
use super::records::{Member, broken};
use super::rest::Rest;
use super::scan::{DEPTH, ESCAPED, Next, Scanner};
use super::text::unescape;
use super::value::{Fit, Slot, Value, convert};
use super::{Lineage, Record};
use crate::Result;
use crate::cell::Cell;
use crate::moment::Zone;
use crate::schema::{Rows, Type};

/// What takes the rows.
pub(super) type Put<'p> = dyn FnMut(usize, &[Cell<'_>]) -> Result<()> + 'p;

/// An array or object of the record that makes rows of its own.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    begin: u32,
    end: u32,
    flags: u8,
}

/// Buffers that are used again for every record.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    /// The row in the making.
    slots: Vec<Slot>,
    /// Texts of the row that do not stand in the record as they are.
    made: String,
    rest: Rest,
    /// By table: what its rows are made from.
    parts: Vec<Part>,
    labels: Part,
    aliases: Part,
    cells: Vec<Cell<'static>>,
    given: Vec<Given<'static>>,
}

/// The work on one record.
pub(super) struct Work<'a, 'w> {
    /// The record, or the same without keys that stand there twice.
    pub(super) raw: &'a str,
    pub(super) record: &'w Record<'w>,
    pub(super) lineage: &'w Lineage,
    pub(super) plan: &'w mut Plan,
    pub(super) buffers: &'w mut Buffers,
    pub(super) notices: &'w mut Notices,
    pub(super) zone: &'w Zone,
    pub(super) definitions: &'w Definitions,
    pub(super) scan: Scanner<'a>,
    /// A key was met twice in one object; what was read of it is void.
    pub(super) repeated: bool,
}

/// Why the members of an object were not read to their end.
pub(super) enum Stop {
    /// A key stands there twice.
    Repeated,
    /// Broken JSON or a refusing destination.
    Error(crate::Error),
}

impl From<crate::Error> for Stop {
    fn from(error: crate::Error) -> Self {
        Self::Error(error)
    }
}

impl<'a> Work<'a, '_> {
    /// Reads the record and hands over all its rows. Nothing was handed over when it stops for a repeated key.
    pub(super) fn record(&mut self, members: &[Member], put: &mut Put<'_>) -> std::result::Result<(), Stop> {
        let Some(main) = self.plan.tables.first() else { return Ok(()) };
        let root = main.node;
        self.buffers.parts.clear();
        self.buffers.parts.resize(self.plan.tables.len(), Part::default());
        self.buffers.labels = Part::default();
        self.buffers.aliases = Part::default();
        self.begin_row(0);
        self.plan.nodes[usize::from(root)].begin();
        let mut last = NONE;
        for member in members {
            let key = (member.key.0 as usize, member.key.1 as usize);
            let entry = self.entry(root, last, key, member.key_flags);
            let value = Value {
                raw: self.raw,
                begin: member.value.0 as usize,
                end: member.value.1 as usize,
                flags: member.value_flags,
            };
            self.known_member(root, entry, key, &value).ok_or_else(|| self.stopped())?;
            last = entry;
        }
        self.fill_parent();
        self.finish_row(0, 0, put)?;
        for table in 1..self.plan.tables.len() {
            match self.plan.tables[table].rows {
                Rows::Elements(_) => self.elements(table, put)?,
                Rows::Texts(_) => self.texts(table, put)?,
                Rows::CustomFields => self.custom_fields(table, put)?,
                Rows::Records => {}
            }
        }
        Ok(())
    }

    fn stopped(&mut self) -> Stop {
        if std::mem::take(&mut self.repeated) {
            return Stop::Repeated;
        }
        Stop::Error(broken(self.raw, self.scan.fault))
    }

    /// The entry of the key between those positions.
    #[inline]
    fn entry(&mut self, node: u16, last: u16, key: (usize, usize), flags: u8) -> u16 {
        let text = self.raw.get(key.0..key.1).unwrap_or("");
        let node = &mut self.plan.nodes[usize::from(node)];
        let entry = if flags & ESCAPED == 0 {
            node.find(last, text)
        } else {
            let mut plain = String::new();
            unescape(text, &mut plain);
            node.find(last, &plain)
        };
        self.repeated |= node.repeats(entry);
        entry
    }

    /// Reads the members of an object of which some are taken; `at` is the position after its brace.
    fn object(&mut self, node: u16, at: usize) -> Option<usize> {
        self.plan.nodes[usize::from(node)].begin();
        let mut at = self.scan.space(at);
        if self.scan.byte(at) == b'}' {
            return Some(at + 1);
        }
        let mut last = NONE;
        loop {
            self.scan.flags = 0;
            let (key_end, begin) = self.scan.key(at)?;
            let key = (at + 1, key_end);
            let entry = self.entry(node, last, key, self.scan.flags);
            if self.repeated {
                return None;
            }
            last = entry;
            let below = self.plan.nodes[usize::from(node)].entries.get(usize::from(entry));
            let end = if self.scan.byte(begin) == b'{'
                && let Some(below) = below.filter(|below| below.node != NONE && below.targets.is_empty())
            {
                let below = below.node;
                self.inner(below, key, begin)?
            } else {
                self.scan.flags = 0;
                let end = self.scan.value(begin, DEPTH)?;
                let value = Value { raw: self.raw, begin, end, flags: self.scan.flags };
                self.known_member(node, entry, key, &value)?;
                end
            };
            match self.scan.next(end, b'}')? {
                Next::More(next) => at = next,
                Next::End(end) => return Some(end),
            }
        }
    }

    /// An object behind a key, looked into.
    #[inline]
    fn inner(&mut self, node: u16, key: (usize, usize), begin: usize) -> Option<usize> {
        self.buffers.rest.enter(key);
        let end = self.object(node, begin + 1)?;
        self.buffers.rest.leave();
        Some(end)
    }

    /// A member whose value is found already. None when it, or an object in it, repeats a key or is broken.
    #[inline]
    fn known_member(&mut self, node: u16, entry: u16, key: (usize, usize), value: &Value<'a>) -> Option<()> {
        if self.repeated {
            return None;
        }
        let first = value.first();
        if first == b'n' {
            return Some(());
        }
        let Some(found) = self.plan.nodes[usize::from(node)].entries.get(usize::from(entry)) else {
            self.keep((node, entry), key, value);
            return Some(());
        };
        let (below, child, role) = (found.node, found.child, found.role);
        if first == b'{' && below != NONE {
            self.inner(below, key, value.begin)?;
        }
        let mut misfit = None;
        // Looked up again, since what lies below may have learned keys.
        let targets = &self.plan.nodes[usize::from(node)].entries[usize::from(entry)].targets;
        for &target in targets {
            let slot = &mut self.buffers.slots[usize::from(target.slot)];
            if target.fallback && !slot.is_null() {
                continue;
            }
            let fit = convert(value, target, self.zone, &mut self.buffers.made, slot);
            if fit != Fit::Fine {
                let masked = target.mask.is_some();
                misfit =
                    misfit_of(self.notices, (node, entry), self.record.id, value, fit, masked).or(misfit);
            }
        }
        let targets = targets.len();
        let part = Part { begin: value.begin as u32, end: value.end as u32, flags: value.flags };
        match role {
            Role::Known => {}
            Role::Labels => self.buffers.labels = part,
            Role::Aliases => self.buffers.aliases = part,
            Role::Unknown(_) => {
                let id = self.record.id;
                self.notices.unknown(&mut self.plan.nodes[usize::from(node)], entry, id, value);
                self.keep((node, entry), key, value);
                return Some(());
            }
        }
        if child != NONE {
            self.buffers.parts[usize::from(child)] = part;
        } else if targets == 0 && below != NONE && first != b'{' {
            // A scalar or an array where an object belongs.
            let masked = self.plan.nodes[usize::from(below)].masked;
            self.notices.event((node, entry), What::Conflict, self.record.id, value, masked);
            if masked {
                return Some(());
            }
            misfit = Some(Misfit::Type);
        }
        if misfit.is_some() {
            self.keep((node, entry), key, value);
        }
        Some(())
    }

    /// Keeps a member in the rest, if the table has one.
    fn keep(&mut self, at: (u16, u16), key: (usize, usize), value: &Value<'a>) {
        let table = self.plan.nodes[usize::from(at.0)].table;
        if self.plan.tables[usize::from(table)].rest.is_some()
            && self.buffers.rest.add(self.raw, key, value.source(), value.flags)
        {
            self.notices.event(at, What::NulReplaced, self.record.id, value, false);
        }
    }

    fn begin_row(&mut self, table: usize) {
        self.buffers.slots.clear();
        self.buffers.slots.extend_from_slice(&self.plan.tables[table].blank);
        self.buffers.made.clear();
        self.buffers.rest.clear();
    }

    /// Fills in what does not come from the source, and hands the row over.
    fn finish_row(&mut self, table: usize, position: usize, put: &mut Put<'_>) -> Result<()> {
        let plan = &self.plan.tables[table];
        let zone = self.zone;
        let moment = |micros: i64, kind| match kind {
            Type::Civil => zone.wall_clock(micros).map_or(Slot::NULL, Slot::micros),
            _ => Slot::micros(micros),
        };
        for &(slot, own, kind) in &plan.own {
            self.buffers.slots[usize::from(slot)] = match own {
                Own::Owner => self.record.id.map_or(Slot::NULL, |id| Slot::whole(id, kind)),
                Own::Run => Slot::whole(self.lineage.run, kind),
                Own::Extracted => moment(self.lineage.extracted_at, kind),
                Own::Loaded => moment(self.lineage.loaded_at, kind),
                Own::Deleted => self.lineage.deleted_at.map_or(Slot::NULL, |at| moment(at, kind)),
                Own::Hash => Slot::HASH,
                Own::Position => Slot::whole(position as i64, kind),
            };
        }
        if let Some(slot) = plan.rest {
            self.buffers.rest.finish();
            let rest = if self.buffers.rest.is_empty() { Slot::NULL } else { Slot::REST };
            self.buffers.slots[usize::from(slot)] = rest;
        }
        let mut cells = again(std::mem::take(&mut self.buffers.cells));
        let (made, rest, hash) = (self.buffers.made.as_str(), self.buffers.rest.text(), self.record.hash);
        cells.extend(self.buffers.slots.iter().map(|slot| slot.cell(self.raw, made, rest, hash)));
        let outcome = put(table, &cells);
        self.buffers.cells = again(cells);
        outcome
    }

    /// The parent asked about, where the record does not name it.
    fn fill_parent(&mut self) {
        let (Some(target), Some(parent)) = (self.plan.parent, self.lineage.parent) else { return };
        if !self.buffers.slots[usize::from(target.slot)].is_null() {
            return;
        }
        let text = parent.to_string();
        let value = Value { raw: &text, begin: 0, end: text.len(), flags: 0 };
        let mut slot = Slot::NULL;
        convert(&value, target, self.zone, &mut self.buffers.made, &mut slot);
        // A column of plain text would borrow from a text that is not of the record.
        if !slot.borrows() {
            self.buffers.slots[usize::from(target.slot)] = slot;
        }
    }

    /// The rows of an array of objects; one object counts as an array of one.
    fn elements(&mut self, table: usize, put: &mut Put<'_>) -> std::result::Result<(), Stop> {
        let part = self.buffers.parts[table];
        let node = self.plan.tables[table].node;
        let begin = part.begin as usize;
        match self.scan.byte(begin) {
            _ if part.end == 0 => Ok(()),
            b'{' => self.element(table, node, 0, begin, put).map(|_| ()),
            b'[' => {
                let mut at = self.scan.space(begin + 1);
                if self.scan.byte(at) == b']' {
                    return Ok(());
                }
                let mut position = 0;
                loop {
                    let end = self.element(table, node, position, at, put)?;
                    position += 1;
                    match self.scan.next(end, b']').ok_or_else(|| self.stopped())? {
                        Next::More(next) => at = next,
                        Next::End(_) => return Ok(()),
                    }
                }
            }
            _ => {
                self.reject(table, 0, begin, part.end as usize);
                Ok(())
            }
        }
    }

    /// One element; the position after it.
    fn element(
        &mut self,
        table: usize,
        node: u16,
        position: usize,
        begin: usize,
        put: &mut Put<'_>,
    ) -> std::result::Result<usize, Stop> {
        if self.scan.byte(begin) != b'{' {
            let end = self.scan.value(begin, DEPTH).ok_or_else(|| self.stopped())?;
            if self.scan.byte(begin) != b'n' {
                self.reject(table, position, begin, end);
            }
            return Ok(end);
        }
        self.begin_row(table);
        match self.object(node, begin + 1) {
            Some(end) => {
                self.finish_row(table, position, put)?;
                Ok(end)
            }
            None => match self.stopped() {
                Stop::Repeated => self.element_again(table, node, position, begin, put),
                error @ Stop::Error(_) => Err(error),
            },
        }
    }

    /// An element in which a key stands twice, without the first of the two.
    #[cold]
    fn element_again(
        &mut self,
        table: usize,
        node: u16,
        position: usize,
        begin: usize,
        put: &mut Put<'_>,
    ) -> std::result::Result<usize, Stop> {
        let end = self.scan.value(begin, DEPTH).ok_or_else(|| self.stopped())?;
        let clean = super::repeated::without(self.raw.get(begin..end).unwrap_or(""))?;
        let mut work = Work {
            raw: &clean,
            record: self.record,
            lineage: self.lineage,
            plan: &mut *self.plan,
            buffers: &mut *self.buffers,
            notices: &mut *self.notices,
            zone: self.zone,
            definitions: self.definitions,
            scan: Scanner::new(&clean),
            repeated: false,
        };
        work.begin_row(table);
        if work.object(node, 1).is_none() {
            return Err(Stop::Error(broken(&clean, work.scan.fault)));
        }
        work.finish_row(table, position, put)?;
        Ok(end)
    }

    fn reject(&mut self, table: usize, position: usize, begin: usize, end: usize) {
        let plan = &self.plan.tables[table];
        let Rows::Elements(array) = &plan.rows else { return };
        let id = self.record.id.map_or_else(|| "without id".to_owned(), |id| id.to_string());
        let reason = format!("element {position} of {array} in record {id} is no object");
        let raw = if plan.masked { "" } else { self.raw.get(begin..end).unwrap_or("") };
        self.notices.reject(reason, raw);
    }

    /// The rows of an array of texts; a single text counts as an array of one. Null and blank entries give none.
    fn texts(&mut self, table: usize, put: &mut Put<'_>) -> std::result::Result<(), Stop> {
        let part = self.buffers.parts[table];
        let begin = part.begin as usize;
        if part.end == 0 {
            return Ok(());
        }
        if self.scan.byte(begin) != b'[' {
            let value = Value { raw: self.raw, begin, end: part.end as usize, flags: part.flags };
            return Ok(self.text(table, 0, &value, put)?);
        }
        let mut at = self.scan.space(begin + 1);
        if self.scan.byte(at) == b']' {
            return Ok(());
        }
        let mut position = 0;
        loop {
            self.scan.flags = 0;
            let end = self.scan.value(at, DEPTH).ok_or_else(|| self.stopped())?;
            let value = Value { raw: self.raw, begin: at, end, flags: self.scan.flags };
            self.text(table, position, &value, put)?;
            position += 1;
            match self.scan.next(end, b']').ok_or_else(|| self.stopped())? {
                Next::More(next) => at = next,
                Next::End(_) => return Ok(()),
            }
        }
    }

    fn text(&mut self, table: usize, position: usize, value: &Value<'a>, put: &mut Put<'_>) -> Result<()> {
        let Some(target) = self.plan.tables[table].element else { return Ok(()) };
        if value.first() == b'n' || value.content().trim().is_empty() {
            return Ok(());
        }
        self.begin_row(table);
        let slot = &mut self.buffers.slots[usize::from(target.slot)];
        let fit = convert(value, target, self.zone, &mut self.buffers.made, slot);
        if fit == Fit::Nul {
            let node = self.plan.tables[table].node;
            self.notices.event((node, NONE), What::NulReplaced, self.record.id, value, target.mask.is_some());
        }
        self.finish_row(table, position, put)
    }

    fn custom_fields(&mut self, table: usize, put: &mut Put<'_>) -> std::result::Result<(), Stop> {
        let text = |part: Part| self.raw.get(part.begin as usize..part.end as usize).unwrap_or("");
        let (labels, aliases) = (text(self.buffers.labels), text(self.buffers.aliases));
        let mut given: Vec<Given<'a>> = again_given(std::mem::take(&mut self.buffers.given));
        let outcome = self.definitions.given(labels, aliases, &mut given);
        let mut result = outcome.map_err(Stop::Error);
        for (position, one) in given.iter().enumerate() {
            if result.is_err() {
                break;
            }
            self.begin_row(table);
            for at in 0..self.plan.tables[table].custom.len() {
                let (part, target) = self.plan.tables[table].custom[at];
                let slot = self.definitions.slot(one, part, target, &mut self.buffers.made);
                self.buffers.slots[usize::from(target.slot)] = slot;
            }
            result = self.finish_row(table, position, put).map_err(Stop::Error);
        }
        self.buffers.given = again_given(given);
        result
    }
}

/// Notes what came of a value that was not fine; the misfit when it has to be kept elsewhere.
#[cold]
fn misfit_of(
    notices: &mut Notices,
    at: (u16, u16),
    record: Option<i64>,
    value: &Value<'_>,
    fit: Fit,
    masked: bool,
) -> Option<Misfit> {
    let (what, misfit) = match fit {
        Fit::Not(Misfit::Type) => (What::Conflict, Some(Misfit::Type)),
        Fit::Not(Misfit::Range) => (What::OutOfRange, Some(Misfit::Range)),
        Fit::Nul | Fit::Fine => (What::NulReplaced, None),
    };
    notices.event(at, what, record, value, masked);
    misfit
}

/// The same memory for cells that borrow from somewhere else.
fn again<'b>(mut cells: Vec<Cell<'_>>) -> Vec<Cell<'b>> {
    cells.clear();
    cells.into_iter().map(|_| Cell::Null).collect()
}

/// The same memory for custom fields of another record.
fn again_given<'b>(mut given: Vec<Given<'_>>) -> Vec<Given<'b>> {
    given.clear();
    given.into_iter().map(|_| Given::empty()).collect()
}
