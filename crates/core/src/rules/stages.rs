//! Pipelines and stages of opportunities and qualifications: which one a record is in, and which moves are allowed.

use std::sync::Arc;

use crate::catalogue::{Resource, opportunity, pipeline, proposal, qualification, stage};
use crate::error::{Reason, Result};
use crate::patch::{Input, Reference};
use crate::query::Filter;
use crate::record::{Item, Key, Record, kind};
use crate::text::fold;
use crate::write::{Draft, Work};

/// The fields through which a resource stands in a pipeline.
pub(crate) struct Track {
    pub(crate) pipeline: Key<kind::One>,
    pub(crate) stage: Key<kind::Int>,
    pub(crate) entered_at: Key<kind::Instant>,
    /// The kind of pipeline it may be in.
    pub(crate) kind: i64,
}

/// Opportunities stand in sales pipelines.
pub(crate) const SALES: Track = Track {
    pipeline: opportunity::PIPELINE,
    stage: opportunity::STAGE,
    entered_at: opportunity::STAGE_ENTERED_AT,
    kind: 0,
};

/// Qualifications stand in qualification pipelines.
pub(crate) const QUALIFICATION: Track = Track {
    pipeline: qualification::PIPELINE,
    stage: qualification::STAGE,
    entered_at: qualification::STAGE_ENTERED_AT,
    kind: 1,
};

/// Fills in the default pipeline of a new record; a cleared pipeline or stage is ignored.
pub(crate) fn prepare(work: &mut Work<'_>, draft: &mut Draft, track: &Track) -> Result<()> {
    for field in [track.pipeline.position(), track.stage.position()] {
        let cleared = match draft.patch.get(field) {
            Some(Input::Clear) => true,
            Some(Input::One(reference)) => reference.is_empty(),
            _ => false,
        };
        if cleared {
            draft.patch.remove(field);
        }
    }
    if let Some(Input::One(Reference { id: None, name: Some(name), .. })) = draft.patch.get(track.pipeline) {
        // Funnels of the other kind may have the same name.
        let wanted = fold(name);
        let snapshot = work.snapshot()?;
        let named = || {
            snapshot.all(Resource::Pipeline).filter(|record| {
                record.get(pipeline::KIND) == Some(track.kind)
                    && record.title().is_some_and(|title| fold(title) == wanted)
            })
        };
        let found =
            named().find(|record| record.is_active()).or_else(|| named().next()).map(|record| record.id());
        if let Some(id) = found {
            draft.patch.set(track.pipeline, Input::One(Reference::id(id)));
        }
    }
    if draft.is_new() && !draft.patch.names(track.pipeline) {
        let of_kind =
            |record: &&Arc<Record>| record.get(pipeline::KIND) == Some(track.kind) && record.is_active();
        let snapshot = work.snapshot()?;
        let chosen = snapshot
            .all(Resource::Pipeline)
            .filter(of_kind)
            .find(|record| record.get(pipeline::DEFAULT))
            .or_else(|| snapshot.all(Resource::Pipeline).find(of_kind))
            .map(|record| record.id());
        if let Some(id) = chosen {
            draft.patch.set(track.pipeline, Input::One(Reference::id(id)));
        }
    }
    Ok(())
}

/// The pipeline of the merged record.
pub(crate) fn pipeline_of(work: &mut Work<'_>, draft: &Draft, track: &Track) -> Result<Option<Arc<Record>>> {
    let Some(id) = draft.record.get(track.pipeline) else { return Ok(None) };
    Ok(work.snapshot()?.get(Resource::Pipeline, id).map(Arc::clone))
}

/// Finds the stage, checks the move and stamps the entry.
pub(crate) fn settle(work: &mut Work<'_>, draft: &mut Draft, track: &Track) -> Result<()> {
    let Some(pipeline) = pipeline_of(work, draft, track)? else { return Ok(()) };
    let name = pipeline.get(pipeline::NAME).unwrap_or_default().to_owned();
    let moved_pipeline = draft.changes(track.pipeline);
    let unfit = pipeline.get(pipeline::KIND) != Some(track.kind) || (draft.is_new() && !pipeline.is_active());
    if moved_pipeline && unfit {
        draft.problem(track.pipeline, Reason::NotFound(name));
        return Ok(());
    }
    let stages = pipeline.get(pipeline::STAGES);
    let old_stage = draft.before.as_ref().and_then(|before| before.get(track.stage));
    let sent_stage = match draft.patch.get(track.stage) {
        // A stage of the old pipeline that came along with an echo says nothing about the new one.
        Some(Input::Int(id)) if !(moved_pipeline && Some(*id) == old_stage) => Some(*id),
        _ => None,
    };
    let number = draft.patch.stage_number;
    let place_of = |id: i64| stages.iter().position(|stage| stage.get(stage::ID) == Some(id));
    let target = match (sent_stage, number) {
        (Some(id), _) => place_of(id).ok_or_else(|| id.to_string()),
        (None, Some(number)) => stages
            .iter()
            .position(|stage| stage.get(stage::SEQUENCE) == Some(number))
            .ok_or_else(|| number.to_string()),
        // A record that is opened again may have stood in a stage that is gone.
        (None, None)
            if draft.is_new()
                || moved_pipeline
                || old_stage.is_none_or(|old| is_gone(&pipeline, draft, old)) =>
        {
            if stages.is_empty() {
                draft.record.set(track.stage, None);
                return Ok(());
            }
            Ok(0)
        }
        (None, None) => {
            draft.record.set(track.stage, old_stage);
            return Ok(());
        }
    };
    let target = match target {
        Ok(target) => target,
        Err(stage) => {
            draft.record.set(track.stage, old_stage);
            draft.refuse(Reason::StageNotInPipeline { stage, pipeline: name });
            return Ok(());
        }
    };
    draft.record.set(track.stage, stages[target].get(stage::ID));
    if !draft.changes(track.stage) {
        return Ok(());
    }
    draft.record.set(track.entered_at, Some(work.ctx.now));
    if work.skip.validations || !work.snapshot()?.settings().enforce_pipeline_rules {
        return Ok(());
    }
    if draft.is_new() {
        if target > 0 && !pipeline.get(pipeline::MAY_START_ANYWHERE) {
            draft.refuse(Reason::MayNotStartHere);
        }
        return Ok(());
    }
    if moved_pipeline {
        return Ok(());
    }
    let Some(origin) = old_stage.and_then(place_of) else { return Ok(()) };
    if target > origin + 1 && !pipeline.get(pipeline::MAY_SKIP_STAGE) {
        draft.refuse(Reason::MayNotSkipStage);
    }
    if target < origin && !pipeline.get(pipeline::MAY_GO_BACK) {
        draft.refuse(Reason::MayNotGoBack);
    }
    if draft.record.resource() == Resource::Opportunity
        && leaves_without_proposal(work, draft, &pipeline, &stages[origin])?
    {
        draft.refuse(Reason::ProposalRequired);
    }
    Ok(())
}

/// Whether an open record stands in a stage the pipeline no longer has.
fn is_gone(pipeline: &Record, draft: &Draft, stage: i64) -> bool {
    let open = match draft.record.resource() {
        Resource::Opportunity => matches!(draft.record.get(opportunity::STATUS), Some(1 | 5)),
        _ => matches!(draft.record.get(qualification::STATUS), Some(1 | 2)),
    };
    open && !pipeline.get(pipeline::STAGES).iter().any(|item| item.get(stage::ID) == Some(stage))
}

/// Leaving a stage that generates a proposal needs one, when the pipeline demands it.
fn leaves_without_proposal(
    work: &mut Work<'_>,
    draft: &Draft,
    pipeline: &Record,
    left: &Item,
) -> Result<bool> {
    if !pipeline.get(pipeline::PROPOSAL_REQUIRED) || !left.get(stage::GENERATES_PROPOSAL) {
        return Ok(false);
    }
    let id = draft.before.as_ref().map_or(0, Record::id);
    let filter = Filter::is(proposal::OPPORTUNITY, id);
    Ok(work.tx.count(Resource::Proposal, &filter)? == 0)
}

/// The stage the merged record is in.
pub(crate) fn stage_of(work: &mut Work<'_>, draft: &Draft, track: &Track) -> Result<Option<Item>> {
    let Some(id) = draft.record.get(track.stage) else { return Ok(None) };
    Ok(work.snapshot()?.stage(id).map(|(_, stage)| stage.clone()))
}
