//! What a list asks for (section 7): parameters, groups of the filter that say the same, agreement between the two.

use favo_core::catalogue::meta;
use favo_core::query::{Order, Page};
use favo_core::transaction::Reader;
use favo_core::{Ctx, Instant};

use super::fault::{Code, Detail, Failure, Problem};
use super::filter::{self, Ast, Condition};
use super::show::Keep;
use super::switches::Switches;
use super::table::{Entity, Source};
use crate::json_out;
use crate::local_time::{self, Moment};

/// The most fields a list is ordered by.
const ORDERS: usize = 5;

/// The parameters of a list, read without looking at any data.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    filters: Vec<Ast>,
    page: Option<String>,
    page_size: Option<String>,
    order: Option<String>,
    updated_since: Option<String>,
    general_search: Option<String>,
    active: Option<String>,
    pub(super) keep: Keep,
}

/// A key to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sorting<T> {
    pub(super) by: T,
    pub(super) descending: bool,
}

/// A list as it is understood.
pub(super) struct List {
    pub(super) condition: Condition,
    pub(super) order: Order,
    pub(super) then: Vec<Order>,
    /// The order of rows that are in memory.
    pub(super) in_memory: Vec<Sorting<&'static str>>,
    pub(super) page: Page,
    pub(super) keep: Keep,
}

impl Wanted {
    /// Reads a query string as it was sent, and the filter of the header.
    pub(super) fn read(query: &str, header: Option<&str>) -> Result<Self, Failure> {
        let mut wanted = Self::default();
        if let Some(header) = header {
            wanted.filters.push(filter::parse(header, "Integration-Filter")?);
        }
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name), decoded(value));
            let place = match name.as_str() {
                "page" => &mut wanted.page,
                "pageSize" => &mut wanted.page_size,
                "order" => &mut wanted.order,
                "updatedSince" => &mut wanted.updated_since,
                "generalSearch" => &mut wanted.general_search,
                "active" => &mut wanted.active,
                "filter" => {
                    wanted.filters.push(filter::parse(&value, "filter")?);
                    continue;
                }
                "fields" => {
                    let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
                    wanted.keep.0.get_or_insert_default().extend(names.map(str::to_owned));
                    continue;
                }
                name if name.starts_with('_') => continue,
                name => {
                    let message = format!("The parameter {name} is not known.");
                    return Err(Failure::plain(Code::UnknownParameter, message));
                }
            };
            if place.as_ref().is_some_and(|known| *known != value) {
                return Err(paging(format!("The parameter {name} was sent twice with different values.")));
            }
            *place = Some(value);
        }
        Ok(wanted)
    }
}

/// Undoes percent-encoding; `+` is a blank.
pub(super) fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', ..) => out.push(b' '),
            (byte, ..) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn paging(message: impl Into<String>) -> Failure {
    Failure::plain(Code::PagingInvalid, message)
}

fn invalid(field: &str, detail: Detail, value: &str, message: &str) -> Failure {
    let mut shown = Vec::new();
    json_out::text(&mut shown, &value.chars().take(200).collect::<String>());
    let details = vec![Problem { field: field.to_owned(), detail, value: String::from_utf8(shown).ok() }];
    Failure::Wire { code: Code::InvalidValue, message: message.to_owned(), details }
}

/// Makes a list of what is wanted of a resource.
pub(super) fn understand(
    ctx: &Ctx,
    tx: &mut dyn Reader,
    entity: &'static Entity,
    wanted: &Wanted,
) -> Result<List, Failure> {
    let switches = Switches::of(&ctx.snapshot);
    let mut condition = Condition::all(entity);
    let (mut page, mut page_size, mut order) =
        (wanted.page.clone(), wanted.page_size.clone(), wanted.order.clone());
    for ast in &wanted.filters {
        let compiled = filter::compile(ast, entity, ctx, tx)?;
        condition = condition.and(compiled.condition);
        agree(&mut page, compiled.paging.page, "page", str::trim)?;
        agree(&mut page_size, compiled.paging.page_size, "pageSize", str::trim)?;
        agree(&mut order, compiled.paging.order, "order", str::trim)?;
    }
    if let Some(since) = &wanted.updated_since {
        let at = instant(since, &switches)?;
        condition = condition.and(filter::at_least(entity, ctx, tx, "updatedAt", at)?);
    }
    if let Some(active) = &wanted.active {
        if entity.field("active").is_none() {
            let message = "The parameter active is not known: the resource has no such field.";
            return Err(Failure::plain(Code::UnknownParameter, message));
        }
        let flag = match active.trim().to_ascii_lowercase().as_str() {
            "true" => 1,
            "false" => 0,
            _ => {
                return Err(invalid(
                    "active",
                    Detail::TypeMismatch,
                    active,
                    "The parameter active is true or false.",
                ));
            }
        };
        condition = condition.and(filter::is(entity, ctx, tx, "active", flag)?);
    }
    if let Some(search) = wanted.general_search.as_deref().map(str::trim).filter(|search| !search.is_empty())
    {
        condition = condition.and(filter::search(entity, ctx, tx, search)?);
    }
    let page = Page {
        number: number(page.as_deref(), "page", 1, u64::MAX)?.unwrap_or(1),
        size: match number(page_size.as_deref(), "pageSize", 1, u64::from(switches.page_size_cap))? {
            Some(size) => size as u32,
            None => switches.page_size,
        },
    };
    let mut list = List {
        condition,
        order: Order::by(meta::CREATED_AT.position(), false),
        then: Vec::new(),
        in_memory: Vec::new(),
        page,
        keep: wanted.keep.clone(),
    };
    if let Some(order) = order.as_deref().map(str::trim).filter(|order| !order.is_empty()) {
        list.sort(ctx, entity, order)?;
    }
    Ok(list)
}

/// A parameter and a group that say the same thing must say it alike.
fn agree(
    parameter: &mut Option<String>,
    group: Option<String>,
    name: &str,
    plain: fn(&str) -> &str,
) -> Result<(), Failure> {
    match (parameter.as_deref(), &group) {
        (Some(said), Some(group)) if plain(said) != plain(group) => {
            Err(paging(format!("The parameter and the filter name different values for {name}.")))
        }
        (_, Some(_)) => {
            *parameter = group;
            Ok(())
        }
        (_, None) => Ok(()),
    }
}

/// A whole number in a range.
fn number(text: Option<&str>, name: &str, least: u64, most: u64) -> Result<Option<u64>, Failure> {
    let Some(text) = text.map(str::trim) else { return Ok(None) };
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Too long for any number is past the end of anything.
    let number =
        digits.then(|| text.parse().unwrap_or(u64::MAX)).filter(|number| (least..=most).contains(number));
    match number {
        // Databases count rows in 64 bits with a sign.
        Some(number) => Ok(Some(number.min(1 << 40))),
        None if most == u64::MAX => Err(paging(format!("{name} is a whole number from {least}."))),
        None => Err(paging(format!("{name} is a whole number from {least} to {most}."))),
    }
}

fn instant(text: &str, switches: &Switches) -> Result<i64, Failure> {
    // A plus sign that was not encoded came in as a blank.
    let repaired = text.trim().replacen(' ', "+", 1);
    let read = local_time::read(text.trim(), b'/', &switches.zone)
        .or_else(|| local_time::read(&repaired, b'/', &switches.zone));
    let instant = match read {
        Some(Moment::At(instant)) => Some(instant),
        Some(Moment::Day(day)) => switches.zone.at(day, 0),
        None => None,
    };
    instant.map(|Instant(micros)| micros).ok_or_else(|| {
        invalid("updatedSince", Detail::InvalidDate, text, "updatedSince is a date with a time.")
    })
}

impl List {
    fn sort(&mut self, ctx: &Ctx, entity: &'static Entity, order: &str) -> Result<(), Failure> {
        let mut orders = Vec::new();
        for part in order.split(',').map(str::trim) {
            let (name, descending) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
            let path: Vec<String> = name.split('.').map(str::to_owned).collect();
            let subject = filter::subject(entity, &path, &ctx.snapshot);
            let place =
                subject.filter(|subject| subject.kind != filter::Type::Whole).map(|subject| subject.place);
            let unknown = || paging(format!("The list cannot be ordered by {name}."));
            if entity.field(&path[0]).is_some_and(|field| field.form.is_list()) && path.len() == 1 {
                return Err(unknown());
            }
            match (entity.source, place) {
                (Source::Core { .. }, Some(place)) => {
                    let (via, by) = place.order().ok_or_else(unknown)?;
                    orders.push(Order { via, by, descending });
                }
                (_, Some(filter::Place::Memory(key))) => self.in_memory.push(Sorting { by: key, descending }),
                _ => return Err(unknown()),
            }
        }
        if orders.len().max(self.in_memory.len()) > ORDERS {
            return Err(paging(format!("A list is ordered by at most {ORDERS} fields.")));
        }
        let mut orders = orders.into_iter();
        if let Some(first) = orders.next() {
            self.order = first;
            // What comes behind the id decides nothing.
            self.then = orders.collect();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_and_blanks_are_undone() {
        assert_eq!(decoded("%7Bname-%3Eeq-%3Ea+b%7D%"), "{name->eq->a b}%");
        assert_eq!(decoded("%e2%86%92"), "→");
    }

    #[test]
    fn unknown_parameters_are_refused_and_those_with_an_underscore_skipped() {
        assert!(Wanted::read("_=1&page=2&&fields=name,,code", None).is_ok());
        let failed = Wanted::read("colour=red", None);
        assert!(matches!(failed, Err(Failure::Wire { code: Code::UnknownParameter, .. })));
        let twice = Wanted::read("page=1&page=2", None);
        assert!(matches!(twice, Err(Failure::Wire { code: Code::PagingInvalid, .. })));
    }

    #[test]
    fn pages_are_whole_numbers_in_their_range() {
        for text in ["0", "-1", "1.5", "", "x", "1001"] {
            assert!(number(Some(text), "pageSize", 1, 1000).is_err(), "{text}");
        }
        assert_eq!(number(Some(" 7 "), "page", 1, u64::MAX).ok(), Some(Some(7)));
        assert_eq!(number(Some("99999999999999999999999"), "page", 1, u64::MAX).ok(), Some(Some(1 << 40)));
    }
}
