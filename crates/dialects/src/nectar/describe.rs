//! The description of the dialect for programs and people, made from its routes and the tables of `spelling`.

use favo_core::catalogue::Definition;
use favo_core::{FieldType, Resource};
use serde_json::{Value, json};

use super::errors::ERROR_JSON;
use super::list;
use super::spelling::{ContactShape, Line, RefShape, Shown, Special, Taken, sheet};
use super::{BASE, CHANGES_PATH};
use crate::openapi::{Answer, Document, Operation, object, parameter, schema};

const ABOUT: &str = "The NectarCRM API, version 1. Every call carries a token, in the header `Access-Token` or the parameter `api_token`.

    curl -H 'Access-Token: TOKEN' 'http://127.0.0.1:7077/crm/api/1/contatos?displayLength=3'

Keys without a value are left out of answers. Lists answer a bare array, a page of `displayLength` rows at a time. A `PUT` changes what it names and leaves the rest. Mistakes are told with 409 and `mensagens`, in Portuguese.";

/// A group of paths: the word in the path, its resource, what it is.
type Group = (&'static str, Resource, &'static str);

const GROUPS: &[Group] = &[
    (
        "contatos",
        Resource::Contact,
        "Leads, suspects, prospects, customers and discarded contacts; people and organisations.",
    ),
    ("oportunidades", Resource::Opportunity, "Possible sales on their way through a sales pipeline."),
    ("qualificacoes", Resource::Qualification, "Leads on their way through a qualification pipeline."),
    ("tarefas", Resource::Task, "Things to do for a contact, calls among them."),
    ("compromissos", Resource::Appointment, "Meetings with a contact."),
    ("pipeline", Resource::Pipeline, "Pipelines with their stages."),
    ("produtos", Resource::Product, "What is sold."),
    ("produtoCategoria", Resource::ProductCategory, "Categories of products."),
    ("produtoSubCategoria", Resource::ProductSubcategory, "Subcategories of products."),
    ("tabelaPreco", Resource::PriceTable, "Prices that replace those of products."),
    ("lista", Resource::Tag, "Tags on contacts and opportunities."),
    ("origem", Resource::Origin, "Where contacts and opportunities came from."),
    ("segmento", Resource::Segment, "Lines of business."),
    ("categoria", Resource::Category, "Categories of contacts."),
    ("compromissos/tipos", Resource::AppointmentType, "Types of appointment."),
    ("ligacao/tipos", Resource::CallType, "Types of call."),
    ("tarefas/tipos", Resource::TaskType, "Types of task."),
    ("usuarios", Resource::User, "Users; deleting one deactivates it."),
    ("equipe", Resource::Team, "Teams."),
    ("customFields", Resource::CustomField, "Fields that the tenant has added."),
    ("propostas", Resource::Proposal, "Versions of offers made for opportunities."),
];

const OTHERS: &str = "others";

/// The description.
pub fn describe() -> Document {
    let mut groups: Vec<(&'static str, &'static str)> =
        GROUPS.iter().map(|(path, _, about)| (*path, *about)).collect();
    groups.push((OTHERS, "What belongs to no resource: the index, metadata, the change feed."));
    let mut operations = Vec::new();
    let mut schemas = vec![
        (
            "Message".to_owned(),
            json!({"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]}),
        ),
        (
            "Reasons".to_owned(),
            json!({"type": "object", "properties": {"mensagens": {"type": "array", "items": {"type": "string"}}}, "required": ["mensagens"]}),
        ),
    ];
    for (path, resource, _) in GROUPS {
        resource_operations(&mut operations, path, *resource);
        schemas.push((name_of(*resource), record(*resource)));
    }
    special_operations(&mut operations);
    Document {
        name: "nectar",
        title: "NectarCRM API",
        version: "1",
        about: ABOUT,
        security: vec![
            ("accessToken", json!({"type": "apiKey", "in": "header", "name": "Access-Token"})),
            ("apiToken", json!({"type": "apiKey", "in": "query", "name": "api_token"})),
        ],
        groups,
        operations,
        schemas,
    }
}

/// The name of a resource's schema: that of its entity in this dialect.
fn name_of(resource: Resource) -> String {
    sheet(resource).map_or(resource.name(), |sheet| sheet.entity).to_owned()
}

fn operation(
    method: &'static str,
    path: String,
    group: &'static str,
    summary: impl Into<String>,
) -> Operation {
    let id = format!("{method} {}", path.strip_prefix(BASE).unwrap_or(&path));
    let mut answers = vec![
        Answer {
            status: 401,
            about: "No valid token.",
            body: Some(("text/plain", json!({"type": "string"}))),
        },
        failure(403, "The user may not do this.", "Message"),
        Answer {
            status: 404,
            about: "There is no such record, or the user may not see it.",
            body: Some((ERROR_MEDIA, schema("Message"))),
        },
        failure(429, "The token has used up its rate.", "Message"),
    ];
    let mut bodies = Vec::new();
    if matches!(method, "post" | "put") {
        bodies.push(("application/json", json!({"type": "object"})));
        answers.push(failure(400, "The body is no JSON object.", "Message"));
        answers.push(failure(409, "The rules refuse it.", "Reasons"));
        answers.push(failure(413, "The body is too large.", "Message"));
    } else if method == "delete" {
        answers.push(failure(409, "The rules refuse it.", "Reasons"));
    }
    Operation {
        method,
        parameters: path_parameters(&path),
        path,
        group,
        id,
        summary: summary.into(),
        bodies,
        answers,
        open: false,
    }
}

/// The media type of errors, without its parameters.
const ERROR_MEDIA: &str = ERROR_JSON;

fn failure(status: u16, about: &'static str, name: &str) -> Answer {
    Answer { status, about, body: Some((ERROR_MEDIA, schema(name))) }
}

fn answering(mut operation: Operation, body: Value) -> Operation {
    operation.answers.insert(0, Answer::json_of(200, "Done.", body));
    operation
}

fn path_parameters(path: &str) -> Vec<Value> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| match name {
            "value" => parameter("path", name, "What is looked for.", json!({"type": "string"})),
            _ => {
                parameter("path", name, "The number of the record.", json!({"type": "integer", "minimum": 1}))
            }
        })
        .collect()
}

fn resource_operations(operations: &mut Vec<Operation>, group: &'static str, resource: Resource) {
    let (base, one) = (format!("{BASE}/{group}"), format!("{BASE}/{group}/{{id}}"));
    let record = || schema(&name_of(resource));
    let mut list = operation("get", base.clone(), group, "Lists a page of records, newest first.");
    list.parameters.extend(list_parameters(resource));
    operations.push(answering(list, json!({"type": "array", "items": record()})));
    operations.push(answering(
        with_body(operation("post", base, group, "Creates a record and answers it."), resource),
        record(),
    ));
    operations.push(answering(operation("get", one.clone(), group, "Answers one record."), record()));
    operations.push(answering(
        with_body(operation("put", one.clone(), group, "Changes a record and answers it."), resource),
        record(),
    ));
    if resource != Resource::Proposal {
        operations.push(answering(
            operation("delete", one, group, "Deletes a record and answers it as it was."),
            record(),
        ));
    }
}

fn with_body(mut operation: Operation, resource: Resource) -> Operation {
    operation.bodies = vec![("application/json", writable(resource))];
    for (name, about) in [
        ("ignorarCamposObrigatorios", "Do not demand required fields."),
        ("ignorarValidacoes", "Do not check duplicates and rules."),
    ] {
        operation.parameters.push(parameter("query", name, about, json!({"type": "boolean"})));
    }
    operation
}

fn list_parameters(resource: Resource) -> Vec<Value> {
    let text = || json!({"type": "string"});
    let mut parameters = vec![
        parameter(
            "query",
            "page",
            "The page, from 1; -1 for the first 200 rows.",
            json!({"type": "integer"}),
        ),
        parameter("query", "displayLength", "Rows of a page, at most 200.", json!({"type": "integer"})),
        parameter("query", "attribute", "Keys to answer, separated by commas.", text()),
    ];
    parameters.extend(list::names(resource).map(|name| parameter("query", name, "Filters.", text())));
    parameters
}

fn special_operations(operations: &mut Vec<Operation>) {
    let any = || json!({});
    let contact = || schema(&name_of(Resource::Contact));
    let mut add = |method: &'static str, path: &str, group: &'static str, summary: &str, body: Value| {
        operations.push(answering(operation(method, format!("{BASE}{path}"), group, summary), body));
    };
    add(
        "post",
        "/contatos/upsert",
        "contatos",
        "Creates a contact, or changes the one with the same document, e-mail or phone.",
        contact(),
    );
    for (group, resource, keys) in [
        ("contatos", Resource::Contact, &["email", "telefone", "cnpj", "cpf"][..]),
        ("oportunidades", Resource::Opportunity, &["email", "telefone", "contatoId"][..]),
        ("qualificacoes", Resource::Qualification, &["email", "telefone", "contatoId"][..]),
    ] {
        for key in keys {
            add(
                "get",
                &format!("/{group}/{key}/{{value}}"),
                group,
                "Lists the records with this value.",
                json!({"type": "array", "items": schema(&name_of(resource))}),
            );
        }
    }
    add(
        "get",
        "/contatos/{id}/proximaAtividade",
        "contatos",
        "Answers the next activity of a contact.",
        any(),
    );
    add(
        "get",
        "/oportunidades/{id}/proximaAtividade",
        "oportunidades",
        "Answers the next activity of an opportunity.",
        any(),
    );
    add("get", "/contatos/statistics/{id}", "contatos", "Counts what belongs to a contact.", any());
    add(
        "get",
        "/oportunidades/statistics/{id}",
        "oportunidades",
        "Counts what belongs to an opportunity.",
        any(),
    );
    add(
        "get",
        "/oportunidades/statistics/pipe/{id}",
        "oportunidades",
        "Counts the opportunities of a pipeline by stage.",
        any(),
    );
    add(
        "get",
        "/oportunidades/statistics/total/{id}",
        "oportunidades",
        "Sums the opportunities of a pipeline.",
        any(),
    );
    add(
        "get",
        "/customFields/fields/{id}",
        "customFields",
        "Lists the fields on the screen of an object.",
        any(),
    );
    add(
        "get",
        "/propostas/opportunity/{id}",
        "propostas",
        "Lists the proposals of an opportunity.",
        json!({"type": "array", "items": schema(&name_of(Resource::Proposal))}),
    );
    add("put", "/tabelaPreco/{id}/add", "tabelaPreco", "Puts a product into a price table.", any());
    add(
        "put",
        "/tabelaPreco/{id}/rem/{product}",
        "tabelaPreco",
        "Takes a product out of a price table.",
        any(),
    );
    add(
        "get",
        "/app/columns/full",
        OTHERS,
        "Lists every object and field with its type.",
        json!({"type": "object"}),
    );
    operations.push(feed());
}

/// The change feed: the one path of Favo's own.
fn feed() -> Operation {
    let mut feed = operation(
        "get",
        CHANGES_PATH.to_owned(),
        OTHERS,
        "Answers what has changed since a mark, deletes included.",
    );
    feed.answers.insert(0, Answer::json_of(200, "A page of changes.", json!({"type": "object"})));
    feed.answers.push(Answer::json_of(400, "A parameter cannot be read.", json!({"type": "object"})));
    feed
}

/// What a record shows.
fn record(resource: Resource) -> Value {
    let Some(sheet) = sheet(resource) else { return json!({"type": "object"}) };
    let properties = sheet.lines.iter().filter_map(|line| {
        let mut shown = shown(resource.definition(), line.shown)?;
        if matches!(line.taken, Taken::Never)
            && let Some(shown) = shown.as_object_mut()
        {
            shown.insert("readOnly".to_owned(), Value::Bool(true));
        }
        Some((line.key.to_owned(), shown))
    });
    // Nothing is always there: `attribute` leaves out whatever it does not name.
    object(properties.collect(), &[])
}

/// What a body may hold; keys that nobody knows are ignored.
fn writable(resource: Resource) -> Value {
    let Some(sheet) = sheet(resource) else { return json!({"type": "object"}) };
    let lines = sheet.lines.iter().filter(|line| !matches!(line.taken, Taken::Never));
    object(lines.map(|line| (line.key.to_owned(), taken(resource.definition(), line))).collect(), &[])
}

fn taken(definition: &Definition, line: &Line) -> Value {
    match line.taken {
        Taken::Own(field) | Taken::Also(field) => match definition.field(field).field_type {
            FieldType::One(_) => json!({"description": "A name, or an object with id, login or name."}),
            FieldType::Many(_) => json!({"type": "array", "items": {}}),
            other => of_type(other),
        },
        Taken::First(_) | Taken::OneMore(_) => json!({"type": "string"}),
        Taken::Rows(..) => json!({"type": "array", "items": {"type": "object"}}),
        Taken::Special(_) | Taken::Never => json!({}),
    }
}

fn shown(definition: &Definition, shown: Shown) -> Option<Value> {
    Some(match shown {
        Shown::Never => return None,
        Shown::Own(field) => of_type(definition.field(field).field_type),
        Shown::NameOf(_) | Shown::FirstOf(_) | Shown::NameOfFirst(_) | Shown::Constant(_) => {
            json!({"type": "string"})
        }
        Shown::Ref(_, shape) => reference(shape),
        Shown::Refs(_, shape) => json!({"type": "array", "items": reference(shape)}),
        Shown::Contact(_, shape) => match shape {
            ContactShape::Ref | ContactShape::Stub | ContactShape::Name => json!({"type": "object"}),
        },
        Shown::Opportunity(_) => json!({"type": "object"}),
        Shown::Rows(..) => json!({"type": "array", "items": {"type": "object"}}),
        Shown::DaysSince(_) => json!({"type": "integer"}),
        Shown::Special(special) => special_form(special),
    })
}

fn special_form(special: Special) -> Value {
    match special {
        Special::Custom => json!({"description": "Custom fields."}),
        Special::People | Special::Employers | Special::Parents => {
            json!({"type": "array", "items": {"type": "object"}})
        }
        _ => json!({}),
    }
}

fn reference(shape: RefShape) -> Value {
    let id = || ("id".to_owned(), json!({"type": "integer"}));
    let text = |name: &str| (name.to_owned(), json!({"type": "string"}));
    object(
        match shape {
            RefShape::Name | RefShape::Lookup | RefShape::TaskType | RefShape::Funnel => {
                vec![id(), text("nome")]
            }
            RefShape::User => vec![id(), text("login"), text("nome"), text("foto")],
            RefShape::Tag => vec![id(), text("nome"), text("cor")],
        },
        &[],
    )
}

fn of_type(field_type: FieldType) -> Value {
    match field_type {
        FieldType::Text { .. } => json!({"type": "string"}),
        FieldType::Int | FieldType::Enum(_) | FieldType::One(_) => json!({"type": "integer"}),
        FieldType::Decimal => json!({"type": "number"}),
        FieldType::Bool => json!({"type": "boolean"}),
        FieldType::Instant | FieldType::Date => json!({"type": "string", "format": "date-time"}),
        FieldType::Many(_) => json!({"type": "array", "items": {"type": "integer"}}),
        FieldType::Texts => json!({"type": "array", "items": {"type": "string"}}),
        FieldType::Items(_) => json!({"type": "array", "items": {"type": "object"}}),
        FieldType::Map | FieldType::Custom => json!({"type": "object"}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_sound() {
        describe().assert_sound();
    }

    #[test]
    fn every_key_of_a_record_is_described() {
        let contact = record(Resource::Contact);
        assert_eq!(contact["properties"]["receitaAnual"]["type"], "number");
        assert_eq!(contact["properties"]["dataCriacao"]["readOnly"], true);
        assert!(contact["properties"].get("queue").is_none(), "it is never shown");
    }
}
