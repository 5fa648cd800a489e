//! Statistics of a contact, an opportunity and a funnel (spec 4.33); of what the actor may see.

use favo_core::catalogue::{
    appointment, meta, opportunity, pipeline, proposal, publication, qualification, stage, task,
};
use favo_core::query::{Column, Filter, Query, Totals};
use favo_core::transaction::Reader;
use favo_core::{Ctx, Error, Instant, Resource, Result};

use super::show;
use super::show::values_out as out;
use crate::wire::Response;

/// An object of numbers in the making.
struct Numbers(Vec<u8>);

impl Numbers {
    fn new() -> Self {
        Self(Vec::with_capacity(256))
    }

    fn key(&mut self, key: &str) -> &mut Vec<u8> {
        self.0.push(if self.0.is_empty() { b'{' } else { b',' });
        out::text(&mut self.0, key);
        self.0.push(b':');
        &mut self.0
    }

    fn int(&mut self, key: &str, number: i64) {
        out::int(self.key(key), number);
    }

    fn decimal(&mut self, key: &str, number: i64) {
        out::decimal(self.key(key), number);
    }

    fn finish(mut self) -> Vec<u8> {
        self.0.push(b'}');
        self.0
    }
}

/// How many records of a resource the actor may see meet a condition.
fn count(ctx: &Ctx, tx: &mut dyn Reader, resource: Resource, filter: Filter) -> Result<i64> {
    tx.count(resource, &filter.and(ctx.actor.visible(resource)))
}

/// Sums of values over opportunities, in the order of [`MONEY`].
const MONEY: [u16; 3] = [
    opportunity::ONE_OFF_VALUE.position(),
    opportunity::MONTHLY_VALUE.position(),
    opportunity::TOTAL_VALUE.position(),
];

fn sales(ctx: &Ctx, tx: &mut dyn Reader, filter: Filter, group: u16) -> Result<Vec<Totals>> {
    let filter = filter.and(ctx.actor.visible(Resource::Opportunity));
    tx.totals(Resource::Opportunity, &filter, Some(group), &MONEY)
}

fn sum(totals: &[Totals], money: usize) -> i64 {
    totals.iter().filter_map(|totals| totals.sums.get(money)).fold(0, |sum, more| sum.saturating_add(*more))
}

fn counted(totals: &[Totals], groups: &[i64]) -> i64 {
    let of = totals.iter().filter(|totals| totals.group.is_some_and(|group| groups.contains(&group)));
    of.map(|totals| totals.count).sum()
}

fn money(numbers: &mut Numbers, totals: &[Totals]) {
    numbers.decimal("valorAvulso", sum(totals, 0));
    numbers.decimal("valorMensal", sum(totals, 1));
    numbers.decimal("valorTotal", sum(totals, 2));
}

/// `/contatos/statistics/{id}`.
pub(crate) fn of_contact(ctx: &Ctx, tx: &mut dyn Reader, id: i64) -> Result<Response> {
    if !show::is_visible(ctx, tx, Resource::Contact, id)? {
        return Err(Error::NotFound);
    }
    let deals = sales(ctx, tx, Filter::is(opportunity::CUSTOMER, id), opportunity::STATUS.position())?;
    let leads = count(ctx, tx, Resource::Qualification, Filter::is(qualification::CUSTOMER, id))?;
    let (tasks, appointments) =
        pending(ctx, tx, task::CUSTOMER.position(), appointment::CUSTOMER.position(), id)?;
    let notes = count(ctx, tx, Resource::Publication, Filter::is(publication::CONTACT, id))?;
    let mut numbers = Numbers::new();
    numbers.int("oportunidades", counted(&deals, &[1, 5]));
    numbers.int("oportunidadesGanhas", counted(&deals, &[2]));
    numbers.int("oportunidadesPerdidas", counted(&deals, &[3]));
    numbers.int("qualificacoes", leads);
    numbers.int("tarefas", tasks);
    numbers.int("compromissos", appointments);
    numbers.int("publicacoes", notes);
    numbers.decimal("valorTotal", sum(&deals, 2));
    Ok(show::json(numbers.finish()))
}

/// Pending tasks and appointments of a record.
fn pending(ctx: &Ctx, tx: &mut dyn Reader, of_task: u16, of_appointment: u16, id: i64) -> Result<(i64, i64)> {
    let open = Filter::is(of_task, id).and(Filter::OneOf(task::STATUS.position(), vec![0, 3]));
    let tasks = count(ctx, tx, Resource::Task, open)?;
    let open = Filter::is(of_appointment, id).and(Filter::is(appointment::STATUS, 0));
    Ok((tasks, count(ctx, tx, Resource::Appointment, open)?))
}

/// `/oportunidades/statistics/{id}`.
pub(crate) fn of_opportunity(ctx: &Ctx, tx: &mut dyn Reader, id: i64) -> Result<Response> {
    let columns = [
        Column::own(meta::CREATED_AT),
        Column::own(opportunity::CLOSED_AT),
        Column::own(opportunity::STAGE_ENTERED_AT),
        Column::own(opportunity::LINE_COUNT),
    ];
    let query = Query::by_id(Resource::Opportunity, id).filter(ctx.actor.visible(Resource::Opportunity));
    let mut found = None;
    tx.select(&query, &columns, &mut |row| {
        found = Some([row.int(0), row.int(1), row.int(2), row.int(3)]);
        Ok(())
    })?;
    let [created, closed, entered, lines] = found.ok_or(Error::NotFound)?;
    let end = closed.map_or(ctx.now, Instant);
    let created = created.map_or(end, Instant);
    let of = |field: u16| Filter::is(field, id);
    let done = of(task::OPPORTUNITY.position()).and(Filter::is(task::STATUS, 1));
    let done = count(ctx, tx, Resource::Task, done)?;
    let (tasks, appointments) =
        pending(ctx, tx, task::OPPORTUNITY.position(), appointment::OPPORTUNITY.position(), id)?;
    let notes = count(ctx, tx, Resource::Publication, of(publication::OPPORTUNITY.position()))?;
    let proposals = count(ctx, tx, Resource::Proposal, of(proposal::OPPORTUNITY.position()))?;
    let mut numbers = Numbers::new();
    numbers.int("tarefas", tasks);
    numbers.int("tarefasConcluidas", done);
    numbers.int("compromissos", appointments);
    numbers.int("publicacoes", notes);
    numbers.int("propostas", proposals);
    numbers.int("produtos", lines.unwrap_or(0));
    numbers.int("diasEmAberto", end.days_since(created));
    numbers.int("diasEstagnacaoNaEtapa", end.days_since(entered.map_or(created, Instant)));
    Ok(show::json(numbers.finish()))
}

/// `/oportunidades/statistics/pipe/{pipelineId}`: open ones, a row per stage.
pub(crate) fn of_stages(ctx: &Ctx, tx: &mut dyn Reader, id: i64) -> Result<Response> {
    let funnel = ctx.snapshot.live(Resource::Pipeline, id).ok_or(Error::NotFound)?;
    let open = Filter::is(opportunity::PIPELINE, id).and(Filter::is(opportunity::STATUS, 1));
    let totals = sales(ctx, tx, open, opportunity::STAGE.position())?;
    let mut stages: Vec<_> = funnel.get(pipeline::STAGES).iter().collect();
    stages.sort_by_key(|item| item.get(stage::SEQUENCE));
    let mut body = vec![b'['];
    for item in stages {
        let own: Vec<Totals> =
            totals.iter().filter(|totals| totals.group == item.get(stage::ID)).cloned().collect();
        let mut numbers = Numbers::new();
        numbers.int("etapa", item.get(stage::SEQUENCE).unwrap_or(0));
        if let Some(name) = item.get(stage::NAME) {
            out::text(numbers.key("etapaNome"), name);
        }
        numbers.int("quantidade", own.iter().map(|totals| totals.count).sum());
        money(&mut numbers, &own);
        if body.len() > 1 {
            body.push(b',');
        }
        body.extend_from_slice(&numbers.finish());
    }
    body.push(b']');
    Ok(show::json(body))
}

/// `/oportunidades/statistics/total/{pipelineId}`: every phase.
pub(crate) fn of_funnel(ctx: &Ctx, tx: &mut dyn Reader, id: i64) -> Result<Response> {
    ctx.snapshot.live(Resource::Pipeline, id).ok_or(Error::NotFound)?;
    let totals = sales(ctx, tx, Filter::is(opportunity::PIPELINE, id), opportunity::STATUS.position())?;
    let mut numbers = Numbers::new();
    numbers.int("quantidade", totals.iter().map(|totals| totals.count).sum());
    money(&mut numbers, &totals);
    for (key, status) in
        [("emAndamento", 1), ("ganhas", 2), ("perdidas", 3), ("descartadas", 4), ("prorrogadas", 5)]
    {
        numbers.int(key, counted(&totals, &[status]));
    }
    Ok(show::json(numbers.finish()))
}
