//! Spelling of the administrative tables (spec 4.11 to 4.18).

use favo_core::Resource;
use favo_core::catalogue::{
    appointment_type, call_type, category, custom_field, meta, origin, segment, tag, task_type, team, user,
};

use super::{Line, RefShape, Sheet, Shown, Special, Taken, line, own, read, special};

pub(super) static TAG: Sheet = Sheet { resource: Resource::Tag, lines: TAG_LINES, entity: "lista" };
pub(super) static ORIGIN: Sheet = Sheet { resource: Resource::Origin, lines: ORIGIN_LINES, entity: "origem" };
pub(super) static SEGMENT: Sheet =
    Sheet { resource: Resource::Segment, lines: SEGMENT_LINES, entity: "segmento" };
pub(super) static CATEGORY: Sheet =
    Sheet { resource: Resource::Category, lines: CATEGORY_LINES, entity: "categoria" };
pub(super) static APPOINTMENT_TYPE: Sheet =
    Sheet { resource: Resource::AppointmentType, lines: APPOINTMENT_TYPE_LINES, entity: "compromissoTipo" };
pub(super) static CALL_TYPE: Sheet =
    Sheet { resource: Resource::CallType, lines: CALL_TYPE_LINES, entity: "ligacaoTipo" };
pub(super) static TASK_TYPE: Sheet =
    Sheet { resource: Resource::TaskType, lines: TASK_TYPE_LINES, entity: "tarefaTipo" };
pub(super) static USER: Sheet = Sheet { resource: Resource::User, lines: USER_LINES, entity: "usuario" };
pub(super) static TEAM: Sheet = Sheet { resource: Resource::Team, lines: TEAM_LINES, entity: "equipe" };
pub(super) static CUSTOM_FIELD: Sheet =
    Sheet { resource: Resource::CustomField, lines: CUSTOM_FIELD_LINES, entity: "campoPersonalizado" };

static TAG_LINES: &[Line] = &[
    read!("id", meta::ID),
    own!("nome", tag::NAME),
    own!("cor", tag::COLOUR),
    own!("ativo", tag::ACTIVE),
    own!("descricao", tag::DESCRIPTION),
    own!("relacionada", tag::USED_ON),
    special!(read "podeIncluir", MayPut),
    special!(read "podeVisualizar", MayFilter),
    line("autor", Shown::Ref(meta::AUTHOR.position(), RefShape::User), Taken::Never),
    read!("dataCriacao", meta::CREATED_AT),
];

macro_rules! plain {
    ($name:ident, $module:ident) => {
        static $name: &[Line] = &[
            read!("id", meta::ID),
            own!("nome", $module::NAME),
            own!("ativo", $module::ACTIVE),
            own!("descricao", $module::DESCRIPTION),
        ];
    };
}
plain!(ORIGIN_LINES, origin);
plain!(SEGMENT_LINES, segment);
plain!(APPOINTMENT_TYPE_LINES, appointment_type);
plain!(CALL_TYPE_LINES, call_type);

static CATEGORY_LINES: &[Line] = &[
    read!("id", meta::ID),
    own!("nome", category::NAME),
    own!("ativo", category::ACTIVE),
    own!("descricao", category::DESCRIPTION),
    own!("isCliente", category::FOR_CUSTOMERS),
    own!("isProspect", category::FOR_PROSPECTS),
    own!("isSuspect", category::FOR_SUSPECTS),
    own!("isLead", category::FOR_LEADS),
    own!("isDescarte", category::FOR_DISCARDED),
];

static TASK_TYPE_LINES: &[Line] = &[
    read!("id", meta::ID),
    own!("nome", task_type::NAME),
    own!("ativo", task_type::ACTIVE),
    own!("descricao", task_type::DESCRIPTION),
    own!("natureza", task_type::NATURE),
];

static USER_LINES: &[Line] = &[
    read!("id", meta::ID),
    own!("login", user::LOGIN),
    own!("nome", user::NAME),
    own!("email", user::EMAIL),
    own!("ativo", user::ACTIVE),
    read!("foto", user::PHOTO),
    special!(read "usuarioMasterId", TenantId),
    read!("dataCriacao", meta::CREATED_AT),
    read!("dataAtualizacao", meta::UPDATED_AT),
];

static TEAM_LINES: &[Line] = &[
    read!("id", meta::ID),
    own!("nome", team::NAME),
    own!("ativo", team::ACTIVE),
    own!("descricao", team::DESCRIPTION),
    own!("padrao", team::DEFAULT),
];

static CUSTOM_FIELD_LINES: &[Line] = &[
    read!("id", meta::ID),
    own!("nome", custom_field::LABEL),
    read!("alias", custom_field::ALIAS),
    own!("tipo", custom_field::TYPE),
    special!("relacionado", Extends),
    own!("obrigatorio", custom_field::REQUIRED),
    own!("opcoes", custom_field::OPTIONS),
    special!(read "opcoesPersonalizadas", EmptyArray),
    own!("sequencia", custom_field::POSITION),
    line(
        "secao",
        Shown::Ref(custom_field::SECTION.position(), RefShape::Lookup),
        Taken::Own(custom_field::SECTION.position()),
    ),
    own!("mostrarFiltro", custom_field::IN_FILTER),
    own!("escondido", custom_field::HIDDEN),
    own!("ativo", custom_field::ACTIVE),
];
