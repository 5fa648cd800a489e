//! `GET /proposta/opportunity/{id}` (spec 4.20): all versions of one opportunity, not paged.

use favo_core::catalogue::proposal;
use favo_core::query::{Filter, Query};
use favo_core::transaction::Reader;
use favo_core::{Ctx, Error, Resource, Result};

use super::query_string::Params;
use super::show;
use crate::wire::Response;

/// The proposals of an opportunity the actor may see.
pub(crate) fn of_opportunity(ctx: &Ctx, tx: &mut dyn Reader, id: i64, params: &Params) -> Result<Response> {
    if !show::is_visible(ctx, tx, Resource::Opportunity, id)? {
        return Err(Error::NotFound);
    }
    let mut query = Query::of(Resource::Proposal)
        .filter(Filter::is(proposal::OPPORTUNITY, id))
        .filter(ctx.actor.visible(Resource::Proposal));
    if let Some(states) = params.ids("status") {
        query = query.filter(Filter::OneOf(proposal::STATUS.position(), states));
    }
    show::items(ctx, tx, &query, params).map(show::json)
}
