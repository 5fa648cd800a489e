//! What people selected of the streams of a protocol, as settings of the run and as what is left out of its messages.

use std::collections::BTreeSet;

use crate::protocol::published::{Choice, Method, Published};
use crate::schema::Schema;
use crate::settings::{Mode, Settings};

/// What was chosen for one stream of the protocol.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Name of the stream.
    pub(super) name: String,
    /// Properties that are left out.
    pub(super) without: BTreeSet<String>,
    /// Whether everything is to be read.
    pub(super) full: bool,
}

/// Applies the choice. `offered` are the streams without any selection, `schema` the tables behind them. Names that are not offered (from a catalog of
/// another time) are passed over and returned. False when nothing is left to read.
///
/// What is left out is excluded from the tables too, and with that it changes their fingerprint: when it is chosen later, the records are read anew and the
/// property is filled for old rows as well.
pub(super) fn apply(
    chosen: &[Chosen],
    offered: &[Published],
    schema: &Schema,
    settings: &mut Settings,
) -> (Choice, Vec<String>, bool) {
    let mut passed_over = Vec::new();
    let mut choice = Choice { tables: Some(BTreeSet::new()), hidden: BTreeSet::new() };
    let mut tables = Vec::new();
    for one in chosen {
        let Some(published) = offered.iter().find(|offered| offered.name == one.name) else {
            passed_over.push(one.name.clone());
            continue;
        };
        if let Some(names) = &mut choice.tables {
            names.insert(one.name.clone());
        }
        let stream = published.stream.name;
        if !tables.iter().any(|name| name == stream) {
            tables.push(stream.to_owned());
        }
        for (property, table, column) in &published.properties {
            let needed = published.key.contains(property) || published.cursor.as_ref() == Some(property);
            if !one.without.contains(property) || needed {
                continue;
            }
            choice.hidden.insert((published.name.clone(), property.clone()));
            exclude(settings, schema, stream, *table, *column);
        }
        if one.full && published.method != Method::FullTable {
            settings.streams.entry(stream.to_owned()).or_default().mode = Some(Mode::Full);
        }
    }
    // Tables of a chosen stream that are offered as streams of their own and were not chosen.
    for published in offered.iter().filter(|one| !choice.sends(&one.name)) {
        if tables.iter().any(|name| name == published.stream.name) {
            exclude(settings, schema, published.stream.name, published.table, None);
        }
    }
    let something = !tables.is_empty();
    settings.tables = tables;
    (choice, passed_over, something)
}

/// Excludes one column, or all of a table, as far as columns can be excluded: those that identify rows, the cursor and our own stay and are left out of the messages.
fn exclude(settings: &mut Settings, schema: &Schema, stream: &str, table: usize, column: Option<usize>) {
    let Some(of) = schema.position(stream).map(|at| &schema.streams[at]) else { return };
    let Some(built) = of.tables.get(table) else { return };
    let needed =
        |at: usize| built.key.contains(&at) || at == built.owner || table == 0 && of.cursor == Some(at);
    let own = |name: &str| name.starts_with(schema.own_prefix.as_str());
    let columns = built.columns.iter().enumerate();
    let names: Vec<String> = columns
        .filter(|(at, one)| column.is_none_or(|column| column == *at) && !own(&one.name) && !needed(*at))
        .map(|(_, one)| format!("{}.{}", built.name, one.name))
        .collect();
    settings.streams.entry(stream.to_owned()).or_default().exclude.extend(names);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::published::{Flavor, published, schema_of};
    use crate::settings::{Children, Secret, SourceKind};

    fn chosen(name: &str, without: &[&str]) -> Chosen {
        Chosen {
            name: name.to_owned(),
            without: without.iter().map(|name| (*name).to_owned()).collect(),
            full: false,
        }
    }

    fn choose(settings: &mut Settings, chosen: &[Chosen]) -> (Choice, Vec<String>, bool) {
        let schema = schema_of(settings).unwrap();
        let offered = published(settings, &schema, &Choice::default(), Flavor::Singer);
        apply(chosen, &offered, &schema, settings)
    }

    #[test]
    fn what_is_left_out_changes_the_fingerprint_and_keys_stay() {
        let whole = Settings::new(SourceKind::Nectar, "", Secret::default(), "singer:");
        for without in ["nome", "enderecos", "contatos_emails", "_favo_extra"] {
            let mut settings = whole.clone();
            let name = "nectarcrm_contatos";
            let (choice, _, something) =
                choose(&mut settings, &[chosen(name, &[without, "id", "dataatualizacao"])]);
            assert!(something);
            assert_eq!(settings.tables, ["contatos"]);
            assert!(!choice.shows(name, without));
            assert!(choice.shows(name, "id") && choice.shows(name, "dataatualizacao"));
            let (before, after) = (schema_of(&whole).unwrap(), schema_of(&settings).unwrap());
            let before = &before.streams[before.position("contatos").unwrap()];
            assert_eq!(
                before.fingerprint == after.streams[0].fingerprint,
                without.starts_with('_'),
                "{without}"
            );
        }
    }

    #[test]
    fn a_child_alone_brings_its_stream_and_nothing_of_it() {
        let mut settings = Settings::new(SourceKind::Nectar, "", Secret::default(), "singer:");
        settings.children = Children::Streams;
        let (choice, passed_over, something) = choose(
            &mut settings,
            &[chosen("nectarcrm_contatos_enderecos", &[]), chosen("nectarcrm_gone", &[])],
        );
        assert!(something);
        assert_eq!(passed_over, ["nectarcrm_gone"]);
        assert!(choice.sends("nectarcrm_contatos_enderecos") && !choice.sends("nectarcrm_contatos"));
        let schema = schema_of(&settings).unwrap();
        assert_eq!(schema.streams.len(), 1);
        assert!(schema.streams[0].tables[0].columns.len() < 12, "only what is always there");
        let sent = published(&settings, &schema, &choice, Flavor::Singer);
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].key, ["contato_id", "_favo_position"]);
    }

    #[test]
    fn nothing_chosen_is_not_everything() {
        let mut settings = Settings::new(SourceKind::Nectar, "", Secret::default(), "singer:");
        let (choice, _, something) = choose(&mut settings, &[]);
        assert!(!something && !choice.sends("nectarcrm_contatos"));
    }
}
