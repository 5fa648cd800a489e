//! The tables of the stream `contatos`, column by column in the seed's order.

use super::{Table, decimal, document, flag, instant, integer, text};

pub(super) const CONTATOS: Table = Table {
    name: "contatos",
    title: "Contatos",
    array: None,
    key: &["id"],
    columns: &[
        integer("id", "id", "Id of the contact"),
        flag("ativo", "ativo", "Active in the system"),
        integer("autor_id", "autor.id", "Author: id"),
        text("autor_login", "autor.login", "Author: login"),
        text("autor_nome", "autor.nome", "Author: name"),
        integer("autoratualizacao_id", "autorAtualizacao.id", "Author of the last change: id"),
        text("autoratualizacao_login", "autorAtualizacao.login", "Author of the last change: login"),
        text("autoratualizacao_nome", "autorAtualizacao.nome", "Author of the last change: name"),
        flag("blocked", "blocked", "Blocked contact"),
        text("categoria", "categoria", "Category name of the contact"),
        flag("categoriaobject_ativo", "categoriaObject.ativo", "Category: active flag"),
        integer("categoriaobject_id", "categoriaObject.id", "Category: id"),
        text("categoriaobject_nome", "categoriaObject.nome", "Category: name"),
        text("cnpj", "cnpj", "CNPJ of the contact"),
        integer("compromissos", "compromissos", "Number of pending appointments"),
        integer(
            "constante",
            "constante",
            "Section (0 = customer, 1 = prospect, 2 = suspect, 3 = lead, 5 = discarded)",
        ),
        document(
            "contatopai_cnpj",
            "contatoPai.cnpj",
            "CNPJ of the parent account, digits only (numeric in the seed)",
        )
        .or("contaPai.cnpj"),
        integer(
            "contatopai_diasseminteracao",
            "contatoPai.diasSemInteracao",
            "Parent account: days without interaction",
        )
        .or("contaPai.diasSemInteracao"),
        text("contatopai_email", "contatoPai.email", "Parent account: first e-mail").or("contaPai.email"),
        text("contatopai_emailprincipal", "contatoPai.emailPrincipal", "Parent account: first e-mail")
            .or("contaPai.emailPrincipal"),
        text(
            "contatopai_emails",
            "contatoPai.emails",
            "E-mails of the parent account, stored as a JSON array",
        )
        .or("contaPai.emails"),
        flag("contatopai_empresa", "contatoPai.empresa", "Parent account: organisation flag")
            .or("contaPai.empresa"),
        integer("contatopai_id", "contatoPai.id", "Parent account: id").or("contaPai.id"),
        flag(
            "contatopai_isempresa",
            "contatoPai.isEmpresa",
            "Parent account: organisation flag (same as empresa)",
        )
        .or("contaPai.isEmpresa"),
        text("contatopai_nome", "contatoPai.nome", "Parent account: name").or("contaPai.nome"),
        text("contatopai_razaosocial", "contatoPai.razaoSocial", "Parent account: legal name")
            .or("contaPai.razaoSocial"),
        text(
            "contatopai_telefones",
            "contatoPai.telefones",
            "Phones of the parent account, stored as a JSON array",
        )
        .or("contaPai.telefones"),
        instant("dataatualizacao", "dataAtualizacao", "Date of the last change"),
        instant("datacriacao", "dataCriacao", "Creation date of the contact"),
        integer("diasseminteracao", "diasSemInteracao", "Days without interaction"),
        text("email", "email", "First e-mail").or("emailPrincipal"),
        text("emailprincipal", "emailPrincipal", "Main e-mail").or("email"),
        text("emails", "emails", "All e-mails, stored as a JSON array"),
        flag("empresa", "empresa", "Organisation (true) or person (false)").or("isEmpresa"),
        document(
            "empresaatual_cnpj",
            "empresaAtual.cnpj",
            "CNPJ of the current organisation, digits only (numeric in the seed)",
        ),
        integer(
            "empresaatual_diasseminteracao",
            "empresaAtual.diasSemInteracao",
            "Current organisation: days without interaction",
        ),
        text("empresaatual_email", "empresaAtual.email", "Current organisation: first e-mail"),
        text(
            "empresaatual_emailprincipal",
            "empresaAtual.emailPrincipal",
            "Current organisation: first e-mail",
        ),
        text(
            "empresaatual_emails",
            "empresaAtual.emails",
            "E-mails of the current organisation, stored as a JSON array",
        ),
        flag("empresaatual_empresa", "empresaAtual.empresa", "Current organisation: organisation flag")
            .or("empresaAtual.isEmpresa"),
        integer("empresaatual_id", "empresaAtual.id", "Current organisation: id"),
        flag(
            "empresaatual_isempresa",
            "empresaAtual.isEmpresa",
            "Current organisation: organisation flag (same as empresa)",
        )
        .or("empresaAtual.empresa"),
        text("empresaatual_nome", "empresaAtual.nome", "Current organisation: name"),
        text("empresaatual_razaosocial", "empresaAtual.razaoSocial", "Current organisation: legal name"),
        text(
            "empresaatual_telefones",
            "empresaAtual.telefones",
            "Phones of the current organisation, stored as a JSON array",
        ),
        text("facebook", "facebook", "Facebook"),
        text("indicadopor", "indicadoPor", "Who referred the contact"),
        flag("integradord", "integradoRD", "Came from the RD Station integration"),
        flag("isempresa", "isEmpresa", "Organisation flag (same as empresa)").or("empresa"),
        text("linkedin", "linkedin", "LinkedIn"),
        text("nome", "nome", "Name of the contact"),
        text("observacao", "observacao", "Notes"),
        integer("oportunidades", "oportunidades", "Number of pending opportunities"),
        text("origem", "origem", "Origin name of the contact (created when missing)"),
        integer("origemobject_id", "origemObject.id", "Origin: id"),
        text("origemobject_nome", "origemObject.nome", "Origin: name"),
        integer("qtdequalificacoes", "qtdeQualificacoes", "Number of qualifications"),
        text("razaosocial", "razaoSocial", "Legal name"),
        decimal("receitaanual", "receitaAnual", "Expected yearly revenue"),
        integer("responsavel_id", "responsavel.id", "Owner: id"),
        text("responsavel_login", "responsavel.login", "Owner: login"),
        text("responsavel_nome", "responsavel.nome", "Owner: name"),
        text("segmento", "segmento", "Segment name of the contact (created when missing)"),
        integer("segmentoobject_id", "segmentoObject.id", "Segment: id"),
        text("segmentoobject_nome", "segmentoObject.nome", "Segment: name"),
        text("site", "site", "Web site"),
        text("skype", "skype", "Skype"),
        integer("tarefas", "tarefas", "Number of pending tasks"),
        text("telefones", "telefones", "All phones, stored as a JSON array"),
        integer("tipoentidade_id", "tipoEntidade.id", "Entity type: id"),
        text("tipoentidade_nome", "tipoEntidade.nome", "Entity type: name"),
        text("twitter", "twitter", "Twitter"),
    ],
};

pub(super) const CONTATOS_CONTATOS: Table = Table {
    name: "contatos_contatos",
    title: "nectarcrm_contatos_contatos",
    array: Some("contatos"),
    key: &["contato_id", "contatos_id"],
    columns: &[
        integer("contato_id", "^id", "Contact the row belongs to").references("contatos"),
        text("contatos_cargo", "cargo", "Job title"),
        integer("contatos_diasseminteracao", "diasSemInteracao", "Days without interaction"),
        text("contatos_email", "email", "First e-mail"),
        text("contatos_emailprincipal", "emailPrincipal", "First e-mail"),
        integer("contatos_id", "id", "Id of the person"),
        text("contatos_nome", "nome", "Name"),
    ],
};

pub(super) const CONTATOS_ENDERECOS: Table = Table {
    name: "contatos_enderecos",
    title: "nectarcrm_contatos_enderecos",
    array: Some("enderecos"),
    key: &["contato_id", "enderecos_id"],
    columns: &[
        integer("contato_id", "^id", "Contact the row belongs to").references("contatos"),
        text("enderecos_cep", "cep", "Postal code"),
        text("enderecos_complemento", "complemento", "Complement"),
        text("enderecos_endereco", "endereco", "Street line").or("logradouro"),
        integer("enderecos_id", "id", "Id of the address"),
        text("enderecos_numero", "numero", "Number"),
        flag("enderecos_principal", "principal", "Main address"),
        flag("enderecos_searchbycep", "searchByCep", "Address was filled from the postal code"),
        text("enderecos_tipo", "tipo", "Address kind (name such as RESIDENCIAL)"),
    ],
};

pub(super) const CONTATOS_CONTATOSPAI: Table = Table {
    name: "contatos_contatospai",
    title: "nectarcrm_contatos_contatospai",
    array: Some("contatosPai"),
    key: &["contato_id", "contatospai_contato_id", "contatospai_empresa_id"],
    columns: &[
        integer("contato_id", "^id", "Contact the row belongs to").references("contatos"),
        integer("contatospai_contato_id", "contato.id", "Person: id"),
        instant("contatospai_dataatualizacao", "dataAtualizacao", "Date of the last change of the link"),
        integer("contatospai_empresa_id", "empresa.id", "Organisation: id"),
        flag("contatospai_empresaprincipal", "empresaPrincipal", "The main link of the person"),
    ],
};

pub(super) const CONTATOS_EMPRESASATUAIS: Table = Table {
    name: "contatos_empresasatuais",
    title: "nectarcrm_contatos_empresasatuais",
    array: Some("empresasAtuais"),
    key: &["contato_id", "empresasatuais_contato_id", "empresasatuais_empresa_id"],
    columns: &[
        integer("contato_id", "^id", "Contact the row belongs to").references("contatos"),
        integer("empresasatuais_contato_id", "contato.id", "Person: id"),
        instant("empresasatuais_dataatualizacao", "dataAtualizacao", "Date of the last change of the link"),
        integer("empresasatuais_empresa_id", "empresa.id", "Organisation: id"),
        flag("empresasatuais_empresaprincipal", "empresaPrincipal", "The main link of the person"),
    ],
};
