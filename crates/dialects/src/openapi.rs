//! The description of a dialect: operations and schemas, made from its tables, written as an `OpenAPI` 3.1 document.
//!
//! A dialect builds a [`Document`]; the page for people is made from the same documents, see `page`.

mod page;

use serde_json::{Map, Value, json};

pub use self::page::page;

/// Everything there is to say about one dialect.
#[derive(Debug, Clone)]
pub struct Document {
    /// The word in its address: `/openapi/{name}.json`.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The version of the interface it answers.
    pub version: &'static str,
    /// What it is and how to begin, in Markdown.
    pub about: &'static str,
    /// How a caller shows who they are: name and `OpenAPI` security scheme; any one of them is enough.
    pub security: Vec<(&'static str, Value)>,
    /// The groups of operations, in order.
    pub groups: Vec<(&'static str, &'static str)>,
    /// The operations, in order.
    pub operations: Vec<Operation>,
    /// The named schemas.
    pub schemas: Vec<(String, Value)>,
}

/// One operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// In lower case.
    pub method: &'static str,
    /// With `{name}` for path parameters.
    pub path: String,
    /// One of the groups of its document.
    pub group: &'static str,
    /// A name that no other operation has.
    pub id: String,
    /// One sentence.
    pub summary: String,
    /// Path, query and header parameters, see [`parameter`].
    pub parameters: Vec<Value>,
    /// The bodies it takes: media type and schema.
    pub bodies: Vec<(&'static str, Value)>,
    /// Its answers: status, what it means, schema of the JSON body if there is one.
    pub answers: Vec<Answer>,
    /// Answered to anybody.
    pub open: bool,
}

/// One answer of an operation.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// What it means.
    pub about: &'static str,
    /// The media type and the schema of the body; none for an empty body.
    pub body: Option<(&'static str, Value)>,
}

/// A parameter; `place` is `path`, `query` or `header`.
pub fn parameter(place: &str, name: &str, about: &str, schema: Value) -> Value {
    let mut parameter = json!({ "name": name, "in": place, "description": about });
    parameter["schema"] = schema;
    if place == "path" {
        parameter["required"] = Value::Bool(true);
    }
    parameter
}

/// A reference to a named schema.
pub fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The same schema, or null.
pub fn nullable(schema: Value) -> Value {
    match schema {
        Value::Object(mut schema)
            if schema.get("type").is_some_and(Value::is_string) && !schema.contains_key("enum") =>
        {
            let of = schema.remove("type").unwrap_or_default();
            schema.insert("type".to_owned(), json!([of, "null"]));
            Value::Object(schema)
        }
        other => json!({ "oneOf": [other, { "type": "null" }] }),
    }
}

/// The same schema with what it means, and whether it is answered only.
pub fn described(mut schema: Value, about: &str, read_only: bool) -> Value {
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), about.into());
        if read_only {
            schema.insert("readOnly".to_owned(), Value::Bool(true));
        }
    }
    schema
}

/// An object with these properties, in order; `required` names those that are always there.
pub fn object(properties: Vec<(String, Value)>, required: &[String]) -> Value {
    let mut schema = json!({ "type": "object", "properties": properties.into_iter().collect::<Map<_, _>>() });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

impl Document {
    /// The document as JSON, for a server at this address.
    pub fn json(&self, base_url: &str) -> Vec<u8> {
        let mut paths = Map::new();
        for operation in &self.operations {
            let path = paths.entry(operation.path.clone()).or_insert_with(|| json!({}));
            path[operation.method] = operation.json();
        }
        let schemes: Map<_, _> =
            self.security.iter().map(|(name, scheme)| ((*name).to_owned(), scheme.clone())).collect();
        let document = json!({
            "openapi": "3.1.0",
            "info": { "title": self.title, "version": self.version, "description": self.about },
            "servers": [{ "url": base_url }],
            "security": self.security.iter().map(|(name, _)| json!({ *name: [] })).collect::<Vec<_>>(),
            "tags": self.groups.iter().map(|(name, about)| json!({ "name": name, "description": about })).collect::<Vec<_>>(),
            "paths": paths,
            "components": {
                "securitySchemes": schemes,
                "schemas": self.schemas.iter().cloned().collect::<Map<_, _>>(),
            },
        });
        serde_json::to_vec(&document).unwrap_or_default()
    }
}

impl Operation {
    fn json(&self) -> Value {
        let mut operation = json!({ "operationId": self.id, "tags": [self.group], "summary": self.summary });
        if !self.parameters.is_empty() {
            operation["parameters"] = Value::Array(self.parameters.clone());
        }
        if !self.bodies.is_empty() {
            let content =
                self.bodies.iter().map(|(media, schema)| ((*media).to_owned(), json!({ "schema": schema })));
            operation["requestBody"] = json!({ "content": content.collect::<Map<_, _>>() });
        }
        let answers = self.answers.iter().map(|answer| (answer.status.to_string(), answer.json()));
        operation["responses"] = Value::Object(answers.collect());
        if self.open {
            operation["security"] = json!([]);
        }
        operation
    }
}

impl Answer {
    /// An answer with a JSON body.
    pub fn json_of(status: u16, about: &'static str, schema: Value) -> Self {
        Self { status, about, body: Some(("application/json", schema)) }
    }

    /// An answer without a body.
    pub fn empty(status: u16, about: &'static str) -> Self {
        Self { status, about, body: None }
    }

    fn json(&self) -> Value {
        let mut answer = json!({ "description": self.about });
        if let Some((media, schema)) = &self.body {
            answer["content"] = json!({ *media: { "schema": schema } });
        }
        answer
    }
}

#[cfg(test)]
impl Document {
    /// Every operation has a name of its own and a group, and every reference leads to a schema.
    pub(crate) fn assert_sound(&self) {
        let mut ids = std::collections::HashSet::new();
        for operation in &self.operations {
            assert!(ids.insert(&operation.id), "{}", operation.id);
            assert!(self.groups.iter().any(|(group, _)| *group == operation.group), "{}", operation.group);
        }
        let text = String::from_utf8(self.json("http://127.0.0.1:7077")).expect("UTF-8");
        for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(self.schemas.iter().any(|(known, _)| known == name), "{name}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_that_may_be_null_says_so() {
        assert_eq!(nullable(json!({"type": "string"})), json!({"type": ["string", "null"]}));
        assert_eq!(
            nullable(schema("X")),
            json!({"oneOf": [{"$ref": "#/components/schemas/X"}, {"type": "null"}]})
        );
    }

    #[test]
    fn operations_of_one_path_stand_together() {
        let operation = |method| Operation {
            method,
            path: "/things/{id}".to_owned(),
            group: "things",
            id: format!("{method}-thing"),
            summary: "Does something.".to_owned(),
            parameters: vec![parameter("path", "id", "Which.", json!({"type": "integer"}))],
            bodies: Vec::new(),
            answers: vec![Answer::empty(200, "Done.")],
            open: method == "get",
        };
        let document = Document {
            name: "things",
            title: "Things",
            version: "1",
            about: "",
            security: vec![("token", json!({"type": "http", "scheme": "bearer"}))],
            groups: vec![("things", "All of them.")],
            operations: vec![operation("get"), operation("delete")],
            schemas: Vec::new(),
        };
        let json: Value = serde_json::from_slice(&document.json("http://127.0.0.1:7077")).unwrap();
        assert_eq!(json["paths"]["/things/{id}"]["get"]["security"], json!([]));
        assert_eq!(json["paths"]["/things/{id}"]["delete"]["parameters"][0]["required"], json!(true));
        assert_eq!(json["security"], json!([{"token": []}]));
    }
}
