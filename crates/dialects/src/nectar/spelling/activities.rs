//! Spelling of tarefas and compromissos (spec 4.4, 4.5).

use favo_core::Resource;
use favo_core::catalogue::{appointment, meta, participant, task};

use super::{ContactShape, Line, RefShape, Sheet, Shown, Special, Taken, line, own, read, refer, special};

pub(super) static TASK: Sheet = Sheet { resource: Resource::Task, lines: TASK_LINES, entity: "tarefa" };
pub(super) static APPOINTMENT: Sheet =
    Sheet { resource: Resource::Appointment, lines: APPOINTMENT_LINES, entity: "compromisso" };

static TASK_LINES: &[Line] = &[
    read!("id", meta::ID),
    own!("titulo", task::TITLE),
    own!("descricao", task::DESCRIPTION),
    line(
        "cliente",
        Shown::Contact(task::CUSTOMER.position(), ContactShape::Ref),
        Taken::Own(task::CUSTOMER.position()),
    ),
    line(
        "oportunidade",
        Shown::Opportunity(task::OPPORTUNITY.position()),
        Taken::Own(task::OPPORTUNITY.position()),
    ),
    refer!("responsavel", task::OWNER, User),
    refer!("autor", meta::AUTHOR, User),
    line("autorAtualizacao", Shown::Ref(meta::EDITOR.position(), RefShape::User), Taken::Never),
    own!("status", task::STATUS),
    own!("prioridade", task::PRIORITY),
    own!("tipo", task::NATURE),
    refer!("tarefaTipo", task::TYPE, TaskType),
    refer!("checklist", task::CHECKLIST, Name),
    special!(read "modeloTarefa", TaskTemplate),
    line("modeloFormulario", Shown::Ref(task::FORM_TEMPLATE.position(), RefShape::Name), Taken::Never),
    own!("dataLimite", task::DUE_AT),
    own!("dataInicio", task::STARTED_AT),
    own!("dataFim", task::ENDED_AT),
    own!("atendida", task::ANSWERED),
    line(
        "contatoQuemAtendeu",
        Shown::Contact(task::ANSWERED_BY_CONTACT.position(), ContactShape::Name),
        Taken::Own(task::ANSWERED_BY_CONTACT.position()),
    ),
    own!("quemAtendeu", task::ANSWERED_BY),
    own!("telefone", task::PHONE),
    own!("classificacao", task::RATING),
    own!("justificativa", task::NOT_ANSWERED_REASON),
    refer!("tipoLigacao", task::CALL_TYPE, Name),
    own!("resultadoLigacao", task::CALL_OUTCOME),
    special!("camposPersonalizados", Custom),
    special!(read "camposPersonalizadosObject", CustomObject),
    read!("dataCriacao", meta::CREATED_AT),
    read!("dataAtualizacao", meta::UPDATED_AT),
];

static PARTICIPANT: &[Line] = &[
    own!("id", participant::ID),
    special!("nome", ParticipantName),
    special!("email", ParticipantEmail),
    own!("participar", participant::CONFIRMED),
    special!("usuario", ParticipantUser),
    special!("contato", ParticipantContact),
    special!(write "login", ParticipantLogin),
];

static APPOINTMENT_LINES: &[Line] = &[
    read!("id", meta::ID),
    own!("assunto", appointment::SUBJECT),
    own!("descricao", appointment::DESCRIPTION),
    line(
        "cliente",
        Shown::Contact(appointment::CUSTOMER.position(), ContactShape::Ref),
        Taken::Own(appointment::CUSTOMER.position()),
    ),
    line(
        "oportunidade",
        Shown::Opportunity(appointment::OPPORTUNITY.position()),
        Taken::Own(appointment::OPPORTUNITY.position()),
    ),
    refer!("responsavel", appointment::OWNER, User),
    refer!("autor", meta::AUTHOR, User),
    line("autorAtualizacao", Shown::Ref(meta::EDITOR.position(), RefShape::User), Taken::Never),
    own!("status", appointment::STATUS),
    refer!("tipo", appointment::TYPE, Name),
    own!("dataInicio", appointment::STARTS_AT),
    own!("dataFim", appointment::ENDS_AT),
    own!("diaInteiro", appointment::ALL_DAY),
    own!("local", appointment::PLACE),
    own!("endereco", appointment::ADDRESS),
    own!("latitude", appointment::LATITUDE),
    own!("longitude", appointment::LONGITUDE),
    line(
        "participantes",
        Shown::Rows(appointment::PARTICIPANTS.position(), PARTICIPANT),
        Taken::Rows(appointment::PARTICIPANTS.position(), PARTICIPANT),
    ),
    own!("emailsConvidados", appointment::INVITED_EMAILS),
    own!("feedback", appointment::OUTCOME),
    line("autorFeedback", Shown::Ref(appointment::OUTCOME_BY.position(), RefShape::User), Taken::Never),
    read!("dataFeedback", appointment::OUTCOME_AT),
    special!("camposPersonalizados", Custom),
    special!(read "camposPersonalizadosObject", CustomObject),
    read!("dataCriacao", meta::CREATED_AT),
    read!("dataAtualizacao", meta::UPDATED_AT),
];
