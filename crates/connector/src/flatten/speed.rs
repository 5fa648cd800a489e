//! How fast: contacts as a Favo server sends them, generated, through both passes. Run with
//! `cargo test --release -p favo-connector --lib flatten::speed -- --ignored --nocapture`.

use std::fmt::Write;

use super::{Flattener, Lineage};
use crate::cell::Cell;
use crate::destination::CustomField;
use crate::schema::{Layout, Selection, StreamSchema, build};

pub(super) const LINEAGE: Lineage = Lineage {
    run: 1,
    extracted_at: 1_700_000_000_000_000,
    loaded_at: 1_700_000_001_000_000,
    deleted_at: None,
    parent: None,
};

pub(super) fn schema(stream: &str, layout: Layout) -> StreamSchema {
    let selection = Selection {
        layout,
        table_prefix: "nectarcrm_".to_owned(),
        own_prefix: "_favo_".to_owned(),
        zone: "America/Sao_Paulo".to_owned(),
        tables: vec![stream.to_owned()],
        ..Selection::default()
    };
    build(&selection).unwrap().streams.remove(0)
}

pub(super) fn fields() -> Vec<CustomField> {
    let field = |id, alias: &str, name: &str, kind| CustomField {
        id,
        alias: alias.to_owned(),
        name: name.to_owned(),
        kind,
        entity: "Contato".to_owned(),
    };
    vec![field(210, "porte", "Porte", 5), field(211, "limite_de_credito", "Limite de crédito", 3)]
}

fn contact(id: u32, out: &mut String) {
    let day = id % 28 + 1;
    let _ = write!(
        out,
        r#"{{"id":{id},"nome":"Padaria Aurora {id}","codigo":"AUR-{id}","razaoSocial":"Aurora Pães {id} Ltda","constante":{},"ativo":true,"empresa":true,"isEmpresa":true,"cnpj":"11.222.333/{:04}-44","emails":["contato{id}@aurora.example"],"email":"contato{id}@aurora.example","emailPrincipal":"contato{id}@aurora.example","telefones":["+554899{id:07}","+554833{id:07}"],"telefone":"+554899{id:07}","telefonePrincipal":"+554899{id:07}","observacao":"Prefere entrega cedo{}","origem":"Feira","origemObject":{{"id":9,"nome":"Feira"}},"segmento":"Alimentos","segmentoObject":{{"id":4,"nome":"Alimentos"}},"receitaAnual":{}.5,"sigiloso":false,"responsavel":{{"id":41,"login":"bruna@aurora.example","nome":"Bruna Prado"}},"autor":{{"id":41,"login":"bruna@aurora.example","nome":"Bruna Prado"}},"autorAtualizacao":{{"id":42,"login":"caio@aurora.example","nome":"Caio Reis"}},"#,
        id % 4,
        id % 10_000,
        if id.is_multiple_of(10) { "\\nCuidado com o \\\"cão\\\"" } else { "" },
        id * 7,
    );
    out.push_str("\"contatos\":[");
    for nth in 0..3 {
        let person = id * 10 + nth;
        let comma = if nth > 0 { "," } else { "" };
        let _ = write!(
            out,
            r#"{comma}{{"id":{person},"nome":"Lia Campos {person}","cargo":"Gerente","email":"lia{person}@a.example","emailPrincipal":"lia{person}@a.example","diasSemInteracao":{}}}"#,
            nth + 4
        );
    }
    out.push_str("],\"contatosPai\":[],\"empresasAtuais\":[],\"enderecos\":[");
    for nth in 0..2 {
        let comma = if nth > 0 { "," } else { "" };
        let _ = write!(
            out,
            r#"{comma}{{"id":{},"tipo":"COMERCIAL_MATRIZ","principal":{},"cep":"88010000","logradouro":"Rua das Figueiras","endereco":"Rua das Figueiras","numero":"{}","municipio":"Florianópolis","estado":"Santa Catarina","searchByCep":false}}"#,
            id * 2 + nth,
            nth == 0,
            id % 999
        );
    }
    let _ = write!(
        out,
        r#"],"camposPersonalizados":{{"Porte":"Médio","Limite de crédito":"{}.00"}},"camposPersonalizadosObject":{{"porte":{{"id":{},"valor":"Médio"}},"limite_de_credito":{{"id":{},"valor":"{}.00"}}}},"oportunidades":1,"tarefas":2,"compromissos":0,"qtdeQualificacoes":0,"diasSemInteracao":4,"integradoRD":false,"blocked":false,"dataCriacao":"2026-01-{day:02}T13:05:00.000Z","dataAtualizacao":"2026-03-{day:02}T17:45:10.512Z"}}"#,
        id % 5000,
        id * 2,
        id * 2 + 1,
        id % 5000
    );
}

/// Nanoseconds that this thread was on a processor; waiting for one does not count.
fn busy() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

/// Pages of 200 contacts.
pub(super) fn pages(count: u32) -> Vec<String> {
    (0..count)
        .map(|page| {
            let mut body = String::from("[");
            for id in page * 200 + 1..=page * 200 + 200 {
                if body.len() > 1 {
                    body.push(',');
                }
                contact(id, &mut body);
            }
            body.push(']');
            body
        })
        .collect()
}

#[allow(clippy::cast_precision_loss, reason = "averages for people")]
#[test]
#[ignore = "a measurement, for release builds"]
fn contacts_go_through_in_microseconds() {
    let count = std::env::var("FAVO_SPEED_PAGES").map_or(100, |count| count.parse().unwrap());
    let pages = pages(count);
    let bytes: usize = pages.iter().map(String::len).sum();
    for layout in [Layout::Exact, Layout::Kondado] {
        let mut flattener =
            Flattener::new(&schema("contatos", layout), "America/Sao_Paulo", &fields()).unwrap();
        for round in 0..4 {
            let mut seen = 0;
            let began = busy();
            for _ in 0..5 {
                for body in &pages {
                    let mut records = Vec::with_capacity(200);
                    flattener.records(body, &mut records).unwrap();
                    seen += records.len();
                }
            }
            let finding = busy() - began;
            let mut rows = 0_u64;
            let mut cells = 0_u64;
            let began = busy();
            for _ in 0..5 {
                for body in &pages {
                    let mut records = Vec::with_capacity(200);
                    flattener.records(body, &mut records).unwrap();
                    for record in &records {
                        flattener
                            .rows(record, &LINEAGE, &mut |_, row| {
                                rows += 1;
                                cells += row.iter().filter(|cell| !matches!(cell, Cell::Null)).count() as u64;
                                Ok(())
                            })
                            .unwrap();
                    }
                }
            }
            let both = busy() - began;
            println!(
                "{layout:?} {round}: {} bytes a record; records {} ns, with rows {} ns; {} rows, {} cells a record",
                bytes / (seen / 5),
                finding / seen as u64,
                both / seen as u64,
                rows as f64 / seen as f64,
                cells as f64 / seen as f64,
            );
        }
    }
}
