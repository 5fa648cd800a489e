//! `proximaAtividade` (spec 4.32): the pending task or appointment with the earliest date, spelled as a task.

use std::sync::OnceLock;

use favo_core::catalogue::{appointment, meta, task};
use favo_core::query::{Column, Filter, Order, Page, Query};
use favo_core::transaction::Reader;
use favo_core::{Ctx, Error, Resource, Result};

use super::show;
use super::show::plan::Plan;
use super::spelling::{ContactShape, Line, RefShape, Shown, Taken};
use crate::wire::Response;

const fn line(key: &'static str, shown: Shown) -> Line {
    Line { key, shown, taken: Taken::Never }
}

static TASK: &[Line] = &[
    line("id", Shown::Own(meta::ID.position())),
    line("titulo", Shown::Own(task::TITLE.position())),
    line("descricao", Shown::Own(task::DESCRIPTION.position())),
    line("responsavel", Shown::Ref(task::OWNER.position(), RefShape::User)),
    line("cliente", Shown::Contact(task::CUSTOMER.position(), ContactShape::Ref)),
    line("tarefaTipo", Shown::Ref(task::TYPE.position(), RefShape::TaskType)),
    line("dataLimite", Shown::Own(task::DUE_AT.position())),
    line("dataCriacao", Shown::Own(meta::CREATED_AT.position())),
];

static APPOINTMENT: &[Line] = &[
    line("id", Shown::Own(meta::ID.position())),
    line("titulo", Shown::Own(appointment::SUBJECT.position())),
    line("descricao", Shown::Own(appointment::DESCRIPTION.position())),
    line("responsavel", Shown::Ref(appointment::OWNER.position(), RefShape::User)),
    line("cliente", Shown::Contact(appointment::CUSTOMER.position(), ContactShape::Ref)),
    line("tarefaTipo", Shown::Constant(r#"{"nome":"Compromisso","natureza":4}"#)),
    line("dataLimite", Shown::Own(appointment::STARTS_AT.position())),
    line("dataCriacao", Shown::Own(meta::CREATED_AT.position())),
];

/// What is pending, of one kind: its relation to the record, and when it is due.
struct Pending {
    resource: Resource,
    owner: u16,
    status: u16,
    open: &'static [i64],
    due: u16,
    plan: &'static Plan,
}

fn kinds(of: Resource) -> [Pending; 2] {
    static PLANS: OnceLock<[Plan; 2]> = OnceLock::new();
    let plans = PLANS.get_or_init(|| {
        [Plan::along(Resource::Task, TASK, None), Plan::along(Resource::Appointment, APPOINTMENT, None)]
    });
    let by_contact = of == Resource::Contact;
    [
        Pending {
            resource: Resource::Task,
            owner: if by_contact { task::CUSTOMER } else { task::OPPORTUNITY }.position(),
            status: task::STATUS.position(),
            open: &[0, 3],
            due: task::DUE_AT.position(),
            plan: &plans[0],
        },
        Pending {
            resource: Resource::Appointment,
            owner: if by_contact { appointment::CUSTOMER } else { appointment::OPPORTUNITY }.position(),
            status: appointment::STATUS.position(),
            open: &[0],
            due: appointment::STARTS_AT.position(),
            plan: &plans[1],
        },
    ]
}

/// The next activity of a contact or opportunity the actor may see; `{}` without any.
pub(crate) fn next_activity(ctx: &Ctx, tx: &mut dyn Reader, of: Resource, id: i64) -> Result<Response> {
    if !show::is_visible(ctx, tx, of, id)? {
        return Err(Error::NotFound);
    }
    let mut next: Option<(i64, Vec<u8>)> = None;
    for kind in kinds(of) {
        let query = Query::of(kind.resource)
            .filter(Filter::is(kind.owner, id))
            .filter(Filter::OneOf(kind.status, kind.open.to_vec()))
            .filter(ctx.actor.visible(kind.resource))
            .order(Order::by(kind.due, false))
            .page(Page::first(1));
        let due_at = kind.plan.columns.iter().position(|column| *column == Column::own(kind.due));
        let mut due = i64::MAX;
        let found = show::first(ctx, tx, &query, kind.plan, "", &mut |row| {
            due = due_at.and_then(|column| row.int(column)).unwrap_or(i64::MAX);
        })?;
        if let Some(body) = found.filter(|_| next.as_ref().is_none_or(|(earliest, _)| due < *earliest)) {
            next = Some((due, body));
        }
    }
    Ok(show::json(next.map_or_else(|| b"{}".to_vec(), |(_, body)| body)))
}
