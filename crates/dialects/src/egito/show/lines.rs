//! Lines of opportunities, offers and orders (15.11), from their stored JSON straight to the answer.

use favo_core::Decimal;
use favo_core::catalogue::line_item;

use super::cells::Env;
use super::gaps::Page;
use super::values_out as out;
use crate::egito::dictionary::{self, Kind};
use crate::json_out;
use crate::stored_json::Cursor;

/// The rate of lines that name none.
pub(in crate::egito) const USUAL_RATE: &str = "VAT23";

/// One stored line: numbers in stored units, texts still escaped and in their quotes.
#[derive(Debug, Default)]
struct Line<'a> {
    id: Option<i64>,
    product: Option<i64>,
    name: Option<&'a str>,
    quantity: i64,
    unit: Option<i64>,
    price: i64,
    discount: i64,
    is_percentage: bool,
    tax: Option<&'a str>,
    total: i64,
}

impl<'a> Line<'a> {
    fn set(&mut self, key: &str, raw: &'a str) {
        let int = || raw.parse::<i64>().ok();
        let decimal = || raw.parse::<Decimal>().map_or(0, |Decimal(micros)| micros);
        let is = |position: u16| line_item::FIELDS[position as usize].name == key;
        if is(line_item::ID.position()) {
            self.id = int();
        } else if is(line_item::PRODUCT.position()) {
            self.product = int();
        } else if is(line_item::NAME.position()) {
            self.name = Some(raw);
        } else if is(line_item::QUANTITY.position()) {
            self.quantity = decimal();
        } else if is(line_item::UNIT.position()) {
            self.unit = int();
        } else if is(line_item::UNIT_PRICE.position()) {
            self.price = decimal();
        } else if is(line_item::DISCOUNT.position()) {
            self.discount = decimal();
        } else if is(line_item::DISCOUNT_IS_PERCENTAGE.position()) {
            self.is_percentage = raw == "true";
        } else if is(line_item::TAX_CODE.position()) {
            self.tax = raw.get(1..raw.len().saturating_sub(1));
        } else if is(line_item::TOTAL.position()) {
            self.total = decimal();
        }
    }

    /// The discount in per cent, also when it was given as an amount.
    fn percent(&self) -> i64 {
        if self.is_percentage || self.discount == 0 {
            return self.discount;
        }
        let full = Decimal(self.price).times(Decimal(self.quantity)).unwrap_or_default();
        let share = Decimal(self.discount).over(full).and_then(|share| share.times(Decimal::from_units(100)));
        share.unwrap_or_default().to_cents().0
    }

    fn gross(&self) -> i64 {
        let tax = Decimal(self.total).percent(rate(self.tax.unwrap_or(USUAL_RATE))).unwrap_or_default();
        self.total.saturating_add(tax.to_cents().0)
    }
}

/// The rate behind a tax code, in per cent.
fn rate(code: &str) -> Decimal {
    Decimal::from_units(match code {
        "VAT23" => 23,
        "VAT8" => 8,
        "VAT5" => 5,
        _ => 0,
    })
}

/// Calls back for each line of a stored list.
fn each<'a>(stored: Option<&'a str>, mut visit: impl FnMut(&Line<'a>)) {
    Cursor::new(stored.unwrap_or_default()).array(|cursor| {
        let mut line = Line { quantity: Decimal::SCALE, ..Line::default() };
        let read = cursor.object(|key, raw| line.set(key, raw));
        if read {
            visit(&line);
        }
        read
    });
}

/// What all lines come to, without and with tax.
pub(super) fn totals(stored: Option<&str>) -> (i64, i64) {
    let (mut net, mut gross) = (0_i64, 0_i64);
    each(stored, |line| {
        net = net.saturating_add(line.total);
        gross = gross.saturating_add(line.gross());
    });
    (net, gross)
}

/// The list of lines.
pub(super) fn push(env: &Env<'_>, stored: Option<&str>, page: &mut Page) {
    page.out.push(b'[');
    let mut first = true;
    each(stored, |line| {
        page.out.extend_from_slice(if first { b"{\"id\":" } else { b",{\"id\":" });
        first = false;
        out::or_null(&mut page.out, line.id, json_out::int);
        page.out.extend_from_slice(b",\"product\":");
        match line.product {
            Some(id) => page.product(id),
            None => page.out.extend_from_slice(b"null"),
        }
        let out = &mut page.out;
        out.extend_from_slice(b",\"name\":");
        out.extend_from_slice(line.name.unwrap_or("null").as_bytes());
        out.extend_from_slice(b",\"quantity\":");
        json_out::decimal(out, line.quantity);
        out.extend_from_slice(b",\"unit\":");
        dictionary::push(env.ctx, Kind::UnitOfMeasure, line.unit, out);
        out.extend_from_slice(b",\"unitPrice\":");
        out::money(out, line.price);
        out.extend_from_slice(b",\"discount\":");
        json_out::decimal(out, line.percent());
        out.extend_from_slice(b",\"vatRate\":");
        dictionary::push_word(Kind::VatRate, line.tax.or(Some(USUAL_RATE)), out);
        out.extend_from_slice(b",\"netValue\":");
        out::money(out, line.total);
        out.extend_from_slice(b",\"grossValue\":");
        out::money(out, line.gross());
        out.push(b'}');
    });
    page.out.push(b']');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tax_is_added_line_by_line_and_rounded_to_cents() {
        let stored = r#"[{"id":1,"total":37000,"tax_code":"VAT23"},{"id":2,"total":2880},{"id":3,"total":0.99,"tax_code":"VAT8"},{"id":4,"total":5,"tax_code":"EXEMPT"}]"#;
        let (net, gross) = totals(Some(stored));
        assert_eq!(Decimal(net).to_string(), "39885.99");
        // 45510.00 + 3542.40 + 1.07 + 5.00
        assert_eq!(Decimal(gross).to_string(), "49058.47");
        assert_eq!(totals(None), (0, 0));
    }

    #[test]
    fn a_discount_in_money_is_shown_in_per_cent() {
        let mut found = Vec::new();
        let stored = r#"[{"quantity":2,"unit_price":100,"discount":30},{"discount":10,"discount_is_percentage":true}]"#;
        each(Some(stored), |line| found.push(Decimal(line.percent()).to_string()));
        assert_eq!(found, ["15", "10"]);
    }
}
