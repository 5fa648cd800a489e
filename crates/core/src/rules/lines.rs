//! Lines of opportunities, proposals and orders: their product, their price, and the totals that follow from them.

use std::collections::HashMap;

use crate::catalogue::{Resource, line_item, opportunity, order, pipeline, price_band, product, proposal};
use crate::error::{Place, Problem, Reason, Result};
use crate::patch::{Input, ItemPatch};
use crate::record::{Item, Key, Record, kind};
use crate::rules::{opportunity as deal, registries, stages};
use crate::write::{Draft, Work};
use crate::{Decimal, Value};

/// What carries lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Carrier {
    resource: Resource,
    pub(crate) lines: Key<kind::Items>,
}

/// Opportunities do.
pub(crate) const OPPORTUNITY: Carrier =
    Carrier { resource: Resource::Opportunity, lines: opportunity::LINES };
/// Proposals do.
pub(crate) const PROPOSAL: Carrier = Carrier { resource: Resource::Proposal, lines: proposal::LINES };
/// Orders do.
pub(crate) const ORDER: Carrier = Carrier { resource: Resource::Order, lines: order::LINES };

/// Prices that replace those of products, by the id of the product.
pub(crate) type Prices = HashMap<i64, Decimal>;

impl Carrier {
    /// A field of its lines, for problems.
    fn inner(self, position: u16) -> Place {
        Place::Inner(self.resource, self.lines.position(), position)
    }
}

/// Completes the lines of an opportunity that were sent and recomputes its totals.
pub(crate) fn settle(work: &mut Work<'_>, draft: &mut Draft) -> Result<()> {
    if draft.patch.names(opportunity::LINES) {
        complete(work, draft, OPPORTUNITY, &Prices::new())?;
    }
    let lines = draft.record.get(opportunity::LINES).to_vec();
    draft.record.set(opportunity::LINE_COUNT, Some(lines.len() as i64));
    if draft.patch.names(opportunity::LINES) {
        match totals(&lines) {
            Some(totals) => {
                draft.record.set(opportunity::DISCOUNT_TOTAL, Some(totals.discounts));
                // A value that was sent stands as it was sent, also beside lines.
                if !sent(draft, opportunity::ONE_OFF_VALUE.position()) {
                    draft.record.set(opportunity::ONE_OFF_VALUE, Some(totals.one_off));
                }
                if !sent(draft, opportunity::MONTHLY_VALUE.position()) {
                    draft.record.set(opportunity::MONTHLY_VALUE, Some(totals.monthly));
                }
            }
            None => draft.problem(opportunity::LINES, Reason::Invalid),
        }
    }
    match deal::total_value(&draft.record) {
        Some(total) => draft.record.set(opportunity::TOTAL_VALUE, Some(total)),
        None => draft.problem(opportunity::ONE_OFF_VALUE, Reason::Invalid),
    }
    Ok(())
}

/// Whether the caller sent a value; a cleared one is none.
fn sent(draft: &Draft, field: u16) -> bool {
    !matches!(draft.patch.get(field), None | Some(Input::Clear))
}

/// Fills lines from their products and computes each total.
pub(crate) fn complete(
    work: &mut Work<'_>,
    draft: &mut Draft,
    carrier: Carrier,
    prices: &Prices,
) -> Result<()> {
    let patches = match draft.patch.get(carrier.lines) {
        Some(Input::Items(rows)) => rows.clone(),
        _ => Vec::new(),
    };
    let mut lines = draft.record.get(carrier.lines).to_vec();
    let stored = draft.before.as_ref().map_or_else(Vec::new, |before| before.get(carrier.lines).to_vec());
    let mut products = HashMap::new();
    let blank = ItemPatch::default();
    for (position, line) in lines.iter_mut().enumerate() {
        let patch = patches.get(position).unwrap_or(&blank);
        let old = stored.iter().find(|old| old.get(line_item::ID) == line.get(line_item::ID));
        let product = line.get(line_item::PRODUCT);
        if product.is_none() && line[line_item::NAME].is_empty() {
            let place = carrier.inner(line_item::PRODUCT.position());
            if !draft.problems.iter().any(|problem| problem.place == place) {
                draft.problems.push(Problem { place, reason: Reason::Required });
            }
            continue;
        }
        let product = match product {
            Some(id) => {
                if let std::collections::hash_map::Entry::Vacant(entry) = products.entry(id) {
                    entry.insert(work.tx.load(Resource::Product, id)?);
                }
                products.get(&id).and_then(Option::as_ref)
            }
            None => None,
        };
        let moved = old.is_none_or(|old| old.get(line_item::PRODUCT) != line.get(line_item::PRODUCT));
        if let Some(product) = product.filter(|_| moved) {
            fill(line, patch, product, prices);
        }
        if moved && line.get(line_item::UNIT).is_none() {
            line.set(line_item::UNIT, registries::preset(work, Resource::UnitOfMeasure)?);
        }
        if !matches!(patch.get(line_item::POSITION), Some(Input::Int(_))) && old.is_none() {
            line.set(line_item::POSITION, Some(position as i64));
        }
        if let (Some(Input::Decimal(total)), None | Some(Input::Clear)) =
            (patch.get(line_item::TOTAL), patch.get(line_item::UNIT_PRICE))
        {
            let quantity = line.get(line_item::QUANTITY).unwrap_or(Decimal::from_units(1));
            match total.over(quantity) {
                Some(price) => line.set(line_item::UNIT_PRICE, Some(price)),
                None => draft.problems.push(Problem {
                    place: carrier.inner(line_item::TOTAL.position()),
                    reason: Reason::Invalid,
                }),
            }
        }
        let unchanged = stored.iter().any(|old| LIMITED.iter().all(|key| old.at(*key) == line.at(*key)));
        if let Some(product) = product.filter(|_| !unchanged) {
            check_limits(work, draft, line, product, prices)?;
        }
        match line_total(line) {
            Some((total, _)) => line.set(line_item::TOTAL, Some(total)),
            None => draft
                .problems
                .push(Problem { place: carrier.inner(line_item::TOTAL.position()), reason: Reason::Invalid }),
        }
    }
    draft.record.set(carrier.lines, lines);
    Ok(())
}

/// The sum of lines; `None` when it does not fit.
pub(crate) fn sum(lines: &[Item]) -> Option<Decimal> {
    lines.iter().try_fold(Decimal::ZERO, |sum, line| sum.plus(line_total(line)?.0))
}

/// Whether two lists say the same, whatever ids and places their lines have.
pub(crate) fn same(one: &[Item], other: &[Item]) -> bool {
    let kept = [line_item::ID.position(), line_item::POSITION.position()];
    let said = |line: &Item| {
        let fields = line.values().iter().enumerate();
        fields
            .filter(|(at, _)| !kept.contains(&(*at as u16)))
            .map(|(_, value)| value.clone())
            .collect::<Vec<_>>()
    };
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| said(one) == said(other))
}

/// Lines as they stand elsewhere, for a record that starts with the same ones: with ids of their own.
pub(crate) fn copied(work: &mut Work<'_>, lines: &[Item], to: Carrier) -> Result<Vec<Item>> {
    let counter = format!("{}.lines", to.resource.name());
    let mut copies = lines.to_vec();
    for (position, line) in copies.iter_mut().enumerate() {
        line.set(line_item::ID, Some(work.tx.next(&counter)?));
        line.set(line_item::POSITION, Some(position as i64));
        line.set(line_item::EXTERNAL_KEY, None);
    }
    Ok(copies)
}

/// What a product limits on a line; a line where none of it changes is not held against limits set since.
const LIMITED: [u16; 9] = [
    line_item::ID.position(),
    line_item::PRODUCT.position(),
    line_item::QUANTITY.position(),
    line_item::RECURRENCE.position(),
    line_item::UNIT_PRICE.position(),
    line_item::DISCOUNT.position(),
    line_item::DISCOUNT_IS_PERCENTAGE.position(),
    line_item::SURCHARGE.position(),
    line_item::SURCHARGE_IS_PERCENTAGE.position(),
];

/// Takes from the product what the caller left open.
fn fill(line: &mut Item, patch: &ItemPatch, product: &Record, prices: &Prices) {
    let open = |position: u16| {
        !patch.entries.iter().any(|(sent, input)| *sent == position && *input != Input::Clear)
    };
    for (own, of_product) in [
        (line_item::NAME, product::NAME),
        (line_item::CODE, product::CODE),
        (line_item::TAX_CODE, product::TAX_CODE),
    ] {
        if open(own.position()) {
            line.set(own, product.get(of_product).map(str::to_owned));
        }
    }
    if open(line_item::UNIT.position()) {
        line.set(line_item::UNIT, product.get(product::UNIT));
    }
    if open(line_item::DESCRIPTION.position()) {
        line.set(line_item::DESCRIPTION, product.get(product::DESCRIPTION).map(str::to_owned));
    }
    if open(line_item::RECURRENCE.position()) {
        line.set(line_item::RECURRENCE, product.get(product::RECURRENCE));
    }
    if open(line_item::COMMISSION.position()) {
        line.set(line_item::COMMISSION, product.get(product::COMMISSION));
        line.set(line_item::COMMISSION_IS_PERCENTAGE, product.get(product::COMMISSION_IS_PERCENTAGE));
    }
    if open(line_item::UNIT_PRICE.position()) {
        let quantity = line.get(line_item::QUANTITY).unwrap_or(Decimal::from_units(1));
        let price = prices.get(&product.id()).copied().unwrap_or_else(|| price_of(product, quantity));
        line.set(line_item::UNIT_PRICE, Some(price));
    }
}

/// The price of a product for a quantity: its band, else its base price.
pub(crate) fn price_of(product: &Record, quantity: Decimal) -> Decimal {
    let band = product.get(product::PRICE_BANDS).iter().find(|band| {
        band.get(price_band::FROM).is_none_or(|from| from <= quantity)
            && band.get(price_band::TO).is_none_or(|to| quantity <= to)
    });
    band.and_then(|band| band.get(price_band::PRICE))
        .or(product.get(product::BASE_PRICE))
        .unwrap_or(Decimal::ZERO)
}

/// Total and discount of a line, each rounded to cents once; `None` when they do not fit.
fn line_total(line: &Item) -> Option<(Decimal, Decimal)> {
    // A price and a quantity have six decimals each, a percentage of both has eight more: twenty in all.
    const AMOUNT: i128 = 10_i128.pow(14);
    const GROSS: i128 = 10_i128.pow(8);
    let number = |key: Key<kind::Decimal>| line.get(key).unwrap_or(Decimal::ZERO);
    let (price, quantity) = (number(line_item::UNIT_PRICE), number(line_item::QUANTITY));
    price.times(quantity)?;
    let gross = i128::from(price.0) * i128::from(quantity.0);
    let part = |amount: Decimal, is_percentage: bool| {
        if is_percentage {
            gross.checked_mul(i128::from(amount.0))
        } else {
            Some(i128::from(amount.0) * AMOUNT)
        }
    };
    let discount = part(number(line_item::DISCOUNT), line.get(line_item::DISCOUNT_IS_PERCENTAGE))?;
    let surcharge = part(number(line_item::SURCHARGE), line.get(line_item::SURCHARGE_IS_PERCENTAGE))?;
    let total = (gross * GROSS).checked_sub(discount)?.checked_add(surcharge)?;
    Some((cents(total.max(0))?, cents(discount)?))
}

/// A number with twenty decimals, rounded half away from zero to cents.
fn cents(wide: i128) -> Option<Decimal> {
    const CENT: i128 = 10_i128.pow(18);
    let rounded = wide.checked_add(CENT / 2 * wide.signum())? / CENT;
    i64::try_from(rounded * 10_000).ok().map(Decimal)
}

struct Totals {
    one_off: Decimal,
    monthly: Decimal,
    discounts: Decimal,
}

/// One-off lines; monthly ones and a twelfth of yearly ones; discounts.
fn totals(lines: &[Item]) -> Option<Totals> {
    let (mut one_off, mut monthly, mut yearly, mut discounts) =
        (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    for line in lines {
        let (total, discount) = line_total(line)?;
        let sum = match line.get(line_item::RECURRENCE) {
            Some(1) => &mut monthly,
            Some(2) => &mut yearly,
            _ => &mut one_off,
        };
        *sum = sum.plus(total)?;
        discounts = discounts.plus(discount)?;
    }
    let monthly = monthly.plus(yearly.over(Decimal::from_units(12))?)?.to_cents();
    Some(Totals { one_off, monthly, discounts })
}

/// Where the tenant asks for it, the limits of products hold on lines.
fn check_limits(
    work: &mut Work<'_>,
    draft: &mut Draft,
    line: &Item,
    product: &Record,
    prices: &Prices,
) -> Result<()> {
    if work.skip.validations || !work.snapshot()?.settings().validate_prices {
        return Ok(());
    }
    let name = product.get(product::NAME).unwrap_or_default().to_owned();
    let number = |key: Key<kind::Decimal>| line.get(key).unwrap_or(Decimal::ZERO);
    let quantity = number(line_item::QUANTITY);
    let gross = number(line_item::UNIT_PRICE).times(quantity).unwrap_or(Decimal::ZERO);
    // Both sides as amounts, so that a percentage can be held against a limit in money.
    let amount = |value: Decimal, is_percentage: bool| {
        if is_percentage { gross.percent(value).unwrap_or(Decimal::ZERO) } else { value }
    };
    let beyond = |allowed: bool, value: Decimal, limit: Option<Decimal>, limit_is_percentage: bool| {
        let limit =
            limit.filter(|limit| *limit != Decimal::ZERO).map(|limit| amount(limit, limit_is_percentage));
        value > Decimal::ZERO && (!allowed || limit.is_some_and(|limit| value > limit))
    };
    let discount = amount(number(line_item::DISCOUNT), line.get(line_item::DISCOUNT_IS_PERCENTAGE));
    let surcharge = amount(number(line_item::SURCHARGE), line.get(line_item::SURCHARGE_IS_PERCENTAGE));
    let mut refuse = |reason| draft.problems.push(Problem { place: Place::Whole, reason });
    if beyond(
        product.get(product::ALLOWS_DISCOUNT),
        discount,
        product.get(product::MAXIMUM_DISCOUNT),
        product.get(product::DISCOUNT_IS_PERCENTAGE),
    ) {
        refuse(Reason::DiscountNotAllowed(name.clone()));
    }
    if beyond(
        product.get(product::ALLOWS_SURCHARGE),
        surcharge,
        product.get(product::MAXIMUM_SURCHARGE),
        product.get(product::SURCHARGE_IS_PERCENTAGE),
    ) {
        refuse(Reason::SurchargeNotAllowed(name.clone()));
    }
    let price = prices.get(&product.id()).copied().unwrap_or_else(|| price_of(product, quantity));
    if !product.get(product::PRICE_EDITABLE) && number(line_item::UNIT_PRICE) != price {
        refuse(Reason::PriceNotEditable(name.clone()));
    }
    if !product.get(product::FRACTIONAL) && !quantity.is_whole() {
        refuse(Reason::NotFractional(name.clone()));
    }
    let recurrence_changed = line[line_item::RECURRENCE] != Value::Null
        && line.get(line_item::RECURRENCE) != product.get(product::RECURRENCE);
    if !recurrence_changed || draft.record.resource() != Resource::Opportunity {
        return Ok(());
    }
    let may_vary = stages::pipeline_of(work, draft, &stages::SALES)?
        .is_some_and(|record| record.get(pipeline::MAY_VARY_RECURRENCE));
    if !may_vary {
        draft.problems.push(Problem { place: Place::Whole, reason: Reason::RecurrenceNotEditable(name) });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(price: &str, quantity: i64, recurrence: i64, discount: i64, percentage: bool) -> Item {
        let mut line = Item::new(&line_item::FIELDS);
        line.set(line_item::UNIT_PRICE, price.parse().ok());
        line.set(line_item::QUANTITY, Some(Decimal::from_units(quantity)));
        line.set(line_item::RECURRENCE, Some(recurrence));
        line.set(line_item::DISCOUNT, Some(Decimal::from_units(discount)));
        line.set(line_item::DISCOUNT_IS_PERCENTAGE, percentage);
        line
    }

    #[test]
    fn totals_add_up_as_on_the_golden_example() {
        let lines = [line("120.5", 3, 1, 10, true), line("900", 1, 0, 0, false)];
        let totals = totals(&lines).unwrap();
        assert_eq!(totals.one_off.to_string(), "900");
        assert_eq!(totals.monthly.to_string(), "325.35");
        assert_eq!(totals.discounts.to_string(), "36.15");
    }

    #[test]
    fn a_total_is_rounded_once() {
        // The first two are a little less than half a cent above, and exactly that after six decimals.
        for (price, quantity, discount, total) in [
            ("0.498", "2.4157", "36.41", "0.76"),
            ("5.7772", "7.0501", "9.98", "36.66"),
            ("10.005", "1", "0", "10.01"),
            ("2.5", "3", "10", "6.75"),
        ] {
            let mut line = line(price, 1, 0, 0, true);
            line.set(line_item::QUANTITY, quantity.parse().ok());
            line.set(line_item::DISCOUNT, discount.parse().ok());
            assert_eq!(line_total(&line).unwrap().0.to_string(), total, "{price} * {quantity}");
        }
        let vast = line("9000000000000", 2, 0, 0, true);
        assert_eq!(line_total(&vast), None);
    }

    #[test]
    fn a_yearly_price_counts_a_twelfth_a_month_and_a_discount_never_makes_a_line_negative() {
        let totals = totals(&[line("100", 1, 2, 0, false), line("10", 1, 0, 25, false)]).unwrap();
        assert_eq!(totals.monthly.to_string(), "8.33");
        assert_eq!(totals.one_off.to_string(), "0");
    }
}
