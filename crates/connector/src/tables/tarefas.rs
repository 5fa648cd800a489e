//! The tables of the stream `tarefas`, column by column in the seed's order.

use super::{Table, flag, instant, integer, text};

pub(super) const TAREFAS: Table = Table {
    name: "tarefas",
    title: "Tarefas",
    array: None,
    key: &["id"],
    columns: &[
        integer("id", "id", "Id of the task"),
        integer("checklist_id", "checklist.id", "Checklist: id"),
        text("checklist_nome", "checklist.nome", "Checklist: name"),
        integer("cliente_id", "cliente.id", "Customer: id").references("contatos"),
        flag("cliente_isempresa", "cliente.isEmpresa", "Customer: organisation flag (same as empresa)")
            .or("cliente.empresa"),
        text("cliente_nome", "cliente.nome", "Customer: name"),
        instant("dataatualizacao", "dataAtualizacao", "Date of the last change"),
        instant("datacriacao", "dataCriacao", "Creation date of the task"),
        instant("datalimite", "dataLimite", "Due date of the task"),
        text("descricao", "descricao", "Description of the task"),
        integer("prioridade", "prioridade", "Priority (0 = normal, 1 = high, 2 = highest)"),
        integer("responsavel_id", "responsavel.id", "Owner: id"),
        text("responsavel_login", "responsavel.login", "Owner: login"),
        text("responsavel_nome", "responsavel.nome", "Owner: name"),
        integer("status", "status", "Status (0 = open, 1 = done, 2 = cancelled, 3 = in progress)"),
        flag("tarefatipo_ativo", "tarefaTipo.ativo", "Task type: active flag"),
        integer("tarefatipo_id", "tarefaTipo.id", "Task type: id"),
        integer("tarefatipo_natureza", "tarefaTipo.natureza", "Task type: nature"),
        text("tarefatipo_nome", "tarefaTipo.nome", "Task type: name"),
        integer("tipo", "tipo", "Kind (0 = common, 1 = call, 2 = notification, 3 = e-mail, 4 = appointment)"),
        text("titulo", "titulo", "Title of the task"),
    ],
};
