//! The description of the dialect for programs and people, made from the tables of `entities`.

use serde_json::{Value, json};

use super::dictionary::Kind;
use super::entities::{self, ENTITIES};
use super::table::{Entity, Field, Form, STAMPS};
use super::{BASE, oauth};
use crate::openapi::{Answer, Document, Operation, described, nullable, object, parameter, schema};

const ABOUT: &str = "The Egito REST API. A client gets a token for a user, then calls `/services/restapi/json/{Entity}/{action}` with it.

    curl -X POST 'http://127.0.0.1:7077/oauth/token?grant_type=password&client_id=ID&client_secret=SECRET&username=anna@acme&password=PASSWORD'
    curl -H 'Authorization: Bearer TOKEN' 'http://127.0.0.1:7077/services/restapi/json/Account/list?max=3'

Every action takes JSON, a form, or parameters in the query. A success of a write is `{\"id\":...}`; a failure always has `errors`. An update changes what it names; an empty value clears. Keys that no table knows are kept and answered again.";

const TOKENS: &str = "OAuth2";
const DICTIONARIES: &str = "SelectDictionary";
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// The description.
pub fn describe() -> Document {
    let mut groups = vec![(TOKENS, "Tokens for a user, through a client with credentials of its own.")];
    groups.extend(ENTITIES.iter().map(|entity| (entity.name, about(entity.name))));
    groups.push((DICTIONARIES, "The entries that dictionary fields take."));
    let mut operations = vec![token("post"), token("get")];
    let mut schemas = common();
    for entity in ENTITIES {
        entity_operations(&mut operations, entity);
        schemas.push((entity.name.to_owned(), record(entity)));
    }
    operations.push(dictionary_list());
    let lines = entities::LINE.iter().map(|field| (field.name.to_owned(), shown(field))).collect();
    schemas.push(("Line".to_owned(), object(lines, &[])));
    Document {
        name: "egito",
        title: "Egito REST API",
        version: "1",
        about: ABOUT,
        security: vec![
            ("bearer", json!({"type": "http", "scheme": "bearer"})),
            ("accessToken", json!({"type": "apiKey", "in": "query", "name": "access_token"})),
        ],
        groups,
        operations,
        schemas,
    }
}

fn about(entity: &str) -> &'static str {
    match entity {
        "Account" => "Companies that are customers, prospects, partners or anything but leads.",
        "Contact" => "People, with or without a company, who are no leads.",
        "Lead" => {
            "Who asked and is being qualified. Converting one makes a Contact of it, under the same id."
        }
        "Opportunity" => "Possible sales on their way through a pipeline.",
        "Offer" => "What was offered, version by version.",
        "OfferGroup" => "Labels that offers of one client carry together.",
        "Order" => "What was ordered.",
        "Product" => "What is sold.",
        "Task" => "What is to be done.",
        _ => "Who works here; read only.",
    }
}

/// The schemas that entities share.
fn common() -> Vec<(String, Value)> {
    let text = || json!({"type": "string"});
    let id = || json!({"type": "integer"});
    let named = |name: &str, schema: Value| (name.to_owned(), schema);
    let always = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let fault = object(
        vec![
            named("object", text()),
            named("field", text()),
            named("rejected-value", json!({})),
            named("message", text()),
            named("code", text()),
        ],
        &always(&["object", "message", "code"]),
    );
    let errors = || json!({"type": "array", "items": schema("Fault"), "minItems": 1});
    vec![
        named("Id", object(vec![named("id", id())], &always(&["id"]))),
        named(
            "Entry",
            object(
                vec![named("id", id()), named("name", text()), named("value", text())],
                &always(&["id", "name", "value"]),
            ),
        ),
        named(
            "Reference",
            object(
                vec![named("id", id()), named("name", json!({"type": ["string", "null"]}))],
                &always(&["id", "name"]),
            ),
        ),
        named(
            "TaxId",
            object(vec![named("type", text()), named("value", text())], &always(&["type", "value"])),
        ),
        named("Fault", fault),
        named("Errors", object(vec![named("errors", errors())], &always(&["errors"]))),
        named(
            "Refusal",
            object(
                vec![
                    named("error", text()),
                    named("error_description", text()),
                    named("scope", text()),
                    named("errors", errors()),
                ],
                &always(&["error", "error_description", "errors"]),
            ),
        ),
        named(
            "Token",
            object(
                vec![
                    named("access_token", text()),
                    named("token_type", text()),
                    named("refresh_token", text()),
                    named("expires_in", id()),
                    named("scope", text()),
                ],
                &always(&["access_token", "token_type", "refresh_token", "expires_in", "scope"]),
            ),
        ),
        named(
            "TokenError",
            object(
                vec![named("error", text()), named("error_description", text()), named("scope", text())],
                &always(&["error", "error_description"]),
            ),
        ),
    ]
}

fn token(method: &'static str) -> Operation {
    let text = || json!({"type": "string"});
    let names = [
        ("grant_type", "`password` or `refresh_token`."),
        ("client_id", "Of the client, unless it comes by Basic."),
        ("client_secret", "Of the client, unless it comes by Basic."),
        ("username", "`login@app` or the login alone."),
        ("password", "Of the user."),
        ("refresh_token", "For `refresh_token`."),
        ("scope", "`read`, `write` or both, separated by a blank."),
    ];
    let failure = |status, about| Answer::json_of(status, about, schema("TokenError"));
    let form = object(names.iter().map(|(name, _)| ((*name).to_owned(), text())).collect(), &[]);
    Operation {
        method,
        path: oauth::PATH.to_owned(),
        group: TOKENS,
        id: format!("{method} token"),
        summary: "Gets a token for a user, or a new one for a refresh token.".to_owned(),
        parameters: names.iter().map(|(name, about)| parameter("query", name, about, text())).collect(),
        bodies: if method == "post" { vec![(FORM, form)] } else { Vec::new() },
        answers: vec![
            Answer::json_of(200, "The token.", schema("Token")),
            failure(400, "The grant, the user or the scope is wrong."),
            failure(401, "The client is unknown or its secret wrong."),
            failure(405, "GET is switched off."),
            failure(413, "The body is too large."),
            failure(429, "Too many failures."),
        ],
        open: true,
    }
}

fn operation(
    method: &'static str,
    entity: &'static str,
    action: &str,
    summary: impl Into<String>,
) -> Operation {
    let refusal = |status, about| Answer::json_of(status, about, schema("Refusal"));
    let failure = |status, about| Answer::json_of(status, about, schema("Errors"));
    Operation {
        method,
        path: format!("{BASE}/{entity}/{action}"),
        group: entity,
        id: format!("{entity} {action}"),
        summary: summary.into(),
        parameters: Vec::new(),
        bodies: Vec::new(),
        answers: vec![
            failure(400, "Something in the request is wrong; all of it is told."),
            refusal(401, "No token, or none that is good."),
            refusal(403, "The right or the scope is missing."),
            failure(404, "There is no such record, or the user may not see it."),
            failure(409, "Another record, or the state of this one, forbids it."),
            failure(413, "The body is too large."),
            failure(415, "The content type is none that is read."),
            failure(429, "The token has used up its rate."),
        ],
        open: false,
    }
}

fn answering(mut operation: Operation, about: &'static str, body: Value) -> Operation {
    operation.answers.insert(0, Answer::json_of(200, about, body));
    operation
}

fn id_parameter() -> Value {
    let mut id =
        parameter("query", "id", "The number of the record.", json!({"type": "integer", "minimum": 1}));
    id["required"] = Value::Bool(true);
    id
}

fn entity_operations(operations: &mut Vec<Operation>, entity: &'static Entity) {
    let record = || schema(entity.name);
    if entity.writable {
        let mut create = operation("post", entity.name, "create", "Creates a record.");
        create.bodies = bodies(entity, false);
        operations.push(answering(create, "The number of the new record.", schema("Id")));
    }
    let mut get = operation("get", entity.name, "get", "Answers one record; also `get/{id}`, also by POST.");
    get.parameters.push(id_parameter());
    operations.push(answering(get, "The record.", record()));
    if entity.writable {
        let mut update =
            operation("post", entity.name, "update", "Changes what is named; also `update/{id}`.");
        update.bodies = bodies(entity, true);
        operations.push(answering(update, "The number of the record.", schema("Id")));
        let mut delete =
            operation("post", entity.name, "delete", "Deletes a record; also `delete/{id}`, also by DELETE.");
        delete.parameters.push(id_parameter());
        operations.push(answering(delete, "The number of the record.", schema("Id")));
    }
    let mut list = operation(
        "get",
        entity.name,
        "list",
        "Lists records; `X-Total-Count` is the number of all that match.",
    );
    list.parameters = list_parameters(entity);
    operations.push(answering(list, "The records.", json!({"type": "array", "items": record()})));
}

fn list_parameters(entity: &Entity) -> Vec<Value> {
    let text = || json!({"type": "string"});
    let mut parameters = vec![
        parameter("query", "offset", "Records to skip.", json!({"type": "integer", "minimum": 0})),
        parameter(
            "query",
            "max",
            "Records to answer.",
            json!({"type": "integer", "minimum": 1, "maximum": 500}),
        ),
        parameter("query", "sort", "The field to sort by.", text()),
        parameter("query", "order", "`asc` or `desc`.", json!({"enum": ["asc", "desc"]})),
        parameter("query", "q", "Words that some field contains.", text()),
    ];
    for field in entity.fields.iter().chain(&STAMPS) {
        match field.form {
            Form::Lines | Form::TaxIds | Form::References(_) => {}
            Form::Date | Form::DateTime | Form::Decimal { .. } => {
                for end in ["From", "To"] {
                    let about = if end == "From" { "From here on." } else { "Up to here." };
                    parameters.push(parameter("query", &format!("{}{end}", field.name), about, text()));
                }
            }
            _ => parameters.push(parameter("query", field.name, field.about, text())),
        }
    }
    parameters
}

fn bodies(entity: &Entity, with_id: bool) -> Vec<(&'static str, Value)> {
    let mut properties: Vec<(String, Value)> =
        if with_id { vec![("id".to_owned(), json!({"type": "integer"}))] } else { Vec::new() };
    let writable = entity.fields.iter().filter(|field| !field.read_only);
    properties.extend(writable.clone().map(|field| (field.name.to_owned(), taken(field))));
    properties.push(("customFields".to_owned(), json!({"type": "object"})));
    let required: Vec<String> = if with_id {
        vec!["id".to_owned()]
    } else {
        writable.filter(|field| field.required).map(|field| field.name.to_owned()).collect()
    };
    let body = object(properties, &required);
    vec![(JSON, body.clone()), (FORM, body)]
}

fn dictionary_list() -> Operation {
    let mut list =
        operation("get", DICTIONARIES, "list", "Lists the entries of a dictionary, in the order of display.");
    let names: Vec<&str> = Kind::ALL.into_iter().map(Kind::name).collect();
    let mut of = parameter("query", "type", "Which dictionary.", json!({"enum": names}));
    of["required"] = Value::Bool(true);
    list.parameters = vec![
        of,
        parameter(
            "query",
            "pipeline",
            "Of `opportunityStage`: the stages of this pipeline.",
            json!({"type": "integer"}),
        ),
    ];
    let entry = object(
        ["id", "type", "name", "value"]
            .into_iter()
            .map(|name| (name.to_owned(), json!({"type": if name == "id" { "integer" } else { "string" }})))
            .collect(),
        &[],
    );
    answering(list, "The entries.", json!({"type": "array", "items": entry}))
}

/// What a record shows: every field, then custom fields, then whatever else was kept.
fn record(entity: &Entity) -> Value {
    let fields = entity.fields.iter().chain(&STAMPS);
    let mut properties: Vec<(String, Value)> =
        fields.map(|field| (field.name.to_owned(), shown(field))).collect();
    properties.push(("customFields".to_owned(), json!({"type": "object", "description": "by alias"})));
    object(properties, &["id".to_owned()])
}

fn shown(field: &Field) -> Value {
    let text = || json!({"type": "string"});
    let form = match field.form {
        Form::Text(_) | Form::Nip | Form::Regon | Form::Email | Form::Phone => nullable(text()),
        Form::Integer(..) if field.name == "id" => json!({"type": "integer"}),
        Form::Integer(..) => nullable(json!({"type": "integer"})),
        Form::Decimal { .. } => nullable(json!({"type": "number"})),
        Form::Boolean => json!({"type": "boolean"}),
        Form::Date => nullable(json!({"type": "string", "format": "date"})),
        Form::DateTime => nullable(json!({"type": "string", "format": "date-time"})),
        Form::Dictionary(_) => nullable(schema("Entry")),
        Form::Reference(_) => nullable(schema("Reference")),
        Form::Texts(_) => json!({"type": "array", "items": text()}),
        Form::Lines => json!({"type": "array", "items": schema("Line")}),
        Form::TaxIds => json!({"type": "array", "items": schema("TaxId")}),
        Form::References(_) => json!({"type": "array", "items": schema("Reference")}),
    };
    described(form, field.about, field.read_only)
}

/// What a body may hold; the product reads more than it says here.
fn taken(field: &Field) -> Value {
    let form = match field.form {
        Form::Text(most) => json!({"type": "string", "maxLength": most}),
        Form::Nip => json!({"type": "string", "maxLength": 20}),
        Form::Regon => json!({"type": "string", "maxLength": 14}),
        Form::Integer(from, to) => json!({"type": "integer", "minimum": from, "maximum": to}),
        Form::Decimal { .. } => json!({"type": "number", "minimum": 0}),
        Form::Boolean => json!({"type": "boolean"}),
        Form::Date => json!({"type": "string", "format": "date"}),
        Form::DateTime => json!({"type": "string", "format": "date-time"}),
        Form::Email => json!({"type": "string", "format": "email", "maxLength": 254}),
        Form::Phone => json!({"type": "string", "maxLength": 40}),
        Form::Dictionary(_) => {
            json!({"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "object"}]})
        }
        Form::Reference(_) => json!({"anyOf": [{"type": "integer"}, {"type": "object"}]}),
        Form::Texts(most) => json!({"type": "array", "items": {"type": "string", "maxLength": most}}),
        Form::Lines => json!({"type": "array", "items": schema("Line")}),
        Form::TaxIds | Form::References(_) => json!({"type": "array"}),
    };
    described(form, field.about, field.read_only)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_sound() {
        describe().assert_sound();
    }

    #[test]
    fn every_field_of_every_table_is_described() {
        let document = describe();
        for entity in ENTITIES {
            let (_, schema) =
                document.schemas.iter().find(|(name, _)| name == entity.name).expect("a schema");
            for field in entity.fields {
                assert!(schema["properties"].get(field.name).is_some(), "{}.{}", entity.name, field.name);
                assert!(!field.about.is_empty(), "{}.{}", entity.name, field.name);
            }
        }
    }
}
