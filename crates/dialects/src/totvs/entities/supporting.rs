//! Read-only lists that supply ids for references (section 15).

use favo_core::Resource;
use favo_core::catalogue::{origin, outcome_reason, pipeline, segment, stage, task_type};
use favo_core::query::Filter;

use super::{PIPELINES as TO_PIPELINES, all};
use crate::totvs::fixed::Kind;
use crate::totvs::table::{Actions, At, Entity, Field, Form, Source, own};

const ACRONYM: Field = Field::new("acronym", Form::Text(40), At::Special, "short word").read_only();
const DESCRIPTION: Field = Field::new("description", Form::Text(255), At::Special, "name").read_only();

const fn fixed(name: &'static str, kind: Kind) -> Entity {
    Entity {
        service: "customer",
        name,
        source: Source::Fixed(kind),
        fields: &[ACRONYM, DESCRIPTION],
        actions: Actions::None,
    }
}

pub(super) static PERSON_TYPES: Entity = fixed("customer-person-types", Kind::Person);
pub(super) static DOCUMENT_TYPES: Entity = fixed("identification-document-types", Kind::Document);
pub(super) static EMAIL_TYPES: Entity = fixed("email-types", Kind::Email);
pub(super) static PHONE_TYPES: Entity = fixed("phone-types", Kind::Phone);
pub(super) static ADDRESS_TYPES: Entity = fixed("address-types", Kind::Address);

const fn description(at: At) -> Field {
    Field::new("description", Form::Text(255), at, "name").read_only()
}

const fn active(at: At) -> Field {
    Field::new("active", Form::Boolean, at, "may still be chosen").read_only()
}

const fn registry(
    service: &'static str,
    name: &'static str,
    resource: Resource,
    fields: &'static [Field],
) -> Entity {
    Entity { service, name, source: Source::Core { resource, only: all }, fields, actions: Actions::None }
}

pub(super) static SEGMENTS: Entity = registry(
    "customer",
    "segments",
    Resource::Segment,
    &[description(own(segment::NAME)), active(own(segment::ACTIVE))],
);
pub(super) static ORIGINS: Entity = registry(
    "customer",
    "origins",
    Resource::Origin,
    &[description(own(origin::NAME)), active(own(origin::ACTIVE))],
);
pub(super) static LOSS_REASONS: Entity = registry(
    "opportunity",
    "loss-reasons",
    Resource::OutcomeReason,
    &[description(own(outcome_reason::NAME)), active(own(outcome_reason::ACTIVE))],
);
pub(super) static ACTIVITY_TYPES: Entity = registry(
    "activity",
    "activity-types",
    Resource::TaskType,
    &[description(own(task_type::NAME)), active(own(task_type::ACTIVE))],
);

fn of_sales() -> Filter {
    Filter::is(pipeline::KIND, 0)
}

pub(super) static PIPELINES: Entity = Entity {
    service: "opportunity",
    name: "pipelines",
    source: Source::Core { resource: Resource::Pipeline, only: of_sales },
    actions: Actions::None,
    fields: &[
        description(own(pipeline::NAME)),
        active(own(pipeline::ACTIVE)),
        Field::new(
            "standard",
            Form::Boolean,
            own(pipeline::DEFAULT),
            "the one opportunities get when none is named",
        )
        .read_only(),
    ],
};

pub(super) static STAGES: Entity = Entity {
    service: "opportunity",
    name: "stages",
    source: Source::Stages,
    actions: Actions::None,
    fields: &[
        description(own(stage::NAME)),
        Field::new("sequence", Form::Integer(1, i64::MAX), own(stage::SEQUENCE), "place in the pipeline")
            .read_only(),
        Field::new(
            "probability",
            Form::Integer(0, 100),
            own(stage::PROBABILITY),
            "probability of what stands in it",
        )
        .read_only(),
        Field::new("pipeline", Form::Reference("description", TO_PIPELINES), At::Special, "pipeline")
            .read_only(),
    ],
};
