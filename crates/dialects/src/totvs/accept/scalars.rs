//! Fields that hold one value: texts, numbers, dates, words of a list, references, tags.

use favo_core::catalogue::{Resource, tag};
use favo_core::patch::{Input, Reference};
use favo_core::{Decimal, Instant, Value};

use super::{Acceptance, Side};
use crate::totvs::fault::{Detail, Failure};
use crate::totvs::table::{Field, Form};
use crate::totvs::values::{Given, rounded};

impl Acceptance<'_> {
    /// A field at one place of the record or of its qualification.
    pub(super) fn scalar(
        &mut self,
        field: &'static Field,
        given: &Given,
        side: Side,
        position: u16,
    ) -> Result<(), Failure> {
        if *given == Given::Null {
            if field.required {
                self.reject(field.name, Detail::NotNull);
            } else if !self.keeps_its_default(field, side, position) {
                self.clear(side, position);
            }
            return Ok(());
        }
        match (field.form, given) {
            (Form::Reference(_, target), Given::Reference(sent)) => {
                let current = self.value(side, position).and_then(Value::number);
                if let Some(id) = self.resolve(sent, target, side, position, current)? {
                    self.refer(field, side, position, id);
                }
            }
            (Form::User, Given::Reference(sent)) => {
                let current = self.value(side, position).and_then(Value::number);
                let users = crate::totvs::entities::USERS;
                if let Some(id) = self.resolve(sent, users, side, position, current)? {
                    self.set(side, position, Input::One(Reference::id(id)));
                }
            }
            (Form::Texts(most), Given::Texts(names)) => self.tags(field, names, most, position),
            _ => {
                if let Some(input) = self.plain(field, given, side, position) {
                    self.set(side, position, input);
                }
            }
        }
        Ok(())
    }

    /// Whether the default of a field, as it is shown, is what is shown now; nothing needs to be said then.
    fn keeps_its_default(&self, field: &Field, side: Side, position: u16) -> bool {
        let Form::Enumeration(words) = field.form else { return false };
        let resource = if side == Side::Own { self.resource } else { Resource::Qualification };
        let declared = resource.definition().field(position);
        let default = declared.default.value(declared.field_type);
        let word = |value: &Value| {
            let code = value.number()?;
            words.iter().find(|(_, known)| *known == code).map(|(word, _)| *word)
        };
        let shown = self.value(side, position).and_then(word);
        shown.is_some() && shown == word(&default)
    }

    /// A relation to the record with this id; a stage is one of a pipeline and kept as its id.
    fn refer(&mut self, field: &Field, side: Side, position: u16, id: i64) {
        let input = match field.form {
            Form::Reference(_, target) if target == crate::totvs::entities::STAGES => Input::Int(id),
            _ => Input::One(Reference::id(id)),
        };
        self.set(side, position, input);
    }

    /// A value that needs no other record; `None` when it is not acceptable, or shown for what is stored.
    fn plain(&mut self, field: &Field, given: &Given, side: Side, position: u16) -> Option<Input> {
        let stored = self.value(side, position).cloned();
        match (field.form, given) {
            (Form::Text(most), Given::Text(text)) => {
                if stored == Some(Value::Text(text.clone())) {
                    return None;
                }
                if text.chars().count() > usize::from(most) {
                    self.reject(field.name, Detail::Size(most));
                    return None;
                }
                Some(Input::Text(text.clone()))
            }
            (Form::Currency, Given::Text(text)) => {
                let code = text.to_ascii_uppercase();
                let named = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
                if !named {
                    self.reject(field.name, Detail::NotInList);
                    return None;
                }
                // What is shown without being stored is not stored by being sent back.
                let unstored = stored.as_ref().is_some_and(Value::is_empty);
                (!(unstored && code == self.usual_currency())).then_some(Input::Text(code))
            }
            (Form::Integer(least, most), Given::Integer(number)) => {
                if stored == Some(Value::Int(*number)) {
                    return None;
                }
                if !(least..=most).contains(number) {
                    self.reject(field.name, Detail::Range);
                    return None;
                }
                Some(Input::Int(*number))
            }
            (Form::IntegerText, Given::Integer(number)) => {
                let text = number.to_string();
                match &stored {
                    // A number another program wrote in its own way, such as 007.
                    Some(Value::Text(known)) if known.trim().parse() == Ok(*number) => None,
                    _ if *number < 0 => {
                        self.reject(field.name, Detail::Range);
                        None
                    }
                    _ => Some(Input::Text(text)),
                }
            }
            (Form::Decimal(places), Given::Decimal(number)) => {
                if matches!(stored, Some(Value::Decimal(known)) if rounded(known, places) == *number) {
                    return None;
                }
                if *number < Decimal::ZERO {
                    self.reject(field.name, Detail::Range);
                    return None;
                }
                Some(Input::Decimal(*number))
            }
            (Form::Boolean, Given::Boolean(flag)) => Some(Input::Bool(*flag)),
            (Form::Date, Given::Day(day)) => Some(Input::Int(*day)),
            (Form::DateTime, Given::Moment(instant)) => Some(Input::Instant(*instant)),
            (Form::Enumeration(words), Given::Text(word)) => self.word(field, words, word, stored.as_ref()),
            _ => {
                self.reject(field.name, Detail::NotInList);
                None
            }
        }
    }

    /// A word of a list. The word shown for the stored code leaves the code alone: several codes may share one.
    fn word(
        &mut self,
        field: &Field,
        words: &[(&'static str, i64)],
        word: &str,
        stored: Option<&Value>,
    ) -> Option<Input> {
        let code = stored.and_then(Value::number);
        let shown = words.iter().find(|(_, known)| Some(*known) == code).map(|(shown, _)| *shown);
        if shown.is_some_and(|shown| shown.eq_ignore_ascii_case(word)) {
            return None;
        }
        let found = words.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
        if found.is_none() {
            self.reject(field.name, Detail::NotInList);
        }
        found.map(|(_, code)| Input::Int(*code))
    }

    /// The currency that is shown when a record names none.
    pub(super) fn usual_currency(&self) -> String {
        use favo_core::catalogue::{opportunity, pipeline};
        let of_pipeline = self
            .stored
            .filter(|_| self.resource == Resource::Opportunity)
            .and_then(|stored| stored.get(opportunity::PIPELINE))
            .and_then(|id| self.ctx.snapshot.get(Resource::Pipeline, id))
            .and_then(|pipeline| pipeline.get(pipeline::CURRENCY));
        of_pipeline.map_or_else(|| self.switches.currency.clone(), str::to_owned)
    }

    /// A day that the core keeps as an instant: the end of that day, so that the whole day counts.
    pub(super) fn day_of(&mut self, field: &Field, given: &Given, position: u16) {
        let Given::Day(day) = given else {
            if field.required {
                self.reject(field.name, Detail::NotNull);
            } else {
                self.clear(Side::Own, position);
            }
            return;
        };
        if let Some(Value::Instant(stored)) = self.value(Side::Own, position)
            && self.switches.zone.day(*stored) == *day
        {
            return;
        }
        // A validity ends with its day. Any other day stands at noon: the same day for readers in the zones nearby.
        let moment = if field.name == "endOn" {
            self.last_of(*day)
        } else {
            self.switches.zone.at(*day, Instant::DAY / 2)
        };
        match moment {
            Some(moment) => self.set(Side::Own, position, Input::Instant(moment)),
            None => self.reject(field.name, Detail::Range),
        }
    }

    /// The last millisecond of a day: the finest moment that travels.
    pub(super) fn last_of(&self, day: i64) -> Option<Instant> {
        self.switches.zone.span(day).map(|(_, end)| end.to_millis())
    }

    /// The first of a list of relations, written as the only one.
    pub(super) fn only_one(
        &mut self,
        field: &'static Field,
        given: &Given,
        position: u16,
    ) -> Result<(), Failure> {
        let first = match self.value(Side::Own, position) {
            Some(Value::Ids(ids)) => ids.first().copied(),
            _ => None,
        };
        let (Form::Reference(_, target), Given::Reference(sent)) = (field.form, given) else {
            self.clear(Side::Own, position);
            return Ok(());
        };
        if let Some(id) = self.resolve(sent, target, Side::Own, position, first)?
            && first != Some(id)
        {
            self.set(Side::Own, position, Input::Many(vec![Reference::id(id)]));
        }
        Ok(())
    }

    /// A field that lies elsewhere in each of the core resources of a dialect's resource.
    pub(super) fn by_name(
        &mut self,
        field: &'static Field,
        given: &Given,
        name: &str,
    ) -> Result<(), Failure> {
        match self.resource.definition().position(name) {
            Some(position) => self.scalar(field, given, Side::Own, position),
            // Only groups below others have a parent; which of both it is to be was found out before.
            None => Ok(()),
        }
    }

    /// Tags by name, made when new. One that was taken away since it was put on the record is still meant by its name.
    fn tags(&mut self, field: &Field, names: &[String], most: u16, position: u16) {
        let stored: Vec<i64> = match self.value(Side::Own, position) {
            Some(Value::Ids(ids)) => ids.clone(),
            _ => Vec::new(),
        };
        let title = |id: &i64| self.ctx.snapshot.get(Resource::Tag, *id).and_then(|tag| tag.get(tag::NAME));
        let mut references = Vec::with_capacity(names.len());
        let mut long = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let known = stored.iter().copied().find(|id| title(id) == Some(name));
            let known = known.or_else(|| self.ctx.snapshot.named(Resource::Tag, name).map(|tag| tag.id()));
            if known.is_none() && name.chars().count() > usize::from(most) {
                long.push((at, name.clone()));
            }
            let reference = known.map_or_else(|| Reference::name(name.as_str()), Reference::id);
            if !references.contains(&reference) {
                references.push(reference);
            }
        }
        for (at, name) in long {
            self.reject_text(format!("{}[{at}]", field.name), Detail::Size(most), Some(&name));
        }
        self.set(Side::Own, position, Input::Many(references));
    }
}
