//! A filter that was read, as a condition on the records of a resource.

use std::collections::HashMap;

use favo_core::Ctx;
use favo_core::query::Filter;
use favo_core::transaction::Reader;

use super::ast::{Ast, Group, Node};
use super::literal::{self, Positive, Test, Type};
use super::lower::Lowering;
use super::memory::Expression;
use super::paging::{self, Paging};
use super::place::Place;
use super::subject::{self, Subject};
use super::trouble;
use crate::totvs::fault::{Code, Failure};
use crate::totvs::switches::Switches;
use crate::totvs::table::{Entity, Source};

/// A condition, and what the filter says about the page.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::totvs) struct Compiled {
    pub(in crate::totvs) condition: Condition,
    pub(in crate::totvs) paging: Paging,
}

/// A condition on records, or on rows that are in memory.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::totvs) enum Condition {
    Records(Filter),
    Memory(Expression),
}

impl Condition {
    /// What every row of a resource meets.
    pub(in crate::totvs) fn all(entity: &Entity) -> Self {
        match entity.source {
            Source::Core { .. } => Self::Records(Filter::All),
            Source::ProductGroups | Source::Stages | Source::Fixed(_) => Self::Memory(Expression::All),
        }
    }

    /// The conjunction of two conditions on the same resource.
    #[must_use]
    pub(in crate::totvs) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Records(one), Self::Records(other)) => Self::Records(one.and(other)),
            (Self::Memory(one), Self::Memory(other)) => Self::Memory(Expression::And(vec![one, other])),
            (one, _) => one,
        }
    }
}

/// Compiles a filter for a resource; `tx` finds the records that UUIDs stand for.
pub(in crate::totvs) fn compile(
    ast: &Ast,
    entity: &Entity,
    ctx: &Ctx,
    tx: &mut dyn Reader,
) -> Result<Compiled, Failure> {
    let (nodes, paging) = paging::split(ast)?;
    let switches = Switches::of(&ctx.snapshot);
    // Every mistake is found before anything is read.
    let bound =
        nodes.iter().map(|node| bind(ast, entity, ctx, &switches, node)).collect::<Result<Vec<_>, _>>()?;
    let whole = Bound::And(bound);
    let condition = match entity.source {
        Source::Core { resource, .. } => {
            let mut lowering = Lowering { ctx, tx, switches: &switches, known: HashMap::new() };
            lowering.find_ids(&whole.ids(resource))?;
            Condition::Records(whole.lower(&mut lowering, resource)?)
        }
        Source::ProductGroups | Source::Stages | Source::Fixed(_) => Condition::Memory(whole.in_memory()),
    };
    Ok(Compiled { condition, paging })
}

/// A filter whose fields and values are understood.
enum Bound {
    And(Vec<Bound>),
    Or(Vec<Bound>),
    Test(Subject, Test),
}

fn bind(ast: &Ast, entity: &Entity, ctx: &Ctx, switches: &Switches, node: &Node) -> Result<Bound, Failure> {
    let all = |nodes: &[Node]| {
        nodes.iter().map(|node| bind(ast, entity, ctx, switches, node)).collect::<Result<Vec<_>, _>>()
    };
    Ok(match node {
        Node::And(nodes) => Bound::And(all(nodes)?),
        Node::Or(nodes) => Bound::Or(all(nodes)?),
        Node::Group(group) => {
            let subject =
                subject::of(entity, &group.field, &ctx.snapshot).ok_or_else(|| unknown(ast, group))?;
            let test = literal::test(group, subject.kind, &switches.zone)
                .map_err(|(code, at, message)| trouble(code, ast.source, &ast.text, at, message))?;
            Bound::Test(subject, test)
        }
    })
}

fn unknown(ast: &Ast, group: &Group) -> Failure {
    let message = "the resource has no such field that can be filtered.";
    trouble(Code::FilterUnknownField, ast.source, &ast.text, group.field_at, message)
}

impl Bound {
    fn lower(&self, lowering: &mut Lowering<'_>, of: favo_core::Resource) -> favo_core::Result<Filter> {
        Ok(match self {
            Self::And(all) => {
                let mut filter = Filter::All;
                for one in all {
                    filter = filter.and(one.lower(lowering, of)?);
                }
                filter
            }
            Self::Or(any) => {
                Filter::Or(any.iter().map(|one| one.lower(lowering, of)).collect::<favo_core::Result<_>>()?)
            }
            Self::Test(subject, test) => lowering.test(of, &subject.place, test)?,
        })
    }

    /// The UUIDs it compares ids with, by the resource they are looked for in.
    fn ids(&self, of: favo_core::Resource) -> Vec<(favo_core::Resource, &[String])> {
        match self {
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().flat_map(|node| node.ids(of)).collect(),
            Self::Test(subject, test) => match (subject.place.names(of), &test.positive) {
                (Some(resource), Positive::Uuids(uuids)) => vec![(resource, uuids.as_slice())],
                _ => Vec::new(),
            },
        }
    }

    fn in_memory(&self) -> Expression {
        match self {
            Self::And(all) => Expression::And(all.iter().map(Self::in_memory).collect()),
            Self::Or(any) => Expression::Or(any.iter().map(Self::in_memory).collect()),
            Self::Test(subject, test) => match subject.place {
                Place::Memory(key) => Expression::Test(key, test.clone()),
                _ => Expression::Or(Vec::new()),
            },
        }
    }
}

/// The condition that a field holds at least this number, in stored units.
pub(in crate::totvs) fn at_least(
    entity: &Entity,
    ctx: &Ctx,
    tx: &mut dyn Reader,
    field: &str,
    number: i64,
) -> Result<Condition, Failure> {
    let range = Positive::Ranges(vec![(Some(number), None)]);
    one_of(entity, ctx, tx, &[(&[field], &|_| Some(range.clone()))])
}

/// The condition that a field holds this number.
pub(in crate::totvs) fn is(
    entity: &Entity,
    ctx: &Ctx,
    tx: &mut dyn Reader,
    field: &str,
    number: i64,
) -> Result<Condition, Failure> {
    let range = Positive::Ranges(vec![(Some(number), Some(number))]);
    one_of(entity, ctx, tx, &[(&[field], &|_| Some(range.clone()))])
}

/// The condition that a text is contained in a name, description, code, document or e-mail (section 7).
pub(in crate::totvs) fn search(
    entity: &Entity,
    ctx: &Ctx,
    tx: &mut dyn Reader,
    text: &str,
) -> Result<Condition, Failure> {
    let test = |kind: Type| literal::contains(text, kind);
    let fields: [&[&str]; 7] = [
        &["name"],
        &["description"],
        &["code"],
        &["cpf"],
        &["email"],
        &["emails", "email"],
        &["customerIdentificationDocuments", "documentNumber"],
    ];
    one_of(entity, ctx, tx, &fields.map(|path| (path, &test as &dyn Fn(Type) -> Option<Positive>)))
}

/// A path and the test on it, by the type it has there.
type Tested<'a> = (&'a [&'a str], &'a dyn Fn(Type) -> Option<Positive>);

/// The condition that one of some fields passes its test; fields that the resource lacks do not count.
fn one_of(
    entity: &Entity,
    ctx: &Ctx,
    tx: &mut dyn Reader,
    tests: &[Tested<'_>],
) -> Result<Condition, Failure> {
    let bound = tests.iter().filter_map(|(path, test)| {
        let path: Vec<String> = path.iter().map(|&name| name.to_owned()).collect();
        let subject = subject::of(entity, &path, &ctx.snapshot)?;
        let positive = test(subject.kind)?;
        Some(Bound::Test(subject, Test { positive, negated: false }))
    });
    let whole = Bound::Or(bound.collect());
    Ok(match entity.source {
        Source::Core { resource, .. } => {
            let switches = Switches::of(&ctx.snapshot);
            let mut lowering = Lowering { ctx, tx, switches: &switches, known: HashMap::new() };
            Condition::Records(whole.lower(&mut lowering, resource)?)
        }
        Source::ProductGroups | Source::Stages | Source::Fixed(_) => Condition::Memory(whole.in_memory()),
    })
}
