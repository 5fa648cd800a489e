//! Funnel and stage of opportunities and qualifications, each under several keys (O3, O4, spec 3.5, 3.6).
//!
//! Clearing them is ignored. An echo names the stored funnel and stage; only what differs from them speaks.

use favo_core::catalogue::{Resource, opportunity, qualification, stage};
use favo_core::patch::{Input, Reference};
use favo_core::text::fold;
use favo_core::{Record, Result};

use super::super::body::Json;
use super::{Acceptance, Here, relations};

/// The keys of the funnel, the strongest first.
const FUNNEL: [&str; 3] = ["funilVenda", "funilDeVenda", "pipeline"];

impl Acceptance<'_> {
    pub(super) fn funnel(&mut self, here: Here<'_>) -> Result<()> {
        let position = match self.resource {
            Resource::Opportunity => opportunity::PIPELINE,
            _ => qualification::PIPELINE,
        };
        if self.keys.iter().any(|(known, _)| *known == position.position()) {
            return Ok(());
        }
        let stored = self.stored.and_then(|record| record.get(position));
        let stored_name = match stored {
            Some(id) => self.title_of(Resource::Pipeline, id)?,
            None => None,
        };
        for key in FUNNEL {
            let Some(value) = here.object.get(key).filter(|value| !value.clears()) else { continue };
            let Some(reference) = relations::reference(value, false) else {
                self.keys.push((position.position(), key));
                self.invalid(position.position());
                return Ok(());
            };
            if reference.is_empty() || names_stored(&reference, stored, stored_name.as_deref()) {
                continue;
            }
            self.keys.push((position.position(), key));
            self.patch.set(position, Input::One(reference));
            return Ok(());
        }
        Ok(())
    }

    pub(super) fn stage(&mut self, here: Here<'_>) {
        let position = match self.resource {
            Resource::Opportunity => opportunity::STAGE,
            _ => qualification::STAGE,
        };
        if self.keys.iter().any(|(known, _)| *known == position.position()) {
            return;
        }
        let by_id = here.object.get("etapaAtual").filter(|value| !value.clears());
        let by_number = here.object.get("etapa").filter(|value| !value.clears());
        let id = match by_id {
            Some(Json::Object(object)) => relations::id(object.get("id")),
            value => relations::id(value),
        };
        let number = relations::id(by_number);
        let (Some(id), Some(number)) = (id, number) else {
            self.keys.push((position.position(), if id.is_none() { "etapaAtual" } else { "etapa" }));
            return self.invalid(position.position());
        };
        let (stored_id, stored_number) = self.stored_stage(position);
        // The stage of the record as it is says nothing, least of all beside a change of funnel.
        if let Some(id) = id.filter(|id| Some(*id) != stored_id) {
            self.keys.push((position.position(), "etapaAtual"));
            self.patch.set(position, Input::Int(id));
        } else if let Some(number) = number.filter(|number| id.is_none() || Some(*number) != stored_number) {
            self.keys.push((position.position(), "etapa"));
            self.patch.stage_number = Some(number);
        }
    }

    fn stored_stage(
        &self,
        position: favo_core::Key<favo_core::record::kind::Int>,
    ) -> (Option<i64>, Option<i64>) {
        let id = self.stored.and_then(|record: &Record| record.get(position));
        let number =
            id.and_then(|id| self.ctx.snapshot.stage(id)).and_then(|(_, item)| item.get(stage::SEQUENCE));
        (id, number)
    }
}

fn names_stored(reference: &Reference, stored: Option<i64>, stored_name: Option<&str>) -> bool {
    match (reference.id, &reference.name) {
        (Some(id), _) => stored == Some(id),
        (None, Some(name)) => stored_name.is_some_and(|stored| fold(stored) == fold(name)),
        (None, None) => true,
    }
}
