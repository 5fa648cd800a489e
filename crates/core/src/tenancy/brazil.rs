//! What a new tenant in Brazil starts with.

use super::furniture::{Furniture, StandardPipeline, stage};
use crate::catalogue::Resource;

/// Types of task, one for each nature.
pub(super) const TASK_TYPES: [(i64, (&str, &str)); 5] = [
    (0, ("Tarefa", "TASK")),
    (1, ("Ligação", "CALL")),
    (2, ("Notificação", "NOTIFICATION")),
    (3, ("E-mail", "EMAIL")),
    (4, ("Compromisso", "MEETING")),
];

pub(super) const FURNITURE: Furniture = Furniture {
    team: "Equipe comercial",
    currency: None,
    task_types: &TASK_TYPES,
    lists: &[
        (
            Resource::AppointmentType,
            &[("Reunião", ""), ("Visita", ""), ("Apresentação", ""), ("Videoconferência", "")],
        ),
        (
            Resource::CallType,
            &[("Prospecção", "PROSPECTING"), ("Acompanhamento", "FOLLOW_UP"), ("Pós-venda", "AFTER_SALES")],
        ),
        (
            Resource::Origin,
            &[
                ("Site", "WEB_FORM"),
                ("Indicação", "REFERRAL"),
                ("Evento", "EVENT"),
                ("Telefone", "PHONE"),
                ("Redes sociais", "SOCIAL_MEDIA"),
            ],
        ),
        (
            Resource::Segment,
            &[
                ("Comércio", "RETAIL"),
                ("Indústria", "MANUFACTURING"),
                ("Serviços", "BUSINESS_SERVICES"),
                ("Tecnologia", "IT"),
            ],
        ),
        (Resource::Category, &[("A", ""), ("B", ""), ("C", "")]),
        (
            Resource::OutcomeReason,
            &[("Preço", "PRICE"), ("Atendimento", "CUSTOMER_SERVICE"), ("Concorrente", "COMPETITION")],
        ),
        (Resource::DiscardReason, &[("Sem interesse", "NO_NEED"), ("Duplicado", "DUPLICATE")]),
        (Resource::ProposalTemplate, &[("Padrão", "STANDARD")]),
        (
            Resource::UnitOfMeasure,
            &[
                ("Unidade", "UN"),
                ("Quilograma", "KG"),
                ("Caixa", "CX"),
                ("Peça", "PC"),
                ("Litro", "L"),
                ("Metro", "M"),
                ("Hora", "H"),
            ],
        ),
        (
            Resource::PaymentCondition,
            &[("À vista", "CASH"), ("30 dias", "30"), ("30/60/90 dias", "30/60/90")],
        ),
    ],
    pipelines: &[
        StandardPipeline {
            name: ("Vendas", "SALES"),
            kind: 0,
            free: false,
            currency: "BRL",
            stages: &[
                stage("Prospecção", "NEW", 5, None),
                stage("Qualificação", "ANALYSIS", 5, None),
                stage("Proposta", "OFFER", 7, None),
                stage("Negociação", "NEGOTIATION", 10, None),
                stage("Fechamento", "DECISION", 5, None),
            ],
        },
        StandardPipeline {
            name: ("Pré-venda", "QUALIFICATION"),
            kind: 1,
            free: false,
            currency: "BRL",
            stages: &[
                stage("Contato", "CONTACT", 2, None),
                stage("Agendamento", "SCHEDULING", 3, None),
                stage("Avaliação", "ASSESSMENT", 5, None),
            ],
        },
    ],
};
