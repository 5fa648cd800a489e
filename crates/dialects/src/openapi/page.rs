//! The page for people: every dialect with its operations and the fields of its records, in one file without anything
//! from elsewhere.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Document, Operation};

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--accent:#b45309}\
*{box-sizing:border-box}body{margin:0;font:16px/1.5 system-ui,sans-serif}\
header,main{max-width:72rem;margin:auto;padding:1rem}nav a{margin-right:1rem}a{color:var(--accent)}\
h1{margin:.5rem 0}h2{border-bottom:2px solid var(--accent);margin-top:3rem}code{font:14px/1.4 ui-monospace,monospace}\
details{border:1px solid var(--line);border-radius:6px;margin:.4rem 0;padding:.3rem .8rem}summary{cursor:pointer}\
summary code{font-weight:600}.m{display:inline-block;min-width:4.2rem;text-transform:uppercase;color:var(--accent)}\
table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{border-bottom:1px solid var(--line);text-align:left;\
padding:.25rem .6rem;vertical-align:top}pre{background:var(--soft);padding:.8rem;overflow:auto;border-radius:6px}\
input{font:inherit;width:100%;padding:.5rem;margin:1rem 0;border:1px solid var(--line);border-radius:6px}";

/// Hides what does not hold the words that are typed.
const SCRIPT: &str = "\
const box=document.querySelector('input');box.addEventListener('input',()=>{const words=box.value.toLowerCase().split(/\\s+/);\
document.querySelectorAll('details').forEach(d=>{const t=d.textContent.toLowerCase();d.hidden=!words.every(w=>t.includes(w))})})";

/// The page about these dialects.
pub fn page(documents: &[Document]) -> Vec<u8> {
    let mut html = String::with_capacity(256 * 1024);
    html.push_str("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.push_str("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Favo: the interfaces</title>");
    let _ = write!(
        html,
        "<style>{STYLE}</style></head><body><header><h1>Favo</h1><p>One CRM, several interfaces. "
    );
    html.push_str("Each is described here as this server answers it.</p><nav>");
    for document in documents {
        let _ = write!(html, "<a href=\"#{0}\">{1}</a>", document.name, escaped(document.title));
    }
    html.push_str("</nav><input type=\"search\" placeholder=\"Find an operation or a field\" aria-label=\"Find\"></header><main>");
    for document in documents {
        section(&mut html, document);
    }
    let _ = write!(html, "</main><script>{SCRIPT}</script></body></html>");
    html.into_bytes()
}

fn section(html: &mut String, document: &Document) {
    let _ = write!(html, "<section><h2 id=\"{}\">{}</h2>", document.name, escaped(document.title));
    prose(html, document.about);
    let _ = write!(
        html,
        "<p>For programs: <a href=\"/openapi/{0}.json\">/openapi/{0}.json</a> (OpenAPI 3.1)</p>",
        document.name
    );
    for (group, about) in &document.groups {
        let _ = write!(html, "<h3>{}</h3><p>{}</p>", escaped(group), escaped(about));
        for operation in document.operations.iter().filter(|operation| operation.group == *group) {
            self::operation(html, operation);
        }
    }
    html.push_str("<h3>Records</h3>");
    for (name, schema) in &document.schemas {
        let _ = write!(html, "<details><summary><code>{}</code></summary>", escaped(name));
        fields(html, schema);
        html.push_str("</details>");
    }
    html.push_str("</section>");
}

/// Paragraphs, and indented lines as code.
fn prose(html: &mut String, text: &str) {
    for part in text.split("\n\n").filter(|part| !part.trim().is_empty()) {
        if part.lines().all(|line| line.starts_with("    ")) {
            let code: Vec<&str> = part.lines().map(|line| &line[4..]).collect();
            let _ = write!(html, "<pre><code>{}</code></pre>", escaped(&code.join("\n")));
        } else {
            let _ = write!(html, "<p>{}</p>", escaped(part));
        }
    }
}

fn operation(html: &mut String, operation: &Operation) {
    let _ = write!(
        html,
        "<details><summary><code><span class=\"m\">{}</span>{}</code> {}</summary>",
        operation.method,
        escaped(&operation.path),
        escaped(&operation.summary)
    );
    if !operation.parameters.is_empty() {
        html.push_str("<table><tr><th>Parameter</th><th>In</th><th>Form</th><th>Meaning</th></tr>");
        for parameter in &operation.parameters {
            let text = |key: &str| escaped(parameter[key].as_str().unwrap_or_default());
            let _ = write!(
                html,
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>",
                text("name"),
                text("in"),
                escaped(&form(&parameter["schema"])),
                text("description")
            );
        }
        html.push_str("</table>");
    }
    for (media, schema) in &operation.bodies {
        let _ = write!(html, "<p>Body, <code>{}</code>: {}</p>", escaped(media), escaped(&form(schema)));
    }
    html.push_str("<table><tr><th>Status</th><th>Meaning</th><th>Body</th></tr>");
    for answer in &operation.answers {
        let body = answer.body.as_ref().map_or_else(|| "none".to_owned(), |(_, schema)| form(schema));
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            answer.status,
            escaped(answer.about),
            escaped(&body)
        );
    }
    html.push_str("</table></details>");
}

fn fields(html: &mut String, schema: &Value) {
    let Some(properties) = schema["properties"].as_object() else {
        let _ = write!(html, "<p>{}</p>", escaped(&form(schema)));
        return;
    };
    let required = |name: &str| {
        schema["required"].as_array().is_some_and(|required| required.iter().any(|known| known == name))
    };
    html.push_str("<table><tr><th>Field</th><th>Form</th><th></th><th>Meaning</th></tr>");
    for (name, property) in properties {
        let note = match (required(name), property["readOnly"] == true) {
            (_, true) => "read only",
            (true, false) => "always",
            (false, false) => "",
        };
        let _ = write!(
            html,
            "<tr><td><code>{}</code></td><td>{}</td><td>{note}</td><td>{}</td></tr>",
            escaped(name),
            escaped(&form(property)),
            escaped(property["description"].as_str().unwrap_or_default())
        );
    }
    html.push_str("</table>");
}

/// The form of a value in a few words.
fn form(schema: &Value) -> String {
    if let Some(named) = schema["$ref"].as_str() {
        return named.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> =
            words.iter().map(|word| word.as_str().map_or_else(|| word.to_string(), str::to_owned)).collect();
        return words.join(", ");
    }
    for several in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[several].as_array() {
            return choices.iter().map(form).collect::<Vec<_>>().join(" or ");
        }
    }
    let of = |name: &str| match name {
        "array" => format!("list of {}", form(&schema["items"])),
        "string" => match (schema["format"].as_str(), schema["maxLength"].as_u64()) {
            (Some(format), _) => format.to_owned(),
            (None, Some(most)) => format!("text, at most {most}"),
            (None, None) => "text".to_owned(),
        },
        other => other.to_owned(),
    };
    match &schema["type"] {
        Value::String(name) => of(name),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).map(of).collect::<Vec<_>>().join(" or ")
        }
        _ => "any JSON".to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn forms_are_said_in_words_and_nothing_breaks_out_of_the_page() {
        assert_eq!(form(&json!({"type": ["string", "null"], "maxLength": 20})), "text, at most 20 or null");
        assert_eq!(
            form(&json!({"type": "array", "items": {"$ref": "#/components/schemas/Line"}})),
            "list of Line"
        );
        assert_eq!(form(&json!({"oneOf": [{"type": "integer"}, {"type": "null"}]})), "integer or null");
        assert_eq!(form(&json!({"enum": ["A", 1]})), "A, 1");
        assert_eq!(form(&json!({})), "any JSON");
        assert_eq!(escaped("<script>\"&"), "&lt;script&gt;&quot;&amp;");
    }
}
