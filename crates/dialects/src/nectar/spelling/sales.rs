//! Spelling of oportunidades, qualificacoes, pipeline and proposta (spec 4.2, 4.3, 4.6, 4.20).

use favo_core::Resource;
use favo_core::catalogue::{line_item, meta, opportunity, pipeline, proposal, qualification, stage};

use super::{
    ContactShape, Line, RefShape, Sheet, Shown, Special, Taken, also, line, own, read, refer, special,
};

pub(super) static OPPORTUNITY: Sheet =
    Sheet { resource: Resource::Opportunity, lines: OPPORTUNITY_LINES, entity: "oportunidade" };
pub(super) static QUALIFICATION: Sheet =
    Sheet { resource: Resource::Qualification, lines: QUALIFICATION_LINES, entity: "qualificacao" };
pub(super) static PIPELINE: Sheet =
    Sheet { resource: Resource::Pipeline, lines: PIPELINE_LINES, entity: "pipeline" };
pub(super) static PROPOSAL: Sheet =
    Sheet { resource: Resource::Proposal, lines: PROPOSAL_LINES, entity: "proposta" };

/// `produtos[]` of an opportunity.
pub(crate) static LINE_ITEM: &[Line] = &[
    own!("id", line_item::ID),
    own!("refId", line_item::PRODUCT),
    special!("nome", LineName),
    read!("codigo", line_item::CODE),
    own!("descricao", line_item::DESCRIPTION),
    own!("quantidade", line_item::QUANTITY),
    own!("recorrencia", line_item::RECURRENCE),
    own!("quantidadeRecorrencia", line_item::CYCLES),
    own!("valorUnitario", line_item::UNIT_PRICE),
    also!("valor", line_item::UNIT_PRICE),
    special!("valorTotal", LineTotal),
    own!("desconto", line_item::DISCOUNT),
    own!("isDescontoPorcentual", line_item::DISCOUNT_IS_PERCENTAGE),
    also!("descontoPorcentual", line_item::DISCOUNT_IS_PERCENTAGE),
    own!("acrescimo", line_item::SURCHARGE),
    own!("acrescimoPercentual", line_item::SURCHARGE_IS_PERCENTAGE),
    own!("comissao", line_item::COMMISSION),
    own!("isComissaoPorcentual", line_item::COMMISSION_IS_PERCENTAGE),
    also!("comissaoPorcentual", line_item::COMMISSION_IS_PERCENTAGE),
    own!("sequencia", line_item::POSITION),
    special!(read "moeda", LineCurrency),
    special!(read "grupoNome", LineCategory),
    special!(read "subGrupoNome", LineSubcategory),
    special!("produto", LineProduct),
];

static OPPORTUNITY_LINES: &[Line] = &[
    read!("id", meta::ID),
    read!("codigo", opportunity::CODE),
    own!("nome", opportunity::NAME),
    line(
        "cliente",
        Shown::Contact(opportunity::CUSTOMER.position(), ContactShape::Ref),
        Taken::Own(opportunity::CUSTOMER.position()),
    ),
    special!(read "contatoPrincipal", MainContact),
    line(
        "contato",
        Shown::Contact(opportunity::CONTACT.position(), ContactShape::Name),
        Taken::Own(opportunity::CONTACT.position()),
    ),
    refer!("responsavel", opportunity::OWNER, User),
    special!(write "queue", Queue),
    refer!("autor", meta::AUTHOR, User),
    line("autorAtualizacao", Shown::Ref(meta::EDITOR.position(), RefShape::User), Taken::Never),
    line("autorConclusao", Shown::Ref(opportunity::CLOSED_BY.position(), RefShape::User), Taken::Never),
    own!("status", opportunity::STATUS),
    special!(read "isProrrogada", Postponed),
    special!("pipeline", FunnelName),
    special!("funilVenda", Funnel),
    special!(write "funilDeVenda", Funnel),
    special!("etapa", StageNumber),
    special!(read "etapaNome", StageName),
    special!("etapaAtual", Stage),
    read!("stageEntryDate", opportunity::STAGE_ENTERED_AT),
    special!(read "diasEstagnacaoNaEtapa", DaysInStage),
    own!("probabilidade", opportunity::PROBABILITY),
    special!(read "temperatura", Temperature),
    own!("valorAvulso", opportunity::ONE_OFF_VALUE),
    own!("valorMensal", opportunity::MONTHLY_VALUE),
    read!("valorTotal", opportunity::TOTAL_VALUE),
    read!("valorTotalDescontos", opportunity::DISCOUNT_TOTAL),
    line(
        "produtos",
        Shown::Rows(opportunity::LINES.position(), LINE_ITEM),
        Taken::Rows(opportunity::LINES.position(), LINE_ITEM),
    ),
    read!("quantidadeProdutos", opportunity::LINE_COUNT),
    refer!("origem", opportunity::ORIGIN, Lookup),
    line(
        "listas",
        Shown::Refs(opportunity::TAGS.position(), RefShape::Tag),
        Taken::Own(opportunity::TAGS.position()),
    ),
    line(
        "justificativas",
        Shown::Refs(opportunity::OUTCOME_REASONS.position(), RefShape::Name),
        Taken::Own(opportunity::OUTCOME_REASONS.position()),
    ),
    special!(read "justificativasOpcoes", EmptyArray),
    refer!("motivoDescarte", opportunity::DISCARD_REASON, Name),
    own!("consideracoes", opportunity::REMARKS),
    own!("observacao", opportunity::NOTES),
    own!("vendaBase", opportunity::TO_EXISTING_CUSTOMER),
    own!("bloquearProposta", opportunity::PROPOSALS_BLOCKED),
    own!("bloquearConclusao", opportunity::CONCLUSION_BLOCKED),
    line(
        "corresponsaveis",
        Shown::Refs(opportunity::CO_OWNERS.position(), RefShape::User),
        Taken::Own(opportunity::CO_OWNERS.position()),
    ),
    line(
        "equipesCorresponsaveis",
        Shown::Refs(opportunity::CO_OWNER_TEAMS.position(), RefShape::Name),
        Taken::Own(opportunity::CO_OWNER_TEAMS.position()),
    ),
    special!("camposPersonalizados", Custom),
    special!(read "camposPersonalizadosObject", CustomObject),
    read!("tarefas", opportunity::PENDING_TASKS),
    read!("compromissos", opportunity::PENDING_APPOINTMENTS),
    special!(read "atividadesAtrasadas", Overdue),
    line("diasSemInteracao", Shown::DaysSince(opportunity::LAST_INTERACTION_AT.position()), Taken::Never),
    own!("dataLimite", opportunity::DUE_AT),
    read!("dataConclusao", opportunity::CLOSED_AT),
    read!("dataCriacao", meta::CREATED_AT),
    read!("dataAtualizacao", meta::UPDATED_AT),
];

static QUALIFICATION_LINES: &[Line] = &[
    read!("id", meta::ID),
    read!("codigo", qualification::CODE),
    own!("nome", qualification::NAME),
    line(
        "cliente",
        Shown::Contact(qualification::CUSTOMER.position(), ContactShape::Ref),
        Taken::Own(qualification::CUSTOMER.position()),
    ),
    refer!("responsavel", qualification::OWNER, User),
    special!(write "queue", Queue),
    refer!("autor", meta::AUTHOR, User),
    line("autorAtualizacao", Shown::Ref(meta::EDITOR.position(), RefShape::User), Taken::Never),
    line("autorConclusao", Shown::Ref(qualification::CLOSED_BY.position(), RefShape::User), Taken::Never),
    own!("status", qualification::STATUS),
    special!("pipeline", FunnelName),
    special!("funilVenda", Funnel),
    special!(write "funilDeVenda", Funnel),
    special!("etapa", StageNumber),
    special!(read "etapaNome", StageName),
    special!("etapaAtual", Stage),
    special!("compromisso", AppointmentRef),
    own!("handRaised", qualification::HAND_RAISED),
    line(
        "listas",
        Shown::Refs(qualification::TAGS.position(), RefShape::Name),
        Taken::Own(qualification::TAGS.position()),
    ),
    special!(read "camposListagem", ListingFields),
    special!("camposPersonalizados", Custom),
    special!(read "camposPersonalizadosObject", CustomObject),
    special!(read "tarefas", CustomerTasks),
    special!(read "tarefasAbertas", CustomerTasks),
    special!(read "compromissos", CustomerAppointments),
    own!("dataLimite", qualification::DUE_AT),
    read!("dataConclusao", qualification::CLOSED_AT),
    read!("dataCriacao", meta::CREATED_AT),
    read!("dataAtualizacao", meta::UPDATED_AT),
];

static STAGE: &[Line] = &[
    own!("id", stage::ID),
    own!("nome", stage::NAME),
    own!("sequencia", stage::SEQUENCE),
    own!("prazo", stage::DAYS),
    own!("gerarProposta", stage::GENERATES_PROPOSAL),
    own!("produtoObrigatorio", stage::REQUIRES_PRODUCT),
];

static PIPELINE_LINES: &[Line] = &[
    read!("id", meta::ID),
    own!("nome", pipeline::NAME),
    own!("descricao", pipeline::DESCRIPTION),
    own!("ativo", pipeline::ACTIVE),
    own!("padrao", pipeline::DEFAULT),
    own!("tipo", pipeline::KIND),
    line(
        "sequencias",
        Shown::Rows(pipeline::STAGES.position(), STAGE),
        Taken::Rows(pipeline::STAGES.position(), STAGE),
    ),
    own!("permitePularEtapa", pipeline::MAY_SKIP_STAGE),
    own!("iniciarQualquerEtapa", pipeline::MAY_START_ANYWHERE),
    own!("permiteRetornoEtapa", pipeline::MAY_GO_BACK),
    own!("propostaObrigatoria", pipeline::PROPOSAL_REQUIRED),
    own!("produtoObrigatorio", pipeline::PRODUCT_REQUIRED),
    own!("permitirRecorrenciaVariavel", pipeline::MAY_VARY_RECURRENCE),
    own!("modeloVenda", pipeline::SALES_MODEL),
    own!("multiplasTabelasPreco", pipeline::SEVERAL_PRICE_TABLES),
    own!("corresponsabilidade", pipeline::CO_OWNERSHIP),
    own!("ignorarRestricaoEquipes", pipeline::IGNORES_TEAM_RESTRICTIONS),
    own!("consideracoesObrigatorioGanhar", pipeline::REMARKS_ON_WIN),
    own!("consideracoesObrigatorioPerder", pipeline::REMARKS_ON_LOSS),
    own!("consideracoesObrigatorioProrrogar", pipeline::REMARKS_ON_POSTPONE),
    own!("consideracoesObrigatorioDescartar", pipeline::REMARKS_ON_DISCARD),
    own!("moeda", pipeline::CURRENCY),
    own!("permiteTarefasAvulsas", pipeline::ALLOWS_LOOSE_TASKS),
    own!("motivoGanhoPerdaObrigatorio", pipeline::REASON_ON_OUTCOME),
    own!("motivoDescarteObrigatorio", pipeline::REASON_ON_DISCARD),
    own!("cascataCicloVida", pipeline::LIFE_CYCLE_CASCADE),
    own!("showCustomCard", pipeline::SHOWS_CUSTOM_CARD),
    own!("tipoRecorrenciaValorFunil", pipeline::RECURRENCE_VALUE_TYPE),
    read!("ultimaAtualizacao", meta::UPDATED_AT),
];

static PROPOSAL_LINES: &[Line] = &[
    read!("id", meta::ID),
    own!("status", proposal::STATUS),
    special!(read "statusLabel", ProposalLabel),
    read!("numero", proposal::NUMBER),
    read!("versao", proposal::REVISION),
    special!(read "codigo", ProposalCode),
    special!(read "codigoFormatado", ProposalCode),
    special!(read "publicUrl", ProposalUrl),
    own!("destinatario", proposal::ADDRESSEE),
    refer!("modeloProposta", proposal::TEMPLATE, Name),
    line(
        "oportunidade",
        Shown::Opportunity(proposal::OPPORTUNITY.position()),
        Taken::Own(proposal::OPPORTUNITY.position()),
    ),
    line("autor", Shown::Ref(meta::AUTHOR.position(), RefShape::User), Taken::Never),
    read!("dataProposta", proposal::GENERATED_AT),
    read!("dataCriacao", meta::CREATED_AT),
];
