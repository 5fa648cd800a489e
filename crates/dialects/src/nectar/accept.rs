//! From a JSON body to a patch: the keys of a resource's sheet, aliases, relations, rows (spec 3.3 to 3.9).
//!
//! What the patch then does is the core's business. A key that says what is stored already, beside another key of
//! the same value, is an echo and says nothing.

mod custom;
mod demands;
mod fields;
mod lists;
mod people;
mod regions;
mod relations;
mod rows;
mod sales;
#[cfg(test)]
mod tests;

use favo_core::catalogue::{
    Field, Resource, custom_field, price_table, product_subcategory, qualification, task,
};
use favo_core::error::{Error, Place, Problem, Reason};
use favo_core::patch::{Input, Patch};
use favo_core::transaction::Reader;
use favo_core::{Ctx, Record, Result, Value};

use super::body::{Json, Object};
use super::spelling::{Line, Sheet, Shown, Special, Taken};

use demands::{LOW, NORMAL};
pub(super) use demands::{customer_of, shown_priority};
pub(super) use relations::bare as one_reference;

/// A body, read: what it asks for, and by which keys.
#[derive(Debug)]
pub(super) struct Accepted {
    /// What the record is to become.
    pub(super) patch: Patch,
    /// The fields the body set, with the key that did: problems are named by it.
    keys: Vec<(u16, &'static str)>,
}

impl Accepted {
    /// Takes the patch, leaving what is needed to name problems.
    pub(super) fn take_patch(&mut self) -> Patch {
        std::mem::take(&mut self.patch)
    }

    /// Names the problems of a refusal by the keys the caller used.
    pub(super) fn name(&self, resource: Resource, error: Error) -> Error {
        let Error::Refused(mut problems) = error else { return error };
        for Problem { place, .. } in &mut problems {
            if let Place::Field(of, field) = place
                && *of == resource
                && let Some((_, key)) = self.keys.iter().find(|(position, _)| position == field)
            {
                *place = Place::Wire((*key).into());
            }
        }
        Error::Refused(problems)
    }
}

/// Reads a body for a new record, or for a change of the stored one.
pub(super) fn accept(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    sheet: &'static Sheet,
    body: &Object,
    stored: Option<&Record>,
) -> Result<Accepted> {
    let fields = sheet.resource.definition().fields;
    let mut acceptance =
        Acceptance { ctx, tx, resource: sheet.resource, stored, patch: Patch::new(), keys: Vec::new() };
    let here = Here { fields, lines: sheet.lines, object: body, values: stored.map(Record::values) };
    for line in sheet.lines {
        let Some(value) = body.get(line.key) else { continue };
        match line.taken {
            Taken::Never => {}
            Taken::Own(position) | Taken::Also(position) => acceptance.own(here, line, position)?,
            Taken::First(position) => acceptance.first(here, line, position),
            Taken::OneMore(position) => acceptance.one_more(here, line, value, position),
            Taken::Rows(position, lines) => acceptance.rows(line, value, position, lines)?,
            Taken::Special(special) => acceptance.special(here, line, value, special)?,
        }
    }
    acceptance.settle_nature();
    acceptance.refuse_foreign();
    Ok(Accepted { patch: acceptance.patch, keys: acceptance.keys })
}

/// An object of the body beside what is stored in its place.
#[derive(Clone, Copy)]
struct Here<'a> {
    fields: &'static [Field],
    lines: &'static [Line],
    object: &'a Object,
    /// The stored values, in the order of the fields; none when the record or row is new.
    values: Option<&'a [Value]>,
}

impl Here<'_> {
    fn value(&self, position: u16) -> Option<&Value> {
        self.values.and_then(|values| values.get(position as usize))
    }

    fn field(&self, position: u16) -> &'static Field {
        &self.fields[position as usize]
    }
}

/// The reading of one body.
struct Acceptance<'a> {
    ctx: &'a Ctx,
    tx: &'a mut dyn Reader,
    resource: Resource,
    stored: Option<&'a Record>,
    patch: Patch,
    keys: Vec<(u16, &'static str)>,
}

impl Acceptance<'_> {
    /// A key that sets one field, unless another key of the same value has more to say.
    fn own(&mut self, here: Here<'_>, line: &'static Line, position: u16) -> Result<()> {
        if self.keys.iter().any(|(known, _)| *known == position) {
            return Ok(());
        }
        let Some((key, read)) = self.pick(here, position)? else { return Ok(()) };
        self.keys.push((position, key));
        match read {
            Some(input) if self.says_nothing(here, line, position, &input) => {}
            Some(input) => {
                self.patch.set(position, input);
            }
            None => self.invalid(position),
        }
        Ok(())
    }

    /// Whether the value is what is shown for the stored one although it is not the same.
    fn says_nothing(&self, here: Here<'_>, line: &Line, position: u16, input: &Input) -> bool {
        match (input, here.value(position)) {
            // Stored instants may be finer than the milliseconds shown.
            (Input::Instant(sent), Some(Value::Instant(stored))) => *sent == stored.to_millis(),
            // A low priority is shown as a normal one.
            (Input::Int(NORMAL), Some(Value::Int(LOW))) => {
                self.resource == Resource::Task && position == task::PRIORITY.position()
            }
            // An expired price table is shown inactive.
            (Input::Bool(false), Some(Value::Bool(true)))
                if matches!(line.shown, Shown::Special(Special::PriceTableActive)) =>
            {
                self.stored
                    .and_then(|stored| stored.get(price_table::EXPIRES_AT))
                    .is_some_and(|end| end < self.ctx.now)
            }
            _ => false,
        }
    }

    fn special(&mut self, here: Here<'_>, line: &'static Line, value: &Json, special: Special) -> Result<()> {
        match special {
            Special::Custom => self.custom(line.key, value),
            Special::People => self.people(line.key, value),
            Special::Queue => self.queue(line.key, value),
            Special::RegionCountry | Special::RegionState | Special::RegionCity => {
                self.region(line.key, value, special);
            }
            Special::FunnelName | Special::Funnel => self.funnel(here)?,
            Special::StageNumber | Special::Stage => self.stage(here),
            Special::AppointmentRef => self.appointment(line, value),
            Special::Subcategories => self.subcategories(here)?,
            Special::Extends => self.extends(line.key, value),
            // Shown only, or read with the row they stand in.
            _ => {}
        }
        Ok(())
    }

    /// Notes that a field's value cannot be read.
    fn invalid(&mut self, position: u16) {
        self.patch.problem(Place::Field(self.resource, position), Reason::Invalid);
    }

    /// The same for a key that is no single field.
    fn invalid_key(&mut self, key: impl Into<std::borrow::Cow<'static, str>>) {
        self.patch.problem(Place::Wire(key.into()), Reason::Invalid);
    }

    fn appointment(&mut self, line: &Line, value: &Json) {
        let position = qualification::APPOINTMENT.position();
        self.keys.push((position, line.key));
        match relations::one(self.resource.definition().field(position), value) {
            Some(input) => {
                self.patch.set(position, input);
            }
            None => self.invalid(position),
        }
    }

    /// `relacionado`: the entity by its word, or by the number of the word.
    fn extends(&mut self, key: &'static str, value: &Json) {
        const WORDS: [&str; 6] =
            ["contato", "oportunidade", "tarefa", "compromisso", "qualificacao", "produto"];
        let position = custom_field::EXTENDS.position();
        self.keys.push((position, key));
        let word = super::values_in::text(value).map(|text| favo_core::text::fold(&text));
        let code = word.and_then(|word| WORDS.iter().position(|known| *known == word));
        let input = match code {
            _ if value.clears() => Input::Clear,
            Some(code) => Input::Int(code as i64),
            None => return self.invalid(position),
        };
        self.patch.set(position, input);
    }

    /// `subcategorias` and `subCategorias`: the spelling that differs from what is stored wins.
    fn subcategories(&mut self, here: Here<'_>) -> Result<()> {
        if self.patch.sub_categories.is_some() {
            return Ok(());
        }
        let mut chosen = None;
        for line in
            here.lines.iter().filter(|line| matches!(line.taken, Taken::Special(Special::Subcategories)))
        {
            let Some(value) = here.object.get(line.key) else { continue };
            let fields = Resource::ProductSubcategory.definition().fields;
            let rows = self.read_rows(line.key, None, value, fields, SUBCATEGORY, &[])?;
            let differs = !self.are_the_subcategories(&rows);
            if chosen.is_none() || differs {
                chosen = Some(rows);
            }
            if differs {
                break;
            }
        }
        self.patch.sub_categories = chosen;
        Ok(())
    }

    fn are_the_subcategories(&self, rows: &[favo_core::patch::ItemPatch]) -> bool {
        let Some(stored) = self.stored else { return false };
        let own: Vec<_> = self
            .ctx
            .snapshot
            .all(Resource::ProductSubcategory)
            .filter(|child| child.get(product_subcategory::CATEGORY) == Some(stored.id()))
            .collect();
        own.len() == rows.len()
            && rows.iter().all(|row| {
                let child = own.iter().find(|child| Some(child.id()) == row.id);
                child.is_some_and(|child| {
                    row.entries.iter().all(|(position, input)| {
                        !fields::differs(
                            input,
                            child.at(*position),
                            *position,
                            child.resource().definition().fields,
                        )
                    })
                })
            })
    }

    /// `tipo` and `tarefaTipo` of a task go together: of an echo, only the one that differs speaks (T2, spec 3.6).
    fn settle_nature(&mut self) {
        let Some(stored) = self.stored.filter(|_| self.resource == Resource::Task) else { return };
        if matches!(self.patch.get(task::NATURE), Some(Input::Int(nature)) if Some(*nature) == stored.get(task::NATURE))
        {
            self.patch.remove(task::NATURE);
        }
        if matches!(self.patch.get(task::TYPE), Some(Input::One(kind)) if kind.id.is_some() && kind.id == stored.get(task::TYPE))
        {
            self.patch.remove(task::TYPE);
        }
    }
}

/// The keys of a sub-category inside its category.
static SUBCATEGORY: &[Line] = &[
    Line { key: "nome", shown: Shown::Never, taken: Taken::Own(product_subcategory::NAME.position()) },
    Line {
        key: "descricao",
        shown: Shown::Never,
        taken: Taken::Own(product_subcategory::DESCRIPTION.position()),
    },
    Line { key: "ativo", shown: Shown::Never, taken: Taken::Own(product_subcategory::ACTIVE.position()) },
];
