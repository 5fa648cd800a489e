//! The tables of the stream `pipelines`, column by column in the seed's order.

use super::{Table, flag, instant, integer, text};

pub(super) const PIPELINES: Table = Table {
    name: "pipelines",
    title: "Pipelines (Funis de venda)",
    array: None,
    key: &["id"],
    columns: &[
        integer("id", "id", "Id of the funnel"),
        flag("ativo", "ativo", "Funnel is active"),
        integer("cascataciclovida", "cascataCicloVida", "Life-cycle cascade (opaque integer)"),
        flag("iniciarqualqueretapa", "iniciarQualquerEtapa", "May start at any stage"),
        integer("modelovenda", "modeloVenda", "Sales model (0 = B2B, 1 = B2C)"),
        text("moeda", "moeda", "Currency of the funnel"),
        flag("motivodescarteobrigatorio", "motivoDescarteObrigatorio", "A reason is mandatory on discarding"),
        flag(
            "motivoganhoperdaobrigatorio",
            "motivoGanhoPerdaObrigatorio",
            "A reason is mandatory on winning and losing",
        ),
        text("nome", "nome", "Name of the funnel"),
        flag("padrao", "padrao", "Default funnel of the system"),
        flag("permitepularetapa", "permitePularEtapa", "Stages may be skipped"),
        flag("permiteretornoetapa", "permiteRetornoEtapa", "May go back"),
        flag("permitetarefasavulsas", "permiteTarefasAvulsas", "Tasks outside the workflow are allowed"),
        flag(
            "permitirrecorrenciavariavel",
            "permitirRecorrenciaVariavel",
            "The recurrence of a product may be changed on the line",
        ),
        flag(
            "propostaobrigatoria",
            "propostaObrigatoria",
            "A proposal is mandatory at the stage marked gerarProposta",
        ),
        flag("showcustomcard", "showCustomCard", "Screen option"),
        integer("tipo", "tipo", "Kind (0 = sales, 1 = qualification)"),
        integer(
            "tiporecorrenciavalorfunil",
            "tipoRecorrenciaValorFunil",
            "Recurrence kind of the funnel value (opaque integer)",
        ),
        instant("ultimaatualizacao", "ultimaAtualizacao", "Date of the last change"),
    ],
};

pub(super) const PIPELINES_SEQUENCIAS: Table = Table {
    name: "pipelines_sequencias",
    title: "nectarcrm_pipelines_sequencias",
    array: Some("sequencias"),
    key: &["pipeline_id", "sequencias_id"],
    columns: &[
        integer("pipeline_id", "^id", "Funnel the row belongs to").references("pipelines"),
        flag("sequencias_gerarproposta", "gerarProposta", "Stage where a proposal is generated"),
        integer("sequencias_id", "id", "Id of the stage"),
        text("sequencias_nome", "nome", "Name of the stage"),
        integer("sequencias_prazo", "prazo", "Expected days in the stage"),
        flag(
            "sequencias_produtoobrigatorio",
            "produtoObrigatorio",
            "Stage demands at least one product line",
        ),
        integer("sequencias_sequencia", "sequencia", "Number of the stage"),
    ],
};
