//! What the sample tenant sells and the words its registries are filled with.

/// A product: name, price in whole units, recurrence (0 once, 1 monthly, 2 yearly).
pub(super) type Product = (&'static str, i64, i64);

/// A sub-category and its products.
type Subcategory = (&'static str, &'static [Product]);

/// Categories of products, each with sub-categories and their products.
pub(super) static PRODUCTS: &[(&str, &[Subcategory])] = &[
    (
        "Equipamentos",
        &[
            (
                "Leitores",
                &[
                    ("Leitor de código de barras", 289, 0),
                    ("Leitor 2D sem fio", 690, 0),
                    ("Leitor de mesa", 820, 0),
                ],
            ),
            (
                "Impressoras",
                &[
                    ("Impressora de cupom", 749, 0),
                    ("Impressora de etiquetas", 1_890, 0),
                    ("Impressora portátil", 1_190, 0),
                ],
            ),
            (
                "Terminais",
                &[
                    ("Terminal de vendas", 3_490, 0),
                    ("Coletor de dados", 4_250, 0),
                    ("Totem de autoatendimento", 9_800, 0),
                ],
            ),
        ],
    ),
    (
        "Softwares",
        &[
            (
                "Gestão",
                &[
                    ("Gestão Essencial", 149, 1),
                    ("Gestão Profissional", 349, 1),
                    ("Gestão Corporativa", 1_290, 1),
                ],
            ),
            ("Vendas", &[("Frente de caixa", 99, 1), ("Loja virtual", 219, 1), ("Força de vendas", 79, 1)]),
            (
                "Fiscal",
                &[
                    ("Emissor de notas", 890, 2),
                    ("Certificado digital", 239, 2),
                    ("Arquivo fiscal", 1_450, 2),
                ],
            ),
        ],
    ),
    (
        "Serviços",
        &[
            (
                "Implantação",
                &[
                    ("Implantação básica", 1_800, 0),
                    ("Implantação completa", 5_900, 0),
                    ("Migração de dados", 2_400, 0),
                ],
            ),
            (
                "Treinamento",
                &[
                    ("Treinamento remoto", 650, 0),
                    ("Treinamento no local", 1_980, 0),
                    ("Curso de administração", 1_200, 0),
                ],
            ),
            (
                "Suporte",
                &[("Suporte padrão", 180, 1), ("Suporte prioritário", 480, 1), ("Visita técnica", 420, 0)],
            ),
        ],
    ),
    (
        "Suprimentos",
        &[
            ("Papel", &[("Bobina térmica", 89, 0), ("Etiqueta adesiva", 120, 0), ("Ribbon de cera", 65, 0)]),
            (
                "Acessórios",
                &[("Gaveta de dinheiro", 310, 0), ("Suporte de mesa", 95, 0), ("Fonte de energia", 140, 0)],
            ),
        ],
    ),
];

/// The units products are sold in: code, and name where a tenant has none of that code.
pub(super) static UNITS: [(&str, &str); 2] = [("UN", "Unidade"), ("H", "Hora")];

/// The category of what is sold by the second of the units; the others are sold by the first.
pub(super) static BY_THE_HOUR: &str = "Serviços";

/// How orders are paid.
pub(super) static PAYMENT_CONDITIONS: &[&str] = &["À vista", "30 dias", "30/60 dias"];

/// Price tables and their prices, in per cent of the base price.
pub(super) static PRICE_TABLES: &[(&str, i64)] = &[("Tabela atacado", 88), ("Tabela parceiros", 80)];

/// Where contacts come from.
pub(super) static ORIGINS: &[&str] =
    &["Site", "Indicação", "Evento", "Telefone", "Redes sociais", "Feira setorial", "Parceiro", "Anúncio"];

/// Categories of contacts.
pub(super) static CATEGORIES: &[&str] = &["A", "B", "C", "Estratégico"];

/// Labels and their colours.
pub(super) static TAGS: &[(&str, &str)] = &[
    ("Urgente", "#d73a4a"),
    ("VIP", "#8250df"),
    ("Inadimplente", "#a40e26"),
    ("Renovação", "#1f883d"),
    ("Licitação", "#0969da"),
    ("Exportação", "#1b7c83"),
    ("Newsletter", "#bf8700"),
    ("Multiloja", "#9a6700"),
    ("Piloto", "#54aeff"),
    ("Reativação", "#bc4c00"),
];

/// Why opportunities are won or lost.
pub(super) static OUTCOME_REASONS: &[&str] =
    &["Preço", "Atendimento", "Concorrente", "Prazo de entrega", "Qualidade"];

/// Why opportunities are discarded.
pub(super) static DISCARD_REASONS: &[&str] = &["Sem interesse", "Duplicado", "Fora do perfil"];

/// Types of appointment.
pub(super) static APPOINTMENT_TYPES: &[&str] = &["Reunião", "Visita", "Apresentação", "Videoconferência"];

/// Types of call.
pub(super) static CALL_TYPES: &[&str] = &["Prospecção", "Acompanhamento", "Pós-venda"];

/// Layouts of proposals.
pub(super) static PROPOSAL_TEMPLATES: &[&str] = &["Padrão"];

/// The pipeline that sells to those who bought before: its stages with their expected days.
pub(super) static SECOND_PIPELINE: (&str, &[(&str, i64)]) =
    ("Renovações", &[("A vencer", 30), ("Contato feito", 7), ("Proposta enviada", 7), ("Assinatura", 5)]);

/// Custom field of contacts: how large they are.
pub(super) static SIZE: (&str, &[&str]) = ("Porte", &["Micro", "Pequeno", "Médio", "Grande"]);
/// Custom field of contacts: a date.
pub(super) static RENEWAL: &str = "Vencimento do contrato";
/// Custom field of opportunities: how they pay.
pub(super) static PAYMENT: (&str, &[&str]) =
    ("Forma de pagamento", &["Boleto", "Pix", "Cartão", "Transferência"]);

/// Teams beside the tenant's own.
pub(super) static TEAMS: &[&str] = &["Vendas internas", "Grandes contas"];

/// What opportunities are about, before the name of the customer.
pub(super) static SUBJECTS: &[&str] = &[
    "Novo projeto",
    "Expansão",
    "Renovação",
    "Troca de equipamentos",
    "Loja nova",
    "Contrato anual",
    "Piloto",
];

/// Remarks on how an opportunity ended.
pub(super) static REMARKS: &[&str] = &[
    "Fechado depois da segunda reunião.",
    "O cliente pediu para retomar no próximo semestre.",
    "Orçamento cortado.",
    "Indicou duas outras empresas.",
    "Decisão do comitê de compras.",
];

/// Notes on contacts and opportunities.
pub(super) static NOTES: &[&str] = &[
    "Prefere contato por telefone pela manhã.",
    "Decisão de compra passa pela matriz.",
    "Já usa um sistema próprio e quer integrar.",
    "Pediu referências de clientes da região.",
    "Fechamento de orçamento em novembro.",
    "Atender somente depois das 14h.",
];

/// Titles of tasks by nature: common, call, e-mail.
pub(super) static TASKS: &[(i64, &[&str])] = &[
    (
        0,
        &[
            "Preparar proposta",
            "Enviar contrato",
            "Conferir cadastro",
            "Levantar requisitos",
            "Agendar demonstração",
        ],
    ),
    (
        1,
        &["Ligar para apresentar", "Retornar ligação", "Confirmar recebimento", "Cobrar retorno da proposta"],
    ),
    (3, &["Enviar material", "Responder dúvidas", "Enviar proposta por e-mail", "Agradecer a reunião"]),
];

/// What came out of a call.
pub(super) static CALL_OUTCOMES: &[&str] =
    &["Pediu proposta", "Vai avaliar e retornar", "Reunião marcada", "Sem interesse agora", "Recado deixado"];

/// Why nobody answered.
pub(super) static NOT_ANSWERED: &[&str] = &["Ocupado", "Caixa postal", "Não atendeu"];

/// Subjects of appointments.
pub(super) static MEETINGS: &[&str] = &[
    "Apresentação inicial",
    "Demonstração",
    "Reunião de negociação",
    "Visita técnica",
    "Revisão do contrato",
];

/// What came out of an appointment.
pub(super) static MEETING_OUTCOMES: &[&str] = &[
    "Requisitos levantados; proposta até sexta-feira.",
    "Gostaram da demonstração e querem envolver o financeiro.",
    "Pediram nova reunião com a diretoria.",
    "Contrato revisado, falta a assinatura.",
];
