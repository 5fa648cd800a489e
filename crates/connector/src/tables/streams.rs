//! The streams: one for each list of the API that is read, with the tables its records fill.

use super::{
    Table, compromissos, contatos, oportunidades, pipelines, produtos, propostas, qualificacoes, tarefas,
};

/// How the API lets a stream be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// The list honours `dataInicio`/`dataFim` and `dataInicioAtualizacao`/`dataFimAtualizacao`.
    Dated,
    /// The list has no documented date filter: it is read from the first page to the last, every time.
    Whole,
    /// There is no list to rely on; one request for each record of the stream named here.
    PerRecordOf(&'static str),
}

/// One list of the API.
#[derive(Debug)]
pub struct Stream {
    /// Name, as people select it: that of its main table without prefix.
    pub name: &'static str,
    /// Path of the list below the API's base; `{id}` stands for the record asked about.
    pub path: &'static str,
    /// Second spelling of the path, tried when the first answers 404.
    pub alias: Option<&'static str>,
    /// How it can be read.
    pub reading: Reading,
    /// Query parameters of the lists that make up the whole, one after the other, united by id. `""` is the list without any.
    pub variants: &'static [&'static str],
    /// Dotted path of the moment of the last change.
    pub updated: Option<&'static str>,
    /// Column of the main table that holds the moment of the last change.
    pub cursor: Option<&'static str>,
    /// Dotted path of the moment of creation.
    pub created: Option<&'static str>,
    /// What `/camposPersonalizados` calls the entity (`relacionado`), if its records carry custom fields.
    pub custom_fields: Option<&'static str>,
    /// Arrays of plain text that the layout `exact` gives a table of their own: name of the array.
    pub texts: &'static [&'static str],
    /// The tables; the first holds the records.
    pub tables: &'static [Table],
}

impl PartialEq for Stream {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Stream {}

impl Stream {
    /// Where in a record the id of the record of that stream stands to which it belongs.
    pub fn parent_path(&self, parent: &str) -> Option<&'static str> {
        let mut columns = self.main().columns.iter();
        columns.find(|column| column.references == Some(parent)).map(|column| column.path)
    }

    /// The table that holds the records.
    pub fn main(&self) -> &'static Table {
        &self.tables[0]
    }
}

const PLAIN: Stream = Stream {
    name: "",
    path: "",
    alias: None,
    reading: Reading::Whole,
    variants: &[""],
    updated: Some("dataAtualizacao"),
    cursor: Some("dataatualizacao"),
    created: Some("dataCriacao"),
    custom_fields: None,
    texts: &[],
    tables: &[],
};

/// Every stream, in the order in which a run reads them: what others point to comes first.
pub static STREAMS: [Stream; 8] = [
    Stream {
        name: "pipelines",
        path: "pipeline",
        alias: Some("pipelines"),
        variants: &["", "type=0", "type=1"],
        updated: Some("ultimaAtualizacao"),
        cursor: Some("ultimaatualizacao"),
        created: None,
        tables: &[pipelines::PIPELINES, pipelines::PIPELINES_SEQUENCIAS],
        ..PLAIN
    },
    Stream {
        name: "produtos",
        path: "produto",
        alias: Some("produtos"),
        updated: None,
        cursor: None,
        created: None,
        custom_fields: Some("Produto"),
        tables: &[produtos::PRODUTOS, produtos::PRODUTOS_PRODUTOS],
        ..PLAIN
    },
    Stream {
        name: "contatos",
        path: "contatos",
        alias: Some("contacts"),
        reading: Reading::Dated,
        custom_fields: Some("Contato"),
        texts: &["emails", "telefones"],
        tables: &[
            contatos::CONTATOS,
            contatos::CONTATOS_CONTATOS,
            contatos::CONTATOS_ENDERECOS,
            contatos::CONTATOS_CONTATOSPAI,
            contatos::CONTATOS_EMPRESASATUAIS,
        ],
        ..PLAIN
    },
    Stream {
        name: "oportunidades",
        path: "oportunidades",
        reading: Reading::Dated,
        variants: &["", "status=2", "status=3", "status=4", "status=5"],
        custom_fields: Some("Oportunidade"),
        tables: &[oportunidades::OPORTUNIDADES, oportunidades::OPORTUNIDADES_PRODUTOS],
        ..PLAIN
    },
    Stream {
        name: "propostas",
        path: "proposta/opportunity/{id}",
        reading: Reading::PerRecordOf("oportunidades"),
        updated: None,
        cursor: None,
        tables: &[propostas::OPORTUNIDADES_PROPOSTAS],
        ..PLAIN
    },
    Stream {
        name: "qualificacoes",
        path: "qualificacoes",
        reading: Reading::Dated,
        variants: &["", "status=1", "status=2", "status=3", "status=4", "status=5", "status=6"],
        custom_fields: Some("Qualificacao"),
        tables: &[qualificacoes::QUALIFICACOES],
        ..PLAIN
    },
    Stream {
        name: "tarefas",
        path: "tarefas",
        custom_fields: Some("Tarefa"),
        tables: &[tarefas::TAREFAS],
        ..PLAIN
    },
    Stream {
        name: "compromissos",
        path: "compromissos",
        custom_fields: Some("Compromisso"),
        tables: &[compromissos::COMPROMISSOS, compromissos::COMPROMISSOS_PARTICIPANTES],
        ..PLAIN
    },
];

/// The stream of that name.
pub fn stream(name: &str) -> Option<&'static Stream> {
    STREAMS.iter().find(|stream| stream.name == name)
}
