//! One field of the record itself: what its value makes of the field the core keeps it in.

use favo_core::catalogue::{opportunity, pipeline, stage};
use favo_core::patch::{Input, Reference};
use favo_core::{Decimal, FieldType, Instant, Resource, Result};

use super::Acceptance;
use crate::egito::dictionary::{self, Kept, Kind};
use crate::egito::fault::Code;
use crate::egito::table::{DISCARDED, Field, Form, LOST, OPEN};
use crate::egito::values;
use crate::json::Json;
use crate::local_time::Moment;

/// The last minute of a day, in microseconds.
pub(super) const LAST_MINUTE: i64 = Instant::DAY - 60_000_000;

/// What is kept for an entry, where one field keeps it.
fn kept(kept: Kept) -> Option<Input> {
    match kept {
        Kept::Record(id) => Some(Input::One(Reference::id(id))),
        Kept::Number(number) => Some(Input::Int(number)),
        Kept::Word(word) => Some(Input::Text(word.to_owned())),
        Kept::Stage(id) => Some(Input::Int(id)),
        Kept::Discard(_) | Kept::Status(_) | Kept::Relationship { .. } => None,
    }
}

/// A decimal from 0.
pub(super) fn amount(sent: &Json, places: u8) -> std::result::Result<Option<Decimal>, Code> {
    match values::decimal(sent, places)? {
        Some(number) if number < Decimal::ZERO => Err(Code::Range),
        number => Ok(number),
    }
}

impl Acceptance<'_> {
    /// What a field of the record becomes; `None` when the value is at fault, which is noted.
    pub(super) fn input(
        &mut self,
        field: &'static Field,
        position: u16,
        sent: &Json,
    ) -> Result<Option<Input>> {
        let core = self.sent.entity.resource.definition().field(position).field_type;
        let or_clear = |input: Option<Input>| input.unwrap_or(Input::Clear);
        let zone = &self.switches.zone;
        let read = match field.form {
            Form::Text(most) => values::text(sent, most).map(|text| or_clear(text.map(Input::Text))),
            Form::Nip => self.nip(sent).map(|text| or_clear(text.map(Input::Text))),
            Form::Regon => self.regon(sent).map(|text| or_clear(text.map(Input::Text))),
            Form::Integer(least, most) => {
                values::integer(sent, least, most).map(|number| or_clear(number.map(Input::Int)))
            }
            Form::Decimal { places, .. } => {
                amount(sent, places).map(|number| or_clear(number.map(Input::Decimal)))
            }
            Form::Boolean => values::boolean(sent).map(|flag| or_clear(flag.map(Input::Bool))),
            Form::Date => values::date(sent, zone).and_then(|day| match (day, core) {
                (None, _) => Ok(Input::Clear),
                // Noon is the same day for readers in the zones nearby.
                (Some(day), FieldType::Instant) => {
                    zone.at(day, Instant::DAY / 2).map(Input::Instant).ok_or(Code::Date)
                }
                (Some(day), _) => Ok(Input::Int(day)),
            }),
            Form::DateTime => values::moment(sent, zone).and_then(|moment| match moment {
                None => Ok(Input::Clear),
                Some(Moment::At(instant)) => Ok(Input::Instant(instant.to_millis())),
                Some(Moment::Day(day)) => zone.at(day, LAST_MINUTE).map(Input::Instant).ok_or(Code::Date),
            }),
            Form::Dictionary(kind) => self.entry(kind, sent).map(or_clear),
            Form::Reference("User") => {
                self.user(sent).map(|id| or_clear(id.map(Reference::id).map(Input::One)))
            }
            Form::Reference(name) => {
                let known = self.stored().and_then(|stored| stored.at(position).number());
                let id = self.record(field, name, sent, known)?;
                return Ok(id.map(|id| or_clear(id.map(Reference::id).map(Input::One))));
            }
            Form::Texts(most) => return Ok(self.texts(field, most, sent)),
            Form::Lines => return self.lines(field, position, sent),
            // These are only shown, or live elsewhere.
            Form::Email | Form::Phone | Form::TaxIds | Form::References(_) => return Ok(None),
        };
        Ok(self.read(field, sent, read))
    }

    /// What is kept for an entry; nothing when the field is cleared.
    pub(super) fn entry(&self, kind: Kind, sent: &Json) -> std::result::Result<Option<Input>, Code> {
        if super::is_blank(sent) {
            return Ok(None);
        }
        let entry = dictionary::find(self.ctx, kind, sent).ok_or(Code::NotInList)?;
        kept(entry.kept).map(Some).ok_or(Code::NotInList)
    }

    /// A list of texts: tags by their names. A single text is a list of one.
    fn texts(&mut self, field: &Field, most: u16, sent: &Json) -> Option<Input> {
        let list = match sent {
            Json::List(list) => list.as_slice(),
            sent if super::is_blank(sent) => &[],
            single => std::slice::from_ref(single),
        };
        let known = self.faults.len();
        let mut names = Vec::with_capacity(list.len());
        for (at, one) in list.iter().enumerate() {
            match values::text(one, most) {
                Ok(name) => names.extend(name.map(Reference::name)),
                Err(code) => {
                    let path = if matches!(sent, Json::List(_)) {
                        format!("{}[{at}]", field.name)
                    } else {
                        field.name.to_owned()
                    };
                    self.fault(path, code, one);
                }
            }
        }
        (self.faults.len() == known).then_some(Input::Many(names))
    }

    /// A field that the qualification of a lead keeps.
    pub(super) fn of_qualification(&mut self, field: &'static Field, sent: &Json) -> Option<Input> {
        let read = match field.form {
            Form::Dictionary(kind) => {
                let usual = || dictionary::usual(self.ctx, kind).and_then(|entry| kept(entry.kept));
                self.entry(kind, sent).map(|input| input.or_else(usual).unwrap_or(Input::Clear))
            }
            Form::Text(most) => values::text(sent, most).map(|text| text.map_or(Input::Clear, Input::Text)),
            _ => return None,
        };
        self.read(field, sent, read)
    }

    /// Stage and status of an opportunity: a closing entry keeps the stage, a stage opens it again.
    pub(super) fn stage(&mut self, field: &'static Field, sent: &Json) {
        let pipeline = match self.patch.get(opportunity::PIPELINE) {
            Some(Input::One(reference)) => reference.id,
            Some(_) => None,
            None => self.stored().and_then(|stored| stored.get(opportunity::PIPELINE)),
        };
        if super::is_blank(sent) {
            let usual = || dictionary::usual(self.ctx, Kind::OpportunityPipeline).map(|entry| entry.id);
            let first = pipeline
                .or_else(usual)
                .and_then(|id| self.ctx.snapshot.live(Resource::Pipeline, id))
                .and_then(|record| record.get(pipeline::STAGES).first()?.get(stage::ID));
            self.patch.set(opportunity::STATUS, Input::Int(OPEN));
            if let Some(first) = first {
                self.patch.set(opportunity::STAGE, Input::Int(first));
            }
            return;
        }
        match dictionary::find_stage(self.ctx, pipeline, sent).map(|entry| entry.kept) {
            Some(Kept::Stage(id)) => {
                self.patch.set(opportunity::STATUS, Input::Int(OPEN));
                self.patch.set(opportunity::STAGE, Input::Int(id));
            }
            Some(Kept::Status(status)) => {
                self.patch.set(opportunity::STATUS, Input::Int(status));
            }
            _ => self.fault(field.name, Code::NotInList, sent),
        }
    }

    /// Why an opportunity came to nothing: a reason of an outcome, or one of discarding.
    pub(super) fn loss_reason(&mut self, field: &'static Field, sent: &Json) {
        let (mut outcome, mut discard) = (Input::Clear, Input::Clear);
        if !super::is_blank(sent) {
            match dictionary::find(self.ctx, Kind::LossReason, sent).map(|entry| entry.kept) {
                Some(Kept::Record(id)) => outcome = Input::Many(vec![Reference::id(id)]),
                Some(Kept::Discard(id)) => discard = Input::One(Reference::id(id)),
                _ => return self.fault(field.name, Code::NotInList, sent),
            }
        }
        self.patch.set(opportunity::OUTCOME_REASONS, outcome);
        self.patch.set(opportunity::DISCARD_REASON, discard);
    }

    /// A reason is kept only while the opportunity is lost or discarded.
    pub(super) fn drop_loose_reason(&mut self) {
        let stored = self.stored();
        let old = stored.and_then(|stored| stored.get(opportunity::STATUS));
        let status = match self.patch.get(opportunity::STATUS) {
            Some(Input::Int(status)) => Some(*status),
            _ => old,
        };
        if matches!(status, Some(LOST | DISCARDED)) {
            return;
        }
        let moves = old.is_some() && old != status;
        for field in [opportunity::OUTCOME_REASONS.position(), opportunity::DISCARD_REASON.position()] {
            self.patch.remove(field);
            if moves && self.stored().is_some_and(|stored| !stored.at(field).is_empty()) {
                self.patch.set(field, Input::Clear);
            }
        }
    }

    /// The value of an opportunity, which the core keeps in two parts; without one it is the sum of the lines.
    pub(super) fn value(&mut self, input: Input) {
        if input != Input::Clear {
            self.patch.set(opportunity::MONTHLY_VALUE, Input::Clear);
            self.patch.set(opportunity::ONE_OFF_VALUE, input);
            return;
        }
        // Lines that are named are added up again, also when nothing about them changes.
        let has_lines = self.stored().is_some_and(|stored| !stored.get(opportunity::LINES).is_empty());
        if self.patch.names(opportunity::LINES) {
            return;
        }
        if has_lines {
            let same = self.stored().map(super::lines::unchanged).unwrap_or_default();
            self.patch.set(opportunity::LINES, Input::Items(same));
        } else {
            self.patch.set(opportunity::ONE_OFF_VALUE, Input::Clear);
            self.patch.set(opportunity::MONTHLY_VALUE, Input::Clear);
        }
    }
}
