//! The tables as a picture: an entity-relationship diagram in Mermaid's words, with key columns and what they point to.

use std::fmt::Write as _;

use favo_connector::schema::{Origin, Rows, Schema, Table};

use super::discover::type_name;

/// The diagram, ending with a line feed.
pub(super) fn diagram(schema: &Schema) -> String {
    let mut text = String::from("erDiagram\n");
    let tables = || schema.streams.iter().flat_map(|stream| &stream.tables);
    for table in tables() {
        let _ = writeln!(text, "    {} {{", table.name);
        for (at, column) in table.columns.iter().enumerate() {
            let mut marks = Vec::new();
            if table.key.contains(&at) {
                marks.push("PK");
            }
            if column.references.is_some() || is_owner(table, at) {
                marks.push("FK");
            }
            // Moments of change are what increments go by: no key, but what people join and filter on.
            if !marks.is_empty() || table.indexed.contains(&at) {
                let line =
                    format!("        {} {} {}", word(type_name(column.kind)), column.name, marks.join(", "));
                let _ = writeln!(text, "{}", line.trim_end());
            }
        }
        text.push_str("    }\n");
    }
    for stream in &schema.streams {
        let Some((main, children)) = stream.tables.split_first() else { continue };
        for child in children {
            let _ = writeln!(
                text,
                "    {} ||--o{{ {} : {}",
                main.name, child.name, child.columns[child.owner].name
            );
        }
    }
    let there = |name: &str| tables().any(|table| table.name == name);
    for table in tables() {
        for (at, column) in table.columns.iter().enumerate() {
            let target = column.references.as_deref().filter(|target| there(target) && !is_owner(table, at));
            if let Some(target) = target {
                let _ = writeln!(text, "    {target} |o--o{{ {} : {}", table.name, column.name);
            }
        }
    }
    text
}

fn is_owner(table: &Table, column: usize) -> bool {
    table.rows != Rows::Records && table.columns[column].origin == Origin::OwnerId
}

/// Types are single words there.
fn word(type_name: &str) -> &str {
    type_name.split('(').next().unwrap_or(type_name)
}

#[cfg(test)]
mod tests {
    use favo_connector::schema::build;
    use favo_connector::settings::{Secret, Settings, SourceKind};

    use super::*;

    fn schema(tables: &[&str]) -> Schema {
        let mut settings = Settings::new(SourceKind::Nectar, "", Secret::default(), "");
        settings.tables = tables.iter().map(|name| (*name).to_owned()).collect();
        build(&settings.selection()).unwrap()
    }

    #[test]
    fn children_hang_on_their_records_and_references_on_their_targets() {
        let text = diagram(&schema(&["contatos", "oportunidades"]));
        assert!(text.starts_with("erDiagram\n"));
        for line in [
            "    nectarcrm_contatos ||--o{ nectarcrm_contatos_enderecos : contato_id\n",
            "    nectarcrm_contatos |o--o{ nectarcrm_oportunidades : cliente_id\n",
            "        bigint id PK\n",
            "        bigint contato_id PK, FK\n",
            "        bigint cliente_id FK\n",
            "        timestamptz dataatualizacao\n",
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
        assert!(!text.contains("razaosocial"), "only what rows are joined by");
        assert_eq!(text.matches(" : contato_id").count(), text.matches("nectarcrm_contatos ||").count());
    }

    #[test]
    fn what_is_not_selected_is_not_pointed_to() {
        let text = diagram(&schema(&["oportunidades"]));
        assert!(!text.contains("nectarcrm_contatos"), "{text}");
        assert!(text.contains("bigint cliente_id FK"), "the column is still there");
    }

    #[test]
    fn every_table_of_the_catalogue_is_drawn_once() {
        let all = schema(&[]);
        let text = diagram(&all);
        for table in all.streams.iter().flat_map(|stream| &stream.tables) {
            assert_eq!(text.matches(&format!("    {} {{\n", table.name)).count(), 1, "{}", table.name);
        }
    }

    /// The picture in the documentation stands between a line with this comment, a fence, and the fence's end.
    const MARK: &str = "<!-- favo sync discover --format mermaid -->";

    #[test]
    fn the_picture_in_the_documentation_is_the_one_the_program_draws() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/connector.md");
        let document = std::fs::read_to_string(path).unwrap_or_default();
        // Until the document has the mark there is nothing to compare.
        let Some((_, after)) = document.split_once(MARK) else { return };
        let drawn = format!("\n```mermaid\n{}```\n", diagram(&schema(&[])));
        assert!(
            after.starts_with(&drawn),
            "the picture in docs/connector.md is out of date: put what `favo sync discover --format mermaid` prints below the mark, in a fence named mermaid"
        );
    }
}
