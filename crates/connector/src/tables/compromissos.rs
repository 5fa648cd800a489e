//! The tables of the stream `compromissos`, column by column in the seed's order.

use super::{Table, decimal, flag, instant, integer, text};

pub(super) const COMPROMISSOS: Table = Table {
    name: "compromissos",
    title: "Compromissos",
    array: None,
    key: &["id"],
    columns: &[
        integer("id", "id", "Id of the appointment"),
        text("assunto", "assunto", "Subject of the appointment"),
        integer("autor_id", "autor.id", "Author: id"),
        text("autor_login", "autor.login", "Author: login"),
        text("autor_nome", "autor.nome", "Author: name"),
        integer("autoratualizacao_id", "autorAtualizacao.id", "Author of the last change: id"),
        text("autoratualizacao_login", "autorAtualizacao.login", "Author of the last change: login"),
        text("autoratualizacao_nome", "autorAtualizacao.nome", "Author of the last change: name"),
        text("cliente_cnpj", "cliente.cnpj", "Customer: CNPJ"),
        integer("cliente_diasseminteracao", "cliente.diasSemInteracao", "Customer: days without interaction"),
        text("cliente_email", "cliente.email", "Customer: first e-mail"),
        text("cliente_emailprincipal", "cliente.emailPrincipal", "Customer: first e-mail"),
        flag("cliente_empresa", "cliente.empresa", "Customer: organisation flag").or("cliente.isEmpresa"),
        integer("cliente_id", "cliente.id", "Customer: id").references("contatos"),
        flag("cliente_isempresa", "cliente.isEmpresa", "Customer: organisation flag (same as empresa)")
            .or("cliente.empresa"),
        text("cliente_nome", "cliente.nome", "Customer: name"),
        text("cliente_razaosocial", "cliente.razaoSocial", "Customer: legal name"),
        text("cliente_telefone", "cliente.telefone", "Customer: first phone"),
        text("cliente_telefoneprincipal", "cliente.telefonePrincipal", "Customer: first phone"),
        instant("dataatualizacao", "dataAtualizacao", "Date of the last change"),
        instant("datacriacao", "dataCriacao", "Creation date of the appointment"),
        instant("datafim", "dataFim", "End of the appointment"),
        instant("datainicio", "dataInicio", "Start of the appointment"),
        text("descricao", "descricao", "Description of the appointment"),
        flag("diainteiro", "diaInteiro", "Lasts the whole day"),
        text("endereco", "endereco", "Address of the appointment"),
        integer(
            "oportunidade_diasestagnacaonaetapa",
            "oportunidade.diasEstagnacaoNaEtapa",
            "Opportunity: days in the current stage",
        ),
        integer(
            "oportunidade_diasseminteracao",
            "oportunidade.diasSemInteracao",
            "Opportunity: days without interaction",
        ),
        text(
            "oportunidade_funilvenda",
            "oportunidade.funilVenda",
            "Funnel of the opportunity stub, stored as JSON text (normally {})",
        ),
        integer(
            "oportunidade_quantidadeprodutos",
            "oportunidade.quantidadeProdutos",
            "Opportunity: number of product lines",
        ),
        text(
            "oportunidade_temperatura",
            "oportunidade.temperatura",
            "Temperature in the opportunity stub (normally empty)",
        ),
        decimal(
            "oportunidade_valortotaldescontos",
            "oportunidade.valorTotalDescontos",
            "Total of the discounts in the opportunity stub (normally 0)",
        ),
        integer("responsavel_id", "responsavel.id", "Owner: id"),
        text("responsavel_login", "responsavel.login", "Owner: login"),
        text("responsavel_nome", "responsavel.nome", "Owner: name"),
        integer(
            "status",
            "status",
            "Status (0 = open, 1 = held, 2 = cancelled; the seed repeats the task labels here)",
        ),
    ],
};

pub(super) const COMPROMISSOS_PARTICIPANTES: Table = Table {
    name: "compromissos_participantes",
    title: "nectarcrm_compromissos_participantes",
    array: Some("participantes"),
    key: &["compromisso_id", "participantes_id"],
    columns: &[
        integer("compromisso_id", "^id", "Appointment the row belongs to").references("compromissos"),
        text("participantes_email", "email", "E-mail"),
        integer("participantes_id", "id", "Id of the participant"),
        text("participantes_nome", "nome", "Name of the contact or user"),
        flag("participantes_participar", "participar", "Participation confirmed"),
        flag("participantes_usuario_ativo", "usuario.ativo", "User: active flag"),
        integer("participantes_usuario_id", "usuario.id", "User: id"),
        text("participantes_usuario_login", "usuario.login", "User: login"),
        text("participantes_usuario_nome", "usuario.nome", "User: name"),
    ],
};
