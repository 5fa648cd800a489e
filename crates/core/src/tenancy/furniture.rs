//! The form in which a country's furniture is written down, and how it is put into an empty tenant. Not here: what it is.

use crate::catalogue::{Resource, pipeline, stage, task_type, team};
use crate::error::Result;
use crate::patch::{Input, ItemPatch, Patch};
use crate::write::Work;

/// A name people see and a stable word for the entry; no word where there is none.
pub(super) type Entry = (&'static str, &'static str);

/// What a new tenant of a country starts with besides roles and users.
pub(super) struct Furniture {
    /// The name of the first team.
    pub(super) team: &'static str,
    /// The currency of amounts that name none, when the tenant has one of its own.
    pub(super) currency: Option<&'static str>,
    /// Types of task with their natures; the first of a nature is the one that tasks of that nature get.
    pub(super) task_types: &'static [(i64, Entry)],
    /// Entries of registries; the first is the default one where a registry has a default.
    pub(super) lists: &'static [(Resource, &'static [Entry])],
    /// Pipelines, each the default one of its kind.
    pub(super) pipelines: &'static [StandardPipeline],
}

/// A pipeline a new tenant starts with.
pub(super) struct StandardPipeline {
    pub(super) name: Entry,
    /// 0 sales, 1 qualification.
    pub(super) kind: i64,
    /// Stages may be skipped, gone back to and started at.
    pub(super) free: bool,
    pub(super) currency: &'static str,
    pub(super) stages: &'static [StandardStage],
}

/// A stage with its expected days and the probability of what stands in it.
pub(super) struct StandardStage {
    pub(super) name: Entry,
    pub(super) days: i64,
    pub(super) probability: Option<i64>,
}

/// Shorthand for a [`StandardStage`].
pub(super) const fn stage(
    name: &'static str,
    code: &'static str,
    days: i64,
    probability: Option<i64>,
) -> StandardStage {
    StandardStage { name: (name, code), days, probability }
}

impl Furniture {
    /// Makes the team; users made later without a word about teams are in it.
    pub(super) fn put_team(&self, work: &mut Work<'_>) -> Result<()> {
        let patch = Patch::new().text(team::NAME, self.team).with(team::DEFAULT, Input::Bool(true));
        work.create(Resource::Team, patch).map(drop)
    }

    /// Makes everything else.
    pub(super) fn put(&self, work: &mut Work<'_>) -> Result<()> {
        for (nature, (name, code)) in self.task_types {
            let patch = Patch::new()
                .text(task_type::NAME, *name)
                .text(task_type::CODE, *code)
                .with(task_type::NATURE, Input::Int(*nature));
            work.create(Resource::TaskType, patch)?;
        }
        for (resource, entries) in self.lists {
            put_list(work, *resource, entries)?;
        }
        for pipeline in self.pipelines {
            pipeline.put(work)?;
        }
        if let Some(currency) = self.currency {
            work.tx.set_setting("currency", Some(currency))?;
            work.tx.touch_registry()?;
        }
        Ok(())
    }
}

fn put_list(work: &mut Work<'_>, resource: Resource, entries: &[Entry]) -> Result<()> {
    let definition = resource.definition();
    for (place, (name, code)) in entries.iter().enumerate() {
        let mut patch = Patch::new();
        if let Some(title) = definition.title {
            patch.set(title, Input::Text((*name).to_owned()));
        }
        if let Some(field) = definition.position("code") {
            patch.set(field, Input::Text((*code).to_owned()));
        }
        if let Some(field) = definition.position("is_default") {
            patch.set(field, Input::Bool(place == 0));
        }
        work.create(resource, patch)?;
    }
    Ok(())
}

impl StandardPipeline {
    fn put(&self, work: &mut Work<'_>) -> Result<()> {
        let stages = self.stages.iter().map(|StandardStage { name: (name, code), days, probability }| {
            let mut row = ItemPatch::default();
            row.set(stage::NAME, Input::Text((*name).to_owned()))
                .set(stage::CODE, Input::Text((*code).to_owned()))
                .set(stage::DAYS, Input::Int(*days))
                .set(stage::PROBABILITY, probability.map_or(Input::Clear, Input::Int));
            row
        });
        let (name, code) = self.name;
        let patch = Patch::new()
            .text(pipeline::NAME, name)
            .text(pipeline::CODE, code)
            .text(pipeline::CURRENCY, self.currency)
            .with(pipeline::KIND, Input::Int(self.kind))
            .with(pipeline::DEFAULT, Input::Bool(true))
            .with(pipeline::MAY_SKIP_STAGE, Input::Bool(self.free))
            .with(pipeline::MAY_GO_BACK, Input::Bool(self.free))
            .with(pipeline::MAY_START_ANYWHERE, Input::Bool(self.free))
            .with(pipeline::STAGES, Input::Items(stages.collect()));
        work.create(Resource::Pipeline, patch).map(drop)
    }
}
