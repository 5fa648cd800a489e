//! The description of the dialect for programs and people, made from the tables of `entities`.

use serde_json::{Value, json};

use super::entities::ENTITIES;
use super::table::{Actions, Entity, Field, Form};
use crate::openapi::{Answer, Document, Operation, described, nullable, object, parameter, schema};

const ABOUT: &str = "The integration API of TOTVS CRM Gestão de Clientes. A login gives the cookie `JSESSIONID`; every other call carries it.

    curl -c cookies http://127.0.0.1:7077/api/login -d '{\"username\":\"ana@acme.example\",\"password\":\"PASSWORD\",\"tenant\":\"acme\"}'
    curl -b cookies -G http://127.0.0.1:7077/api/v4/customer/customers-integration --data-urlencode 'filter={name->ilike->padaria}'

Filters are groups `{field->operator->value}`, side by side for AND, with `||`, `&&` and parentheses. A POST says with the header `Integration-Action` what it does: create, update (merge), upsert (replace or insert), delete. Status 503 means that the user lacks the right, and nothing else.";

const SESSION: &str = "session";
const GATEWAY: &str = "gateway";
const JSON: &str = "application/json";
/// The version that paths are described with; all behave alike.
const VERSION: &str = "v4";

/// The description.
pub fn describe() -> Document {
    let mut groups =
        vec![(SESSION, "Login and logout."), (GATEWAY, "One path for every resource, named by headers.")];
    groups.extend(ENTITIES.into_iter().map(|entity| (entity.name, about(entity))));
    let mut operations = sessions();
    operations.extend(["get", "post", "delete"].map(gateway));
    let mut schemas = common();
    for entity in ENTITIES {
        entity_operations(&mut operations, entity);
        schemas.push((name_of(entity), record(entity)));
    }
    for (name, form) in ROWS {
        let rows = form.rows().iter().map(|field| (field.name.to_owned(), shown(field))).collect();
        schemas.push((name.to_owned(), object(rows, &[])));
    }
    Document {
        name: "totvs",
        title: "TOTVS CRM Gestão de Clientes, integration API",
        version: "4",
        about: ABOUT,
        security: vec![("session", json!({"type": "apiKey", "in": "cookie", "name": "JSESSIONID"}))],
        groups,
        operations,
        schemas,
    }
}

/// The schemas of rows, by the forms that have them.
const ROWS: [(&str, Form); 9] = [
    ("Document", Form::Documents),
    ("Email", Form::Emails),
    ("Phone", Form::Phones),
    ("Address", Form::Addresses),
    ("DefaultAddress", Form::DefaultAddress),
    ("Item", Form::Items { product_required: true }),
    ("Participant", Form::Participants),
    ("Person", Form::People),
    ("Company", Form::Companies),
];

fn about(entity: &Entity) -> &'static str {
    match (entity.service, entity.actions) {
        (_, Actions::None) => "A supporting list; its ids are for references.",
        (_, Actions::UpdateOnly) => "Who works here; only `code` and `externalId` can be written.",
        ("customer", _) => "Who is sold to, the people there, and who may be sold to one day.",
        ("opportunity", _) => "Possible sales on their way through a pipeline.",
        ("order", _) => "What was ordered.",
        ("activity" | "calendar", _) => "What is to be done, and when people meet.",
        _ => "What is sold, in which units, at which price and how it is paid.",
    }
}

fn name_of(entity: &Entity) -> String {
    format!("{}.{}", entity.service, entity.name)
}

fn common() -> Vec<(String, Value)> {
    let text = || json!({"type": "string"});
    let named = |name: &str, schema: Value| (name.to_owned(), schema);
    let always = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let detail = object(
        vec![
            named("field", text()),
            named("code", text()),
            named("message", text()),
            named("value", json!({})),
        ],
        &always(&["field", "code", "message", "value"]),
    );
    let error = object(
        vec![
            named("code", text()),
            named("message", text()),
            named("detailedMessage", text()),
            named("details", json!({"type": "array", "items": detail})),
        ],
        &always(&["code", "message", "detailedMessage", "details"]),
    );
    vec![
        named("Error", error),
        named("Id", object(vec![named("id", json!({"type": "string", "format": "uuid"}))], &always(&["id"]))),
        named(
            "Reference",
            json!({"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}}, "required": ["id"]}),
        ),
    ]
}

fn failure(status: u16, about: &'static str) -> Answer {
    Answer::json_of(status, about, schema("Error"))
}

fn sessions() -> Vec<Operation> {
    let text = || json!({"type": "string"});
    let names = ["username", "password", "tenant"];
    let body =
        object(names.iter().map(|name| ((*name).to_owned(), text())).collect(), &names.map(str::to_owned));
    let bare = |path: &str, id: &str, summary: &str| Operation {
        method: "post",
        path: path.to_owned(),
        group: SESSION,
        id: id.to_owned(),
        summary: summary.to_owned(),
        parameters: Vec::new(),
        bodies: Vec::new(),
        answers: Vec::new(),
        open: true,
    };
    let login = Operation {
        bodies: vec![(JSON, body)],
        answers: vec![
            Answer::json_of(200, "Signed in; the cookie is `JSESSIONID`.", json!({"type": "object"})),
            failure(400, "The body is no JSON, or lacks a text."),
            failure(401, "The user, the password or the tenant is wrong."),
            failure(413, "The body is too large."),
            failure(429, "Too many failures."),
        ],
        ..bare("/api/login", "login", "Signs a user in.")
    };
    let logout = Operation {
        answers: vec![
            Answer::json_of(
                200,
                "Signed out, whether there was a session or not.",
                json!({"type": "object"}),
            ),
            failure(413, "The body is too large."),
        ],
        ..bare("/api/logout", "logout", "Ends the session.")
    };
    vec![login, logout]
}

fn answers(writes: bool) -> Vec<Answer> {
    let mut answers = vec![
        failure(
            400,
            "The request cannot be read: header, action, filter, parameter, or the form of a value.",
        ),
        failure(401, "No session, or none that lives: log in again."),
        failure(404, "There is no such path or record, or the user may not see it."),
        failure(429, "The session has used up its rate; `Retry-After` says how long to wait."),
        failure(503, "The user lacks the right."),
    ];
    if writes {
        answers.extend([
            failure(409, "Another record, another writer or the state of this one forbids it."),
            failure(413, "The body is too large."),
            failure(422, "The record is not acceptable; every reason is told."),
        ]);
    }
    answers
}

fn header(name: &str, about: &str, schema: Value) -> Value {
    parameter("header", name, about, schema)
}

fn filter_header() -> Value {
    header("Integration-Filter", "The record that is meant, or on GET the rows.", json!({"type": "string"}))
}

fn gateway(method: &'static str) -> Operation {
    let text = || json!({"type": "string"});
    let services: Vec<&str> = {
        let mut services: Vec<&str> = ENTITIES.into_iter().map(|entity| entity.service).collect();
        services.dedup();
        services
    };
    let names: Vec<&str> = ENTITIES.into_iter().map(|entity| entity.name).collect();
    let mut parameters = vec![
        header("Integration-Service", "The service.", json!({"enum": services})),
        header("Integration-Resource", "The resource.", json!({"enum": names})),
        header("Integration-Version", "The version, such as `v4`.", json!({"enum": ["v1", "v4", "v11"]})),
        filter_header(),
    ];
    let mut bodies = Vec::new();
    let mut answers = answers(method != "get");
    answers.insert(0, Answer::json_of(200, "Done.", json!({"type": "object"})));
    match method {
        "get" => parameters.extend(list_parameters(None)),
        "post" => {
            parameters.push(action_header());
            bodies.push((JSON, json!({"type": "object"})));
            answers.insert(1, Answer::json_of(201, "Inserted.", schema("Id")));
        }
        _ => parameters.push(header("Integration-Action", "Not needed.", text())),
    }
    Operation {
        method,
        path: "/api/integration".to_owned(),
        group: GATEWAY,
        id: format!("gateway {method}"),
        summary: match method {
            "get" => "Lists the records of a resource.",
            "post" => "Creates, updates, upserts or deletes a record.",
            _ => "Deletes a record.",
        }
        .to_owned(),
        parameters,
        bodies,
        answers,
        open: false,
    }
}

fn action_header() -> Value {
    header("Integration-Action", "What to do.", json!({"enum": ["create", "update", "upsert", "delete"]}))
}

fn list_parameters(entity: Option<&Entity>) -> Vec<Value> {
    let text = || json!({"type": "string"});
    let mut parameters = vec![
        parameter("query", "filter", "Which rows, in the filter language.", text()),
        parameter("query", "page", "The page, from 1.", json!({"type": "integer", "minimum": 1})),
        parameter(
            "query",
            "pageSize",
            "Rows of a page.",
            json!({"type": "integer", "minimum": 1, "maximum": 1000}),
        ),
        parameter("query", "order", "Up to five fields, `-` for descending.", text()),
        parameter(
            "query",
            "updatedSince",
            "Changed at or after this instant.",
            json!({"type": "string", "format": "date-time"}),
        ),
        parameter("query", "generalSearch", "Words that a name, code, document or e-mail contains.", text()),
        parameter("query", "fields", "Keys to answer, separated by commas.", text()),
    ];
    if entity.is_none_or(|entity| entity.field("active").is_some()) {
        parameters.push(parameter(
            "query",
            "active",
            "Only those that are, or are not.",
            json!({"type": "boolean"}),
        ));
    }
    parameters
}

fn id_parameter() -> Value {
    parameter("path", "id", "The UUID of the record.", json!({"type": "string", "format": "uuid"}))
}

fn entity_operations(operations: &mut Vec<Operation>, entity: &'static Entity) {
    let all = format!("/api/{VERSION}/{}/{}", entity.service, entity.name);
    let one = format!("{all}/{{id}}");
    let record = || schema(&name_of(entity));
    let list = object(
        vec![
            ("items".to_owned(), json!({"type": "array", "items": record()})),
            ("hasNext".to_owned(), json!({"type": "boolean"})),
            ("count".to_owned(), json!({"type": "integer"})),
        ],
        &["items", "hasNext", "count"].map(str::to_owned),
    );
    let mut add = |method: &'static str,
                   path: &str,
                   summary: &str,
                   parameters: Vec<Value>,
                   with_body: bool,
                   done: Vec<Answer>| {
        let mut every = answers(method != "get");
        every.splice(0..0, done);
        operations.push(Operation {
            method,
            path: path.to_owned(),
            group: entity.name,
            id: format!("{method} {}", path.trim_start_matches("/api/")),
            summary: summary.to_owned(),
            parameters,
            bodies: if with_body { vec![(JSON, body(entity))] } else { Vec::new() },
            answers: every,
            open: false,
        });
    };
    let done = |about, schema| vec![Answer::json_of(200, about, schema)];
    add(
        "get",
        &all,
        "Lists a page of records.",
        list_parameters(Some(entity)),
        false,
        done("The page.", list),
    );
    let fields =
        parameter("query", "fields", "Keys to answer, separated by commas.", json!({"type": "string"}));
    add(
        "get",
        &one,
        "Answers one record.",
        vec![id_parameter(), fields],
        false,
        done("The record.", record()),
    );
    if entity.actions == Actions::None {
        return;
    }
    let written = || {
        vec![Answer::json_of(200, "Changed.", schema("Id")), Answer::json_of(201, "Inserted.", schema("Id"))]
    };
    add(
        "post",
        &all,
        "Creates, updates, upserts or deletes a record.",
        vec![action_header(), filter_header()],
        true,
        written(),
    );
    let action = || {
        header(
            "Integration-Action",
            "What to do; merging when absent.",
            json!({"enum": ["update", "upsert"]}),
        )
    };
    add("post", &one, "Changes a record.", vec![id_parameter(), action()], true, written());
    if entity.actions == Actions::All {
        add("delete", &one, "Deletes a record.", vec![id_parameter()], false, done("Deleted.", schema("Id")));
    }
}

/// What a record shows. With `fields` only `id` is always there.
fn record(entity: &Entity) -> Value {
    let mut properties = vec![
        ("id".to_owned(), json!({"type": "string", "format": "uuid", "description": "first key"})),
        (
            "externalId".to_owned(),
            json!({"type": ["string", "null"], "description": "key in the client's own system"}),
        ),
    ];
    properties.extend(entity.fields.iter().map(|field| (field.name.to_owned(), shown(field))));
    for (name, form) in [
        ("customFields", json!({"type": "object", "description": "by alias"})),
        ("version", json!({"type": "integer", "description": "grows with each change"})),
        ("createdAt", json!({"type": ["string", "null"], "readOnly": true})),
        ("updatedAt", json!({"type": ["string", "null"], "readOnly": true})),
    ] {
        properties.push((name.to_owned(), form));
    }
    object(properties, &["id".to_owned()])
}

fn body(entity: &Entity) -> Value {
    let mut properties = vec![
        ("externalId".to_owned(), json!({"type": ["string", "null"], "maxLength": 100})),
        (
            "version".to_owned(),
            json!({"type": ["integer", "null"], "description": "refused when another one is stored"}),
        ),
    ];
    let writable = entity.fields.iter().filter(|field| !field.read_only);
    properties.extend(writable.map(|field| (field.name.to_owned(), taken(field))));
    properties.push(("customFields".to_owned(), json!({"type": "object"})));
    object(properties, &[])
}

fn shown(field: &Field) -> Value {
    let text = || json!({"type": "string"});
    let rows = |form: Form| {
        let name =
            ROWS.iter().find(|(_, other)| std::mem::discriminant(other) == std::mem::discriminant(&form));
        name.map_or_else(|| json!({"type": "object"}), |(name, _)| schema(name))
    };
    let form = match field.form {
        Form::Integer(..) | Form::IntegerText => nullable(json!({"type": "integer"})),
        Form::Decimal(_) | Form::Percent => nullable(json!({"type": "number"})),
        Form::Boolean => json!({"type": "boolean"}),
        Form::Enumeration(words) => enumeration(words),
        Form::Reference(..) | Form::Typed(_) => nullable(schema("Reference")),
        Form::Texts(_) => json!({"type": "array", "items": text()}),
        Form::DefaultAddress => nullable(rows(field.form)),
        list if list.is_list() => json!({"type": "array", "items": rows(list)}),
        _ => nullable(text()),
    };
    described(form, field.about, field.read_only)
}

/// The words, once each, or null.
fn enumeration(words: &[(&str, i64)]) -> Value {
    let mut known: Vec<Value> = Vec::new();
    for (word, _) in words {
        if !known.iter().any(|other| other == word) {
            known.push((*word).into());
        }
    }
    known.push(Value::Null);
    json!({ "enum": known })
}

fn taken(field: &Field) -> Value {
    let mut form = match field.form {
        Form::Text(most) => json!({"type": ["string", "null"], "maxLength": most}),
        Form::Integer(from, to) => json!({"type": ["integer", "null"], "minimum": from, "maximum": to}),
        Form::Decimal(_) => json!({"type": ["number", "null"], "minimum": 0}),
        Form::Percent => json!({"type": ["number", "null"], "minimum": 0, "maximum": 100}),
        Form::Boolean => json!({"type": "boolean"}),
        Form::Date => json!({"type": ["string", "null"], "description": "dd/MM/yyyy"}),
        Form::DateTime => json!({"type": ["string", "null"], "format": "date-time"}),
        Form::Reference(..) | Form::Typed(_) => {
            nullable(json!({"type": "object", "description": "by id, externalId, code or acronym"}))
        }
        list if list.is_list() => json!({"type": "array"}),
        _ => shown(field),
    };
    if let Some(form) = form.as_object_mut() {
        form.entry("description").or_insert_with(|| field.about.into());
    }
    form
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::totvs::entities;

    #[test]
    fn the_description_is_sound() {
        describe().assert_sound();
    }

    #[test]
    fn every_field_of_every_table_is_described_and_references_name_resources() {
        let document = describe();
        for entity in ENTITIES {
            let name = name_of(entity);
            let (_, schema) = document.schemas.iter().find(|(known, _)| *known == name).expect("a schema");
            for field in entity.fields {
                assert!(schema["properties"].get(field.name).is_some(), "{name}.{}", field.name);
                assert!(!field.about.is_empty(), "{name}.{}", field.name);
                if let Form::Reference(_, (service, resource)) = field.form {
                    assert!(entities::named(service, resource).is_some(), "{name}.{}", field.name);
                }
            }
        }
    }
}
