//! The tables of the stream `propostas`, column by column in the seed's order.

use super::{Table, instant, integer, text};

pub(super) const OPORTUNIDADES_PROPOSTAS: Table = Table {
    name: "oportunidades_propostas",
    title: "Oportunidades: propostas",
    array: None,
    key: &["id"],
    columns: &[
        integer("oportunidade_id", "oportunidade.id", "Opportunity the proposal belongs to")
            .references("oportunidades"),
        integer("id", "id", "Id of the proposal"),
        integer("autor_id", "autor.id", "Author: id"),
        text("autor_login", "autor.login", "Author: login"),
        text("autor_nome", "autor.nome", "Author: name"),
        text("codigo", "codigo", "Code of the generated proposal"),
        text("codigoformatado", "codigoFormatado", "Formatted code of the proposal"),
        instant("datacriacao", "dataCriacao", "Creation date of the proposal"),
        instant("dataproposta", "dataProposta", "Generation date of the proposal"),
        integer("modeloproposta_id", "modeloProposta.id", "Proposal template: id"),
        text("modeloproposta_nome", "modeloProposta.nome", "Proposal template: name"),
        integer("numero", "numero", "Number that identifies the proposal"),
        text("oportunidade_codigo", "oportunidade.codigo", "Opportunity: automatic code"),
        text("oportunidade_nome", "oportunidade.nome", "Opportunity: name"),
        text("publicurl", "publicUrl", "Public address for downloading the proposal"),
        integer(
            "status",
            "status",
            "Status (0 = draft, 1 = in approval, 2 = approved, 3 = rejected, 4 = obsolete)",
        ),
        text("statuslabel", "statusLabel", "Status label"),
        integer("versao", "versao", "Version of the proposal inside the opportunity"),
    ],
};
