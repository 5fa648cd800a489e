//! The public page of a proposal: what its `publicUrl` shows to someone without a token (spec 4.20).
//!
//! The address holds the tenant's number and a key of 128 random bits; nothing else leads here.

use std::fmt::Write as _;

use favo_core::catalogue::{Resource, contact, line_item, opportunity, proposal};
use favo_core::query::{Column, Filter, Query, TextMatch};
use favo_core::stored;
use favo_core::transaction::{Reader, TenantId};
use favo_core::{Decimal, Error, Result};
use http::StatusCode;

use crate::wire::Response;

/// Where public pages lie, outside the API.
const PREFIX: &str = "/p/";

/// The tenant and key in the path of a public page.
pub fn public_path(path: &str) -> Option<(TenantId, &str)> {
    let (tenant, key) = path.strip_prefix(PREFIX)?.split_once('-')?;
    let is_key = key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some((TenantId(tenant.parse().ok().filter(|_| is_key)?), key))
}

/// The page behind a key; [`Error::NotFound`] when there is none.
pub fn public_page(tx: &mut dyn Reader, key: &str) -> Result<Response> {
    let filter = Filter::Text(proposal::PUBLIC_KEY.position(), TextMatch::Equal, key.to_ascii_lowercase());
    let columns = [
        Column::own(proposal::REVISION),
        Column::own(proposal::NUMBER),
        Column::own(proposal::YEAR),
        Column::own(proposal::ADDRESSEE),
        Column::via(proposal::OPPORTUNITY, opportunity::NAME),
        Column::through(proposal::OPPORTUNITY, opportunity::CUSTOMER, contact::NAME),
        Column::via(proposal::OPPORTUNITY, opportunity::LINES),
        Column::via(proposal::OPPORTUNITY, opportunity::TOTAL_VALUE),
        Column::own(proposal::NAME),
        Column::own(proposal::LINES),
        Column::own(proposal::NET_TOTAL),
        Column::via(proposal::CUSTOMER, contact::NAME),
    ];
    let mut page = None;
    tx.select(&Query::of(Resource::Proposal).filter(filter), &columns, &mut |row| {
        let number = |column| row.int(column).unwrap_or_default();
        let code = format!("{:02}{:03}/{}", number(0), number(1), number(2));
        let mut html = String::with_capacity(2048);
        // One with a name has lines and a customer of its own.
        let is_own = row.text(8).is_some_and(|name| !name.is_empty());
        let (title, lines, total, customer) = if is_own { (8, 9, 10, 11) } else { (4, 6, 7, 5) };
        let title = escaped(row.text(title).unwrap_or_default());
        let _ = write!(
            html,
            "<!DOCTYPE html>\n<html lang=\"pt-BR\"><head><meta charset=\"utf-8\"><title>Proposta {code}</title>\
             <meta name=\"robots\" content=\"noindex\"></head><body><h1>Proposta {code}</h1><h2>{title}</h2><dl>"
        );
        for (label, text) in [("Cliente", row.text(customer)), ("Destinatário", row.text(3))] {
            if let Some(text) = text {
                let _ = write!(html, "<dt>{label}</dt><dd>{}</dd>", escaped(text));
            }
        }
        html.push_str("</dl><table><thead><tr><th>Produto</th><th>Quantidade</th><th>Valor unitário</th>");
        html.push_str("<th>Valor total</th></tr></thead><tbody>");
        for line in stored::items(&line_item::FIELDS, row.text(lines).unwrap_or("[]")) {
            let amount = |value: Option<Decimal>| money(value.unwrap_or(Decimal::ZERO));
            let _ = write!(
                html,
                "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                escaped(line.get(line_item::NAME).unwrap_or_default()),
                amount(line.get(line_item::QUANTITY)),
                amount(line.get(line_item::UNIT_PRICE)),
                amount(line.get(line_item::TOTAL)),
            );
        }
        let total = money(Decimal(row.int(total).unwrap_or_default()));
        let _ = writeln!(html, "</tbody></table><p>Total: {total}</p></body></html>");
        page = Some(html);
        Ok(())
    })?;
    page.map(|html| Response::new(StatusCode::OK, "text/html; charset=utf-8", html)).ok_or(Error::NotFound)
}

/// A number as people in Brazil write it.
fn money(value: Decimal) -> String {
    value.to_string().replace('.', ",")
}

/// Text that cannot become markup.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_tenant_and_a_whole_key_make_a_public_path() {
        let key = "0123456789abcdef0123456789abcdef";
        assert_eq!(public_path(&format!("/p/7-{key}")), Some((TenantId(7), key)));
        for path in ["/p/", "/p/7-", "/p/7-abc", &format!("/p/x-{key}"), &format!("/p/7-{}", "'".repeat(32))]
        {
            assert_eq!(public_path(path), None, "{path}");
        }
    }

    #[test]
    fn names_never_become_markup() {
        assert_eq!(escaped("<b a='x'>&\""), "&lt;b a=&#39;x&#39;&gt;&amp;&quot;");
    }
}
