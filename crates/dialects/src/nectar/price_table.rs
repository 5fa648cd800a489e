//! `PUT /tabelaPreco/{id}/add` and `.../rem/{produtoId}`: prices of products in a table (spec 4.10).

use favo_core::error::{Place, Problem, Reason};
use favo_core::patch::Reference;
use favo_core::rules::prices;
use favo_core::transaction::Writer;
use favo_core::{Ctx, Decimal, Error, Resource, Result};

use super::accept::one_reference;
use super::body::{Json, Object};
use super::query_string::Params;
use super::values_in;
use super::write::{answer, may_change};
use crate::wire::Response;

/// Adds a product to a table, or prices it anew.
pub(super) fn add(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    id: i64,
    body: &Object,
    params: &Params,
) -> Result<Response> {
    let given = |key: &str| body.get(key).filter(|value| !value.clears());
    let (product, price) = (read_product(given("produto")), read_price(given("valorBase")));
    match (product, price) {
        (Ok(product), Ok(price)) => {
            prices::set_price(ctx, tx, id, &product, price).map_err(at_the_product)?;
            answer(ctx, tx, Resource::PriceTable, id, params)
        }
        (product, price) => {
            // Whoever may not change the table is told that first.
            may_change(ctx, tx, Resource::PriceTable, id)?;
            Err(Error::Refused([product.err(), price.err()].into_iter().flatten().collect()))
        }
    }
}

/// Takes a product out of a table.
pub(super) fn remove(
    ctx: &Ctx,
    tx: &mut dyn Writer,
    id: i64,
    product: i64,
    params: &Params,
) -> Result<Response> {
    prices::remove_price(ctx, tx, id, product)?;
    answer(ctx, tx, Resource::PriceTable, id, params)
}

fn read_product(value: Option<&Json>) -> std::result::Result<Reference, Problem> {
    let problem = |reason| Problem { place: Place::Wire("produto".into()), reason };
    let Some(value) = value else { return Err(problem(Reason::Required)) };
    match one_reference(value) {
        Some(reference) if reference.is_empty() => Err(problem(Reason::Required)),
        Some(reference) => Ok(reference),
        None => Err(problem(Reason::Invalid)),
    }
}

fn read_price(value: Option<&Json>) -> std::result::Result<Decimal, Problem> {
    let problem = |reason| Problem { place: Place::Wire("valorBase".into()), reason };
    let value = value.ok_or_else(|| problem(Reason::Required))?;
    values_in::decimal(value).ok_or_else(|| problem(Reason::Invalid))
}

/// Whatever is wrong with the product is told under its key in this body.
fn at_the_product(error: Error) -> Error {
    let Error::Refused(mut problems) = error else { return error };
    for problem in &mut problems {
        problem.place = Place::Wire("produto".into());
    }
    Error::Refused(problems)
}
