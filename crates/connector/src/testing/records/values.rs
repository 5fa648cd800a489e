//! Values that have broken connectors: text that looks like something else, numbers no double holds, moments in every spelling.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};

use super::super::json::Json;
use super::super::model::instant;
use super::super::random::Random;
use super::{SECOND, TODAY};

const TEXTS: [&str; 34] = [
    "Padaria Aurora",
    "00012345678901234567",
    "0012",
    "007.5",
    "Ação É Ç ã õ ü",
    "🍞🥖 pão 👩‍👩‍👧‍👦",
    "aspas \"duplas\" e 'simples'",
    "C:\\temp\\nota\\novo",
    "duas\nlinhas",
    "três\r\nlinhas\r\n",
    "tab\tulação",
    "nulo\u{0}no meio",
    "\\N",
    "\\.",
    "NULL",
    "null",
    "true",
    " espaços nas pontas ",
    "vírgula, ponto; e \"aspas\",",
    "'; drop table nectarcrm_contatos; --",
    "{\"json\": [1, 2]}",
    "separador \u{2028} de linha",
    "combinado: e\u{301} a\u{303}",
    "\u{202e}invertido",
    "controle \u{1} \u{7f} \u{1f}",
    "100%",
    "=1+1",
    "1e10",
    "NaN",
    "-0",
    "2026-03-02",
    "",
    "\"",
    "\\",
];

/// Makes values from randomness.
pub(super) struct Values<'a> {
    pub(super) random: &'a mut Random,
}

impl<'a> Values<'a> {
    pub(super) fn new(random: &'a mut Random) -> Self {
        Self { random }
    }

    /// Text, one time in three a nasty one.
    pub(super) fn text(&mut self) -> String {
        match self.random.below(60) {
            0 => "muito longo, ".repeat(400),
            1..20 => (*self.random.pick(&TEXTS)).to_owned(),
            other => format!("Texto {other} {}", self.random.below(100_000)),
        }
    }

    /// The same, never blank.
    pub(super) fn filled_text(&mut self) -> String {
        let text = self.text();
        if text.trim().is_empty() { "cheio".to_owned() } else { text }
    }

    pub(super) fn flag(&mut self) -> Value {
        match self.random.below(14) {
            0 => json!("true"),
            1 => json!("FALSE"),
            2 => json!(0),
            3 => json!(1),
            4 => json!("0"),
            5 => json!("1"),
            other => json!(other % 2 == 0),
        }
    }

    /// A whole number up to `end`, sometimes as text.
    pub(super) fn count(&mut self, end: usize) -> Value {
        let count = self.random.below(end);
        if self.random.percent(5) { json!(count.to_string()) } else { json!(count) }
    }

    /// Money and quantities: up to six decimals, exponents, as text, up to fourteen digits before the point.
    pub(super) fn decimal(&mut self) -> Json {
        let spelled = |spelling: &str| Json::number(spelling);
        match self.random.below(24) {
            0 => spelled("99999999999999.999999"),
            1 => spelled("0.000001"),
            2 => spelled("-1250.500000"),
            3 => spelled("1.5e3"),
            4 => spelled("25E-2"),
            5 => Json::text("1250.75"),
            6 => Json::text("-0.10"),
            7 => spelled("0"),
            8 => spelled("12345678901234"),
            9 => spelled("0.1"),
            10 => spelled("1234567890.123456"),
            _ => Json::number(&format!("{}.{:02}", self.random.below(1_000_000), self.random.below(100))),
        }
    }

    /// A moment in any of the forms that bodies may hold.
    pub(super) fn moment(&mut self) -> Json {
        let micros =
            TODAY - (self.random.below(700) as i64 * 86_400 - self.random.below(86_400) as i64) * SECOND;
        let moment = Timestamp::from_microsecond(micros).unwrap_or_default();
        let here = moment.to_zoned(TimeZone::get("America/Sao_Paulo").unwrap_or(TimeZone::UTC));
        match self.random.below(20) {
            0 => Json::text(here.strftime("%d/%m/%Y").to_string()),
            1 => Json::text(here.strftime("%d/%m/%Y %H:%M").to_string()),
            2 => Json::text(here.strftime("%d/%m/%Y %H:%M:%S").to_string()),
            3 => Json::text(here.strftime("%Y-%m-%d").to_string()),
            4 => Json::text(here.strftime("%Y-%m-%dT%H:%M:%S").to_string()),
            5 => Json::number(&(micros / 1000).to_string()),
            6 => Json::text((micros / 1000).to_string()),
            7 => Json::text("0028-01-12T13:05:00.000Z"),
            8 => Json::text("9999-12-30T02:59:59.999Z"),
            9 => Json::text(here.strftime("%Y-%m-%dT%H:%M%:z").to_string()),
            _ => Json::text(zoned(self.random, micros)),
        }
    }

    pub(super) fn user(&mut self) -> Value {
        let id = 41 + self.random.below(9);
        json!({"id": id, "login": format!("usuario{id}@aurora.example"), "nome": self.text(), "foto": format!("{id}.png")})
    }

    pub(super) fn named(&mut self) -> Value {
        json!({"id": 1 + self.random.below(40), "nome": self.text(), "ativo": self.flag()})
    }

    pub(super) fn mail(&mut self) -> String {
        format!("pessoa.{}@ipê.example", self.random.below(100_000))
    }

    pub(super) fn phone(&mut self) -> String {
        format!(
            "0{} {:05}-{:04}",
            self.random.below(90) + 10,
            self.random.below(100_000),
            self.random.below(10_000)
        )
    }

    pub(super) fn cnpj(&mut self) -> String {
        let digits = format!("{:014}", self.random.next() % 100_000_000_000_000);
        match self.random.below(4) {
            0 => digits,
            1 => "12.ABC.345/01DE-35".to_owned(),
            _ => format!(
                "{}.{}.{}/{}-{}",
                &digits[..2],
                &digits[2..5],
                &digits[5..8],
                &digits[8..12],
                &digits[12..]
            ),
        }
    }

    /// A customer inside another object; any subset of the shape may come.
    pub(super) fn customer(&mut self) -> Value {
        let mut customer = json!({"id": 1000 + self.random.below(900), "nome": self.text(), "razaoSocial": self.text(), "cnpj": self.cnpj(),
            "telefone": self.phone(), "telefonePrincipal": self.phone(), "email": self.mail(), "emailPrincipal": self.mail(),
            "empresa": self.flag(), "isEmpresa": self.flag(), "ativo": self.flag(), "diasSemInteracao": self.count(90), "codigo": "AUR-20", "origem": "Feira"});
        if let Some(members) = customer.as_object_mut() {
            for key in ["empresa", "isEmpresa", "telefone", "email", "codigo", "origem"] {
                if self.random.percent(20) {
                    members.remove(key);
                }
            }
        }
        customer
    }
}

/// A moment the way lists show it: mostly UTC with milliseconds, sometimes without them, sometimes with another offset.
pub(super) fn zoned(random: &mut Random, micros: i64) -> String {
    let moment = Timestamp::from_microsecond(micros).unwrap_or_default();
    let there = || moment.to_zoned(TimeZone::fixed(Offset::constant(-3)));
    match random.below(20) {
        0 if micros % SECOND == 0 => moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        1 => there().strftime("%Y-%m-%dT%H:%M:%S.%3f-03:00").to_string(),
        2 if micros % SECOND == 0 => there().strftime("%Y-%m-%dT%H:%M:%S-0300").to_string(),
        _ => instant(micros),
    }
}
