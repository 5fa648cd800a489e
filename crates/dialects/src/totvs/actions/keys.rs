//! Keys that no two records of a resource share: codes and keys of the client (12.6), and the next free code (14.1).

use favo_core::catalogue::meta;
use favo_core::patch::{Input, Patch};
use favo_core::rules::unique;
use favo_core::{Error, Resource};

use super::Work;
use super::find::GROUPS;
use crate::totvs::accept::Accepted;
use crate::totvs::fault::{Code, Detail, Failure, Problem};
use crate::totvs::refusal;
use crate::totvs::table::{At, Form, Source};

/// How many numbers in a row may be taken already.
const MOST_TAKEN: usize = 100_000;

impl Work<'_> {
    /// Refuses a code or key that another record than `own` has. Keys of the client are checked by the core too, but only within one
    /// of the two resources that product groups are made of.
    pub(super) fn check_keys(
        &mut self,
        resource: Resource,
        accepted: &Accepted,
        own: i64,
    ) -> Result<(), Failure> {
        let mut details = Vec::new();
        if let Some(position) = self.code_of(resource)
            && let Some(Input::Text(code)) = accepted.patch.get(position)
            && self.is_taken(resource, code, Some((resource, own)))?
        {
            details.push(Problem::of_text("code", Detail::Duplicate, code));
        }
        if self.has_levels()
            && let Some(Input::Text(key)) = accepted.patch.get(meta::EXTERNAL_KEY)
        {
            let mut all = GROUPS.into_iter().flat_map(|group| self.ctx.snapshot.all(group));
            let taken = all.any(|group| {
                group.get(meta::EXTERNAL_KEY) == Some(key)
                    && (group.resource(), group.id()) != (resource, own)
            });
            if taken {
                details.push(Problem::of_text("externalId", Detail::Duplicate, key));
            }
        }
        if details.is_empty() { Ok(()) } else { Err(refusal::conflicting(Code::DuplicateKey, details)) }
    }

    fn has_levels(&self) -> bool {
        matches!(self.entity.source, Source::ProductGroups)
    }

    /// Where the code of a resource is kept.
    fn code_of(&self, resource: Resource) -> Option<u16> {
        match self.entity.field("code")?.at {
            At::Own(position) => Some(position),
            At::ByName(name) => resource.definition().position(name),
            _ => None,
        }
    }

    fn is_taken(
        &mut self,
        resource: Resource,
        code: &str,
        own: Option<(Resource, i64)>,
    ) -> Result<bool, Failure> {
        let resources: &[Resource] = if self.has_levels() { &GROUPS } else { &[resource] };
        for other in resources {
            let Some(position) = self.code_of(*other) else { continue };
            let except = own.filter(|(resource, _)| resource == other).map_or(0, |(_, id)| id);
            if unique::taken(self.tx, *other, position, code, except)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Gives a new record without a code the next free number, in six digits. Orders and opportunities are numbered by the
    /// core.
    pub(super) fn number(&mut self, resource: Resource, patch: &mut Patch) -> Result<(), Failure> {
        let counted = self
            .entity
            .field("code")
            .is_some_and(|field| !field.required && matches!(field.form, Form::Text(_)));
        let Some(position) = self.code_of(resource).filter(|_| counted && resource != Resource::Order) else {
            return Ok(());
        };
        if patch.names(position) {
            return Ok(());
        }
        let counter = if self.has_levels() { "product_group" } else { resource.name() };
        for _ in 0..MOST_TAKEN {
            let code = format!("{:06}", self.tx.next(&format!("{counter}.code"))?);
            if !self.is_taken(resource, &code, None)? {
                patch.set(position, Input::Text(code));
                return Ok(());
            }
        }
        Err(Failure::Core(Error::Internal(format!("no free code for {}", self.entity.name))))
    }
}
