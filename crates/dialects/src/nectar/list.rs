//! Lists: the parameters of a resource turned into a query (spec section 2 and the filter tables of section 4).
//!
//! Only parameters of the tables below filter; everything else a client sends is ignored.

mod filters;

use favo_core::catalogue::{
    appointment, category, contact, custom_field, meta, opportunity, origin, pipeline, price_table, product,
    product_category, product_subcategory, proposal, qualification, segment, tag, task, team, user,
};
use favo_core::query::{Filter, Order, Page, Query, TextMatch};
use favo_core::transaction::Reader;
use favo_core::{Ctx, Resource, Result, text};

use self::filters::Parameter as P;
use super::query_dates;
use super::query_string::Params;

/// The most rows of a page.
const MOST: u32 = 200;
/// Pages beyond this are past the end of anything.
const LAST_PAGE: u64 = 1_000_000_000_000_000_000;

/// The page of a resource that a request asks for, of records the actor may see.
pub(crate) fn query(ctx: &Ctx, tx: &mut dyn Reader, resource: Resource, params: &Params) -> Result<Query> {
    let (filter, by) = filter(ctx, tx, resource, params)?;
    let query =
        Query::of(resource).filter(filter).filter(ctx.actor.visible(resource)).page(page(ctx, params));
    Ok(query.order(Order::by(by, true)))
}

/// Page and length (2.2).
fn page(ctx: &Ctx, params: &Params) -> Page {
    let number = params.int("page").unwrap_or(1);
    if number == -1 {
        return Page { number: 1, size: MOST };
    }
    let usual = ctx.snapshot.settings().default_page_size;
    let size = match params.int("displayLength") {
        Some(length @ 1..) => u32::try_from(length).unwrap_or(MOST).min(MOST),
        _ => usual,
    };
    Page { number: u64::try_from(number).unwrap_or(1).clamp(1, LAST_PAGE), size }
}

/// The condition of all parameters, and the field that orders.
fn filter(ctx: &Ctx, tx: &mut dyn Reader, resource: Resource, params: &Params) -> Result<(Filter, u16)> {
    let mut filter = Filter::All;
    for (name, parameter) in parameters(resource) {
        filter = filter.and(parameter.filter(ctx, tx, params, name)?);
    }
    if resource == Resource::Opportunity {
        filter = filter.and(status(params));
    }
    let mut by = meta::ID.position();
    for (start, end, field) in dates(resource) {
        let from = params.all(start).find_map(query_dates::span).map(|(first, _)| first);
        let to = params.all(end).find_map(query_dates::span).map(|(_, last)| last);
        if from.is_some() || to.is_some() {
            if by == meta::ID.position() {
                by = *field;
            }
            filter = filter.and(Filter::Between(*field, from, to));
        }
    }
    Ok((filter, by))
}

/// The phases of opportunities: open ones unless asked otherwise (4.2).
fn status(params: &Params) -> Filter {
    let status = opportunity::STATUS.position();
    let outcome = |number: i64| (1002..=1005).contains(&number).then(|| number - 1000);
    let sequences = params.ids("sequenciaAtual").unwrap_or_default();
    let by_sequence = sequences.iter().any(|number| outcome(*number).is_some());
    let concluded = ["dataInicioConclusao", "dataFimConclusao"]
        .into_iter()
        .any(|name| params.all(name).any(|text| query_dates::span(text).is_some()));
    match params.ids("status") {
        Some(numbers) => Filter::OneOf(status, numbers),
        None if by_sequence || concluded => Filter::All,
        None => Filter::is(status, 1),
    }
}

/// The names of all parameters that filter a resource.
pub(super) fn names(resource: Resource) -> impl Iterator<Item = &'static str> {
    let named = parameters(resource).iter().map(|(name, _)| *name);
    named.chain(dates(resource).iter().flat_map(|(start, end, _)| [*start, *end]))
}

type Named = (&'static str, P);

/// The filters of a resource besides dates.
fn parameters(resource: Resource) -> &'static [Named] {
    match resource {
        Resource::Contact => CONTACT,
        Resource::Opportunity => OPPORTUNITY,
        Resource::Qualification => QUALIFICATION,
        Resource::Task => TASK,
        Resource::Appointment => APPOINTMENT,
        Resource::Pipeline => PIPELINE,
        Resource::Product => PRODUCT,
        Resource::ProductCategory => PRODUCT_CATEGORY,
        Resource::ProductSubcategory => PRODUCT_SUBCATEGORY,
        Resource::PriceTable => PRICE_TABLE,
        Resource::Tag => TAG,
        Resource::Origin => ORIGIN,
        Resource::Segment => SEGMENT,
        Resource::Category => CATEGORY,
        Resource::Team => TEAM,
        Resource::User => USER,
        Resource::CustomField => CUSTOM_FIELD,
        Resource::Proposal => PROPOSAL,
        _ => &[],
    }
}

static CONTACT: &[Named] = &[
    ("nome", P::Name(contact::NAME.position(), Some(contact::CODE.position()))),
    ("constante", P::Ids(contact::LIFE_CYCLE.position())),
    ("listasIds", P::Tags),
    ("origemId", P::Ids(contact::ORIGIN.position())),
    ("segmentoId", P::Ids(contact::SEGMENT.position())),
    ("responsaveisId", P::Ids(contact::OWNER.position())),
    ("camposPersonalizados", P::Custom(Resource::Contact)),
];

static OPPORTUNITY: &[Named] = &[
    ("nome", P::Name(opportunity::NAME.position(), Some(opportunity::CODE.position()))),
    ("secao", P::Via(opportunity::CUSTOMER.position(), contact::LIFE_CYCLE.position())),
    ("clienteId", P::Ids(opportunity::CUSTOMER.position())),
    ("pipelineId", P::Ids(opportunity::PIPELINE.position())),
    ("pipeline", P::Pipeline(opportunity::PIPELINE.position())),
    ("sequenciaAtual", P::Sequence(opportunity::STAGE.position(), opportunity::STATUS.position())),
    ("categoriasId", P::Via(opportunity::CUSTOMER.position(), contact::CATEGORY.position())),
    ("segmentosId", P::Via(opportunity::CUSTOMER.position(), contact::SEGMENT.position())),
    ("origensContatoId", P::Via(opportunity::CUSTOMER.position(), contact::ORIGIN.position())),
    ("produtosIds", P::Products(meta::ID.position())),
    ("categoriasProdutoIds", P::Products(product::CATEGORY.position())),
    ("subcategoriasProdutoIds", P::Products(product::SUBCATEGORY.position())),
    ("listasIds", P::Tags),
    ("origensId", P::Ids(opportunity::ORIGIN.position())),
    ("usuariosId", P::Ids(opportunity::OWNER.position())),
    ("camposPersonalizados", P::Custom(Resource::Opportunity)),
];

static QUALIFICATION: &[Named] = &[
    ("status", P::Ids(qualification::STATUS.position())),
    ("nome", P::Name(qualification::NAME.position(), Some(qualification::CODE.position()))),
    ("secao", P::Via(qualification::CUSTOMER.position(), contact::LIFE_CYCLE.position())),
    ("clienteId", P::Ids(qualification::CUSTOMER.position())),
    ("usuariosId", P::Ids(qualification::OWNER.position())),
    ("pipelineId", P::Ids(qualification::PIPELINE.position())),
    ("pipeline", P::Pipeline(qualification::PIPELINE.position())),
    ("camposPersonalizados", P::Custom(Resource::Qualification)),
];

static TASK: &[Named] = &[
    ("status", P::Ids(task::STATUS.position())),
    ("clienteId", P::Ids(task::CUSTOMER.position())),
    ("oportunidadeId", P::Ids(task::OPPORTUNITY.position())),
    ("usuariosId", P::Ids(task::OWNER.position())),
];

static APPOINTMENT: &[Named] = &[
    ("status", P::Ids(appointment::STATUS.position())),
    ("clienteId", P::Ids(appointment::CUSTOMER.position())),
    ("oportunidadeId", P::Ids(appointment::OPPORTUNITY.position())),
    ("usuariosId", P::Ids(appointment::OWNER.position())),
];

static PIPELINE: &[Named] =
    &[("type", P::Ids(pipeline::KIND.position())), ("nome", P::Name(pipeline::NAME.position(), None))];
static PRODUCT: &[Named] =
    &[("nome", P::Name(product::NAME.position(), None)), ("active", P::Flag(product::ACTIVE.position()))];
static PRODUCT_CATEGORY: &[Named] = &[("nome", P::Name(product_category::NAME.position(), None))];
static PRODUCT_SUBCATEGORY: &[Named] = &[("nome", P::Name(product_subcategory::NAME.position(), None))];
static PRICE_TABLE: &[Named] =
    &[("active", P::Unexpired(price_table::ACTIVE.position(), price_table::EXPIRES_AT.position()))];
// `isFilter` adds tags the user may only filter by; no right keeps anyone from putting a tag on a record.
static TAG: &[Named] = &[
    ("contact", P::When(tag::USED_ON.position(), &[0, 2])),
    ("opportunity", P::When(tag::USED_ON.position(), &[1, 2])),
];
static ORIGIN: &[Named] = &[("nome", P::Name(origin::NAME.position(), None))];
static SEGMENT: &[Named] = &[("nome", P::Name(segment::NAME.position(), None))];
static CATEGORY: &[Named] = &[("nome", P::Name(category::NAME.position(), None))];
static TEAM: &[Named] = &[("nome", P::Name(team::NAME.position(), None))];
static USER: &[Named] =
    &[("nome", P::Name(user::NAME.position(), None)), ("ativo", P::Flag(user::ACTIVE.position()))];
static CUSTOM_FIELD: &[Named] = &[
    ("relacionado", P::Entity(custom_field::EXTENDS.position())),
    ("nome", P::Name(custom_field::LABEL.position(), None)),
];
static PROPOSAL: &[Named] = &[("status", P::Ids(proposal::STATUS.position()))];

/// The date filters of a resource, in the order in which they decide the order of a list (2.2, 2.6).
fn dates(resource: Resource) -> &'static [Dates] {
    match resource {
        Resource::Contact | Resource::Appointment => &[UPDATE, CREATION],
        Resource::Opportunity => OPPORTUNITY_DATES,
        Resource::Qualification => QUALIFICATION_DATES,
        Resource::Task => TASK_DATES,
        _ => &[],
    }
}

/// The parameters of a start and an end, and the field they are about.
type Dates = (&'static str, &'static str, u16);

const UPDATE: Dates = ("dataInicioAtualizacao", "dataFimAtualizacao", meta::UPDATED_AT.position());
const CREATION: Dates = ("dataInicio", "dataFim", meta::CREATED_AT.position());

const fn conclusion(field: u16) -> Dates {
    ("dataInicioConclusao", "dataFimConclusao", field)
}

const fn limit(field: u16) -> Dates {
    ("dataInicioLimite", "dataFimLimite", field)
}

static OPPORTUNITY_DATES: &[Dates] =
    &[UPDATE, conclusion(opportunity::CLOSED_AT.position()), limit(opportunity::DUE_AT.position()), CREATION];
static QUALIFICATION_DATES: &[Dates] = &[
    UPDATE,
    conclusion(qualification::CLOSED_AT.position()),
    limit(qualification::DUE_AT.position()),
    CREATION,
];
static TASK_DATES: &[Dates] = &[UPDATE, limit(task::DUE_AT.position()), CREATION];

/// `nome` and `exato` on a title and perhaps a code (2.4).
fn named(params: &Params, value: &str, title: u16, code: Option<u16>) -> Filter {
    let matching = if params.flag("exato") == Some(true) { TextMatch::Equal } else { TextMatch::Prefix };
    let folded = text::fold(value);
    match code {
        Some(code) => Filter::Or(vec![
            Filter::Text(title, matching, folded.clone()),
            Filter::Text(code, matching, folded),
        ]),
        None => Filter::Text(title, matching, folded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nectar::testing::{Memory, ctx};

    fn filter_of(resource: Resource, query: &str) -> Filter {
        let mut memory = Memory::furnished();
        let ctx = ctx(&mut memory);
        filter(&ctx, &mut memory, resource, &Params::parse(query, "")).unwrap().0
    }

    fn order_of(query: &str) -> u16 {
        let mut memory = Memory::furnished();
        let ctx = ctx(&mut memory);
        super::query(&ctx, &mut memory, Resource::Opportunity, &Params::parse(query, "")).unwrap().order.by
    }

    #[test]
    fn opportunities_are_open_ones_unless_asked_otherwise() {
        let status = opportunity::STATUS.position();
        for (query, expected) in [
            ("", Filter::is(status, 1)),
            ("status=abc", Filter::is(status, 1)),
            ("status=3,2", Filter::OneOf(status, vec![2, 3])),
            ("sequenciaAtual=1002", Filter::OneOf(status, vec![2])),
            ("dataFimConclusao=lixo", Filter::is(status, 1)),
        ] {
            assert_eq!(filter_of(Resource::Opportunity, query), expected, "{query}");
        }
    }

    #[test]
    fn a_stage_number_stands_for_the_stages_of_every_sales_funnel() {
        let stage = Filter::OneOf(opportunity::STAGE.position(), vec![301]);
        let open = Filter::is(opportunity::STATUS, 1);
        assert_eq!(filter_of(Resource::Opportunity, "sequenciaAtual=1"), Filter::And(vec![stage, open]));
        assert_eq!(filter_of(Resource::Opportunity, "sequenciaAtual=77"), Filter::Nothing);
    }

    #[test]
    fn the_first_date_of_the_ranking_orders() {
        assert_eq!(order_of("dataInicio=x"), meta::ID.position());
        assert_eq!(order_of("dataInicio=01/01/2026"), meta::CREATED_AT.position());
        let both = "dataInicio=01/01/2026&dataFimConclusao=01/01/2026&dataInicioLimite=01/01/2026";
        assert_eq!(order_of(both), opportunity::CLOSED_AT.position());
    }

    #[test]
    fn pages_are_clamped() {
        let mut memory = Memory::furnished();
        let ctx = ctx(&mut memory);
        for (query, number, size) in [
            ("", 1, 15),
            ("page=-1&displayLength=3", 1, 200),
            ("page=0", 1, 15),
            ("page=-7&displayLength=0", 1, 15),
            ("page=2)&displayLength=50)", 2, 50),
            ("displayLength=1000000000000000000&page=9223372036854775807", LAST_PAGE, 200),
        ] {
            assert_eq!(page(&ctx, &Params::parse(query, "")), Page { number, size }, "{query}");
        }
    }

    #[test]
    fn custom_fields_filter_by_label_or_by_alias() {
        use favo_core::terms::TermKind;
        let term = |texts: &[&str]| {
            Filter::Term(
                TermKind::Custom,
                TextMatch::Equal,
                texts.iter().map(|text| (*text).to_owned()).collect(),
            )
        };
        for (json, expected) in [
            (r#"{"PORTE":"Médio"}"#, term(&["210:medio"])),
            (r#"{"Porte":["a",1,true]}"#, term(&["210:a", "210:1", "210:true"])),
            (r#"{"Outro":"x"}"#, Filter::Nothing),
            ("[1]", Filter::All),
            ("{", Filter::All),
        ] {
            assert_eq!(
                filter_of(Resource::Contact, &format!("camposPersonalizados={json}")),
                expected,
                "{json}"
            );
        }
        let alias = r#"camposPersonalizados={"porte_da_loja":"x"}"#;
        assert_eq!(filter_of(Resource::Contact, alias), Filter::Nothing);
        assert_eq!(filter_of(Resource::Contact, &format!("{alias}&useAlias=sim")), term(&["210:x"]));
    }

    #[test]
    fn unknown_parameters_do_not_filter() {
        assert_eq!(
            filter_of(Resource::Contact, "isEmpresa=true&tipo=1&email=a&dataInicioLimite=01/01/2026"),
            Filter::All
        );
    }
}
