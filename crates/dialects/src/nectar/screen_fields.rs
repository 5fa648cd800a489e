//! `customField/fields/{objectType}` (spec 4.19): the fields of contacts or opportunities for screens, system fields
//! first, then the tenant's own.

use favo_core::catalogue::custom_field;
use favo_core::{Ctx, Error, Record, Resource, Result};

use super::accept::customer_of;
use super::columns;
use super::query_string::Params;
use super::show;
use super::show::values_out as out;
use super::spelling::{Line, Shown, Taken, sheet};
use crate::wire::Response;

/// One row of the answer.
struct Field<'a> {
    label: &'a str,
    name: &'a str,
    checked: bool,
    property: &'a str,
    sub_property: &'a str,
    kind: &'a str,
    message_key: &'a str,
    mandatory: bool,
    type_word: &'a str,
    read_only: bool,
}

/// The fields of an object type: 1 contacts, 2 opportunities.
pub(crate) fn screen_fields(ctx: &Ctx, object_type: i64, params: &Params) -> Result<Response> {
    let attributes = params.attributes();
    let resource = match object_type {
        1 => Resource::Contact,
        2 => Resource::Opportunity,
        _ => return Err(Error::NotFound),
    };
    let sheet = sheet(resource).ok_or(Error::NotFound)?;
    let mut body = Vec::with_capacity(1 << 14);
    for line in sheet.lines.iter().filter(|line| !columns::is_hidden(line)) {
        let (label, type_word) =
            (columns::label(line.key), columns::type_of(Some(resource), Some(line), line.key));
        let field = Field {
            label: &label,
            name: line.key,
            checked: true,
            property: line.key,
            sub_property: if type_word.starts_with("object[") { "nome" } else { "" },
            kind: "default",
            message_key: &format!("crm.{}.{}", sheet.entity, line.key),
            mandatory: is_mandatory(ctx, resource, line),
            type_word: &type_word,
            read_only: matches!(line.taken, Taken::Never),
        };
        field.push(&mut body, attributes.as_deref());
    }
    for record in ctx.snapshot.custom_fields(resource).into_iter().filter(|record| record.is_active()) {
        custom(record, sheet.entity, &mut body, attributes.as_deref());
    }
    body.push(b']');
    Ok(show::json(body))
}

fn custom(record: &Record, entity: &str, body: &mut Vec<u8>, attributes: Option<&[&str]>) {
    let (label, alias) = (record.get(custom_field::LABEL), record.get(custom_field::ALIAS));
    let (label, alias) = (label.unwrap_or_default(), alias.unwrap_or_default());
    let field = Field {
        label,
        name: alias,
        checked: !record.get(custom_field::HIDDEN),
        property: "camposPersonalizados",
        sub_property: label,
        kind: "personalized",
        message_key: &format!("crm.{entity}.{alias}"),
        mandatory: record.get(custom_field::REQUIRED),
        type_word: match record.get(custom_field::TYPE) {
            Some(0) => "integer",
            Some(2) => "date",
            Some(3 | 12) => "number",
            Some(4) => "boolean",
            Some(9) => "object[Contato]",
            _ => "string",
        },
        read_only: false,
    };
    field.push(body, attributes);
}

/// Demanded by the catalogue, by this dialect or by the tenant.
fn is_mandatory(ctx: &Ctx, resource: Resource, line: &Line) -> bool {
    let (Shown::Own(position)
    | Shown::Contact(position, _)
    | Shown::NameOf(position)
    | Shown::Ref(position, _)) = line.shown
    else {
        return false;
    };
    resource.definition().field(position).required
        || customer_of(resource) == Some(position)
        || ctx.snapshot.settings().mandatory.contains(&(resource, position))
}

impl Field<'_> {
    /// Appends the row; `attributes` are the keys asked for (2.3).
    fn push(&self, body: &mut Vec<u8>, attributes: Option<&[&str]>) {
        body.push(if body.is_empty() { b'[' } else { b',' });
        body.push(b'{');
        let mut first = true;
        let mut key = |body: &mut Vec<u8>, key: &str| {
            if attributes.is_some_and(|wanted| !wanted.contains(&key)) {
                return false;
            }
            if !std::mem::take(&mut first) {
                body.push(b',');
            }
            out::text(body, key);
            body.push(b':');
            true
        };
        for (name, value) in [
            ("label", self.label),
            ("name", self.name),
            ("fieldPropertyName", self.property),
            ("fieldSubPropertyName", self.sub_property),
            ("fieldType", self.kind),
            ("icon", ""),
            ("msgkey", self.message_key),
            ("description", self.label),
            ("type", self.type_word),
            ("valor", ""),
        ] {
            if key(body, name) {
                out::text(body, value);
            }
        }
        for (name, flag) in [
            ("checked", self.checked),
            ("obrigatory", self.mandatory),
            ("readOnly", self.read_only),
            ("removable", !self.mandatory),
        ] {
            if key(body, name) {
                out::boolean(body, flag);
            }
        }
        body.push(b'}');
    }
}
