//! Egito: opportunities, offers and their groups, orders, and the lines they share (sections 15.4 to 15.7, 15.11, 19.2).

mod lines;
mod offers;
mod opportunities;
mod orders;

use crate::desk::Desk;
use crate::egito_records::make;

/// An account with id 1 and a person with id 2 who works there.
fn parties(desk: &Desk) -> (i64, i64) {
    let account = make(desk, "Account", r#"{"name":"Tartak Jodła","source":"PHONE"}"#);
    let person =
        make(desk, "Contact", &format!(r#"{{"firstName":"Marek","lastName":"Sowa","account":{account}}}"#));
    (account, person)
}

const LINES: &str = r#"[{"name":"Piła taśmowa","quantity":2,"unitPrice":"18 500,00"},{"name":"Montaż","unitPrice":3200,"discount":10}]"#;

/// The two lines as they are answered.
const LINES_SHOWN: &str = concat!(
    r#"[{"id":1,"product":null,"name":"Piła taśmowa","quantity":2,"unit":{"id":1,"name":"szt.","value":"PCS"},"#,
    r#""unitPrice":18500.00,"discount":0,"vatRate":{"id":1,"name":"23%","value":"VAT23"},"netValue":37000.00,"grossValue":45510.00},"#,
    r#"{"id":2,"product":null,"name":"Montaż","quantity":1,"unit":{"id":1,"name":"szt.","value":"PCS"},"#,
    r#""unitPrice":3200.00,"discount":10,"vatRate":{"id":1,"name":"23%","value":"VAT23"},"netValue":2880.00,"grossValue":3542.40}]"#,
);
