//! `app/columns/full` (spec 4.29): every object and field of the API, with label and type; the words that
//! [`screen_fields`](super::screen_fields) uses as well.

use std::sync::OnceLock;

use favo_core::{FieldType, Resource};

use super::show;
use super::show::values_out as out;
use super::spelling::{Line, Shown, sheet};
use crate::wire::Response;

/// The length of sized text whose field declares none.
const LENGTH: u16 = 255;

/// Entity, the resource behind it, and its fields as the service names them; `*` marks sized text.
const ENTITIES: [(&str, Option<Resource>, &str); 19] = [
    ("lista", Some(Resource::Tag), "id nome* descricao ativo dataCriacao autor cor*"),
    ("estado", None, "id nome* sigla* pais"),
    ("municipio", None, "id nome* estado latitude longitude codigoUnidadeGeografica codigoMunicipioIbge"),
    ("bairro", None, "id nome* municipio"),
    (
        "tarefa",
        Some(Resource::Task),
        "id dataLimite dataCriacao dataAtualizacao titulo* descricao status* responsavel cliente oportunidade prioridade \
         tipo checklist tipoLigacao dataInicio dataFim atendida justificativa* quemAtendeu telefone contatoQuemAtendeu \
         classificacao resultadoLigacao camposPersonalizados camposPersonalizadosObject modeloFormulario",
    ),
    (
        "categoria",
        Some(Resource::Category),
        "id nome* ativo descricao isCliente isProspect isSuspect isLead isDescarte",
    ),
    ("origem", Some(Resource::Origin), "id nome* descricao ativo"),
    ("segmento", Some(Resource::Segment), "id nome* descricao ativo"),
    ("comentario", None, "id dataCriacao autor descricao"),
    (
        "oportunidade",
        Some(Resource::Opportunity),
        "id responsavel departamento autor autorAtualizacao autorConclusao nome* cliente contato codigo* status tarefas \
         compromissos atividadesAtrasadas dataCriacao dataAtualizacao dataLimite dataConclusao pipeline* funilVenda etapa \
         etapaNome observacao consideracoes isProrrogada probabilidade temperatura valorAvulso valorMensal valorTotal \
         valorTotalDescontos produtos origem camposPersonalizados camposPersonalizadosObject justificativas \
         justificativasOpcoes vendaBase",
    ),
    ("pipeline", Some(Resource::Pipeline), "id nome* ativo padrao tipo sequencias"),
    (
        "publicacao",
        None,
        "id autor emailThread dataCriacao dataAtualizacao dataAviso qtdeComentarios importante tarefa compromisso \
         oportunidade qualificacao contato assunto* descricao comentarios automatica",
    ),
    (
        "campoPersonalizado",
        Some(Resource::CustomField),
        "id nome* alias* tipo obrigatorio relacionado* opcoes* opcoesPersonalizadas* sequencia secao mostrarFiltro \
         escondido retornarOpcoesPai retornarOpcoesString",
    ),
    (
        "produto",
        Some(Resource::Product),
        "id nome* contador descricao ativo valorBase recorrencia permiteDesconto codigo* moeda* descontoMaximo \
         isDescontoPorcentual comissao isComissaoPorcentual quantidadeEstoque possuiEstoque categoria subCategoria \
         camposPersonalizados camposPersonalizadosObject",
    ),
    (
        "compromisso",
        Some(Resource::Appointment),
        "id dataCriacao dataFeedback dataAtualizacao dataInicio dataFim assunto* feedback descricao endereco* latitude \
         longitude diaInteiro local* status autorAtualizacao autor responsavel autorFeedback emailsConvidados \
         notificarParticipantes camposPersonalizados camposPersonalizadosObject participantes tipo oportunidade cliente",
    ),
    ("justificativa", None, "id nome* ativo opcaoSelecionada opcoes"),
    (
        "usuario",
        Some(Resource::User),
        "id login* usuarioMasterId filialId nome* email* foto* ativo dataAtualizacao dataCriacao",
    ),
    (
        "contato",
        Some(Resource::Contact),
        "id autor autorAtualizacao responsavel departamento codigo* nome* razaoSocial* cnpj* rg* cpf* foto* dataCriacao \
         dataAtualizacao dataFundacao dataNascimento inscricaoEstadual* inscricaoMunicipal* observacao cargo* indicadoPor* \
         site* facebook* linkedin* twitter* skype* origem segmento categoria lista* regiaoPais regiaoEstado \
         regiaoMunicipio quantidadeFuncionarios receitaAnual ativo empresa empresaAtual contaPai constante tarefas \
         compromissos oportunidades telefones* telefonePrincipal* telefone* emails* emailPrincipal* email* contatos \
         enderecos camposPersonalizados camposPersonalizadosObject listas* integradoRD blocked",
    ),
    ("qualificacao", Some(Resource::Qualification), ""),
];

/// The whole document; it is the same for everyone.
pub(crate) fn full() -> Response {
    static DOCUMENT: OnceLock<Vec<u8>> = OnceLock::new();
    show::json(DOCUMENT.get_or_init(document).clone())
}

fn document() -> Vec<u8> {
    let mut body = Vec::with_capacity(1 << 16);
    for (entity, resource, named) in ENTITIES {
        body.push(if body.is_empty() { b'{' } else { b',' });
        out::text(&mut body, entity);
        body.extend_from_slice(b":[");
        let start = body.len();
        let lines = resource.and_then(sheet).map_or(&[][..], |sheet| sheet.lines);
        let line_of = |key: &str| lines.iter().find(|line| line.key == key && !is_hidden(line));
        let mut known: Vec<&str> = Vec::new();
        for name in named.split_whitespace() {
            let key = name.trim_end_matches('*');
            let length = name.ends_with('*').then(|| {
                resource
                    .zip(line_of(key))
                    .and_then(|(resource, line)| declared_length(resource, line))
                    .unwrap_or(LENGTH)
            });
            known.push(key);
            column(&mut body, start, key, &type_of(resource, line_of(key), key), length);
        }
        // Keys that came to the API later follow those the service has always named.
        for line in lines.iter().filter(|line| !is_hidden(line)) {
            if let Some(resource) = resource.filter(|_| !known.contains(&line.key)) {
                known.push(line.key);
                let length = declared_length(resource, line);
                column(&mut body, start, line.key, &type_of(Some(resource), Some(line), line.key), length);
            }
        }
        body.push(b']');
    }
    body.push(b'}');
    body
}

fn column(body: &mut Vec<u8>, start: usize, key: &str, word: &str, length: Option<u16>) {
    body.extend_from_slice(if body.len() > start { b",{" } else { b"{" });
    out::text(body, key);
    body.extend_from_slice(b":{\"name\":");
    out::text(body, key);
    if let Some(length) = length {
        body.extend_from_slice(b",\"length\":");
        out::int(body, i64::from(length));
    }
    let label = label(key);
    for (name, value) in [("description", label.as_str()), ("label", &label), ("type", word)] {
        body.push(b',');
        out::text(body, name);
        body.push(b':');
        out::text(body, value);
    }
    body.extend_from_slice(b"}}");
}

/// Keys that are accepted and never shown are no columns.
pub(crate) fn is_hidden(line: &Line) -> bool {
    matches!(line.shown, Shown::Never)
}

fn declared_length(resource: Resource, line: &Line) -> Option<u16> {
    let Shown::Own(position) = line.shown else { return None };
    match resource.definition().field(position).field_type {
        FieldType::Text { length } => length,
        _ => None,
    }
}

/// The type of a key in the words of 4.19.
pub(crate) fn type_of(resource: Option<Resource>, line: Option<&Line>, key: &str) -> String {
    if let Some((resource, line)) = resource.zip(line)
        && let Some(word) = shown_type(resource, line)
    {
        return word;
    }
    let word = match key {
        "id"
        | "etapa"
        | "tarefas"
        | "tarefasAbertas"
        | "compromissos"
        | "atividadesAtrasadas"
        | "diasEstagnacaoNaEtapa"
        | "qtdeComentarios"
        | "codigoUnidadeGeografica"
        | "codigoMunicipioIbge"
        | "usuarioMasterId"
        | "filialId"
        | "quantidadeProdutos" => "integer",
        "latitude" | "longitude" => "number",
        "ativo"
        | "isProrrogada"
        | "importante"
        | "automatica"
        | "notificarParticipantes"
        | "retornarOpcoesPai"
        | "retornarOpcoesString"
        | "podeIncluir"
        | "podeVisualizar" => "boolean",
        "dataCriacao" | "dataAtualizacao" | "dataAviso" => "date",
        "autor" => "object[Usuario]",
        "estado" | "regiaoEstado" => "object[Estado]",
        "municipio" | "regiaoMunicipio" => "object[Municipio]",
        "pais" | "regiaoPais" => "object[Pais]",
        "departamento" => "object[Departamento]",
        "funilVenda" => "object[FunilVenda]",
        "etapaAtual" => "object[Etapa]",
        "contatoPrincipal" | "contato" => "object[Contato]",
        "tarefa" => "object[Tarefa]",
        "compromisso" => "object[Compromisso]",
        "oportunidade" => "object[Oportunidade]",
        "qualificacao" => "object[Qualificacao]",
        "modeloTarefa" => "object[ModeloTarefa]",
        "tipoEntidade" => "object[TipoEntidade]",
        "camposPersonalizados" | "camposPersonalizadosObject" => "object[CampoPersonalizado]",
        "contatos" => "array[Contato]",
        "empresasAtuais" | "contatosPai" => "array[ContatoEmpresa]",
        "comentarios" => "array[Comentario]",
        "opcoes" | "justificativasOpcoes" | "opcoesPersonalizadas" => "array[Opcao]",
        "opcaoSelecionada" => "object[Opcao]",
        "camposListagem" => "array[CampoListagem]",
        "produtos" => "array[Produto]",
        "subcategorias" | "subCategorias" => "array[ProdutoSubCategoria]",
        _ => "string",
    };
    word.to_owned()
}

fn shown_type(resource: Resource, line: &Line) -> Option<String> {
    let field = |position: u16| resource.definition().field(position).field_type;
    let target = |position: u16| match field(position) {
        FieldType::One(target) | FieldType::Many(target) => entity(target),
        _ => "Objeto",
    };
    Some(match line.shown {
        Shown::Own(position) => match field(position) {
            FieldType::Text { .. } => "string".to_owned(),
            FieldType::Int | FieldType::Enum(_) | FieldType::One(_) => "integer".to_owned(),
            FieldType::Decimal => "number".to_owned(),
            FieldType::Bool => "boolean".to_owned(),
            FieldType::Instant | FieldType::Date => "date".to_owned(),
            _ => "array[String]".to_owned(),
        },
        Shown::FirstOf(_) | Shown::NameOfFirst(_) => "string".to_owned(),
        Shown::NameOf(position) | Shown::Ref(position, _) => format!("object[{}]", target(position)),
        Shown::Refs(position, _) => format!("array[{}]", target(position)),
        Shown::Contact(..) => "object[Contato]".to_owned(),
        Shown::Opportunity(_) => "object[Oportunidade]".to_owned(),
        Shown::Rows(..) => match line.key {
            "enderecos" => "array[Endereco]",
            "participantes" => "array[Participante]",
            "sequencias" => "array[Etapa]",
            "itensDeCusto" => "array[ItemDeCusto]",
            "faixasPreco" => "array[FaixaPreco]",
            _ => "array[ProdutoOportunidade]",
        }
        .to_owned(),
        Shown::DaysSince(_) => "integer".to_owned(),
        Shown::Special(_) | Shown::Constant(_) | Shown::Never => return None,
    })
}

/// The word for what a relation points to.
fn entity(resource: Resource) -> &'static str {
    match resource {
        Resource::User => "Usuario",
        Resource::Contact => "Contato",
        Resource::Opportunity => "Oportunidade",
        Resource::Pipeline => "FunilVenda",
        Resource::Tag => "Lista",
        Resource::Origin => "Origem",
        Resource::Segment => "Segmento",
        Resource::Category => "Categoria",
        Resource::Team => "Equipe",
        Resource::TaskType => "TarefaTipo",
        Resource::CallType => "LigacaoTipo",
        Resource::AppointmentType => "CompromissoTipo",
        Resource::Checklist => "Checklist",
        Resource::FormTemplate => "ModeloFormulario",
        Resource::ProposalTemplate => "ModeloProposta",
        Resource::OutcomeReason => "Justificativa",
        Resource::DiscardReason => "MotivoDescarte",
        Resource::ProductCategory => "ProdutoCategoria",
        Resource::ProductSubcategory => "ProdutoSubCategoria",
        Resource::CustomSection => "Secao",
        _ => "Objeto",
    }
}

/// The label of a key for people.
pub(crate) fn label(key: &str) -> String {
    let known = match key {
        "descricao" => "Descrição",
        "responsavel" => "Responsável",
        "autorAtualizacao" => "Autor da atualização",
        "autorConclusao" => "Autor da conclusão",
        "dataCriacao" => "Data de criação",
        "dataAtualizacao" | "ultimaAtualizacao" => "Data de atualização",
        "dataLimite" => "Data limite",
        "dataConclusao" => "Data de conclusão",
        "dataInicio" => "Data de início",
        "dataFim" => "Data de fim",
        "dataFundacao" => "Data de fundação",
        "dataNascimento" => "Data de nascimento",
        "dataAviso" => "Data do aviso",
        "codigo" => "Código",
        "razaoSocial" => "Razão social",
        "cnpj" => "CNPJ",
        "cpf" => "CPF",
        "rg" => "RG",
        "inscricaoEstadual" => "Inscrição estadual",
        "inscricaoMunicipal" => "Inscrição municipal",
        "observacao" => "Observação",
        "consideracoes" => "Considerações",
        "indicadoPor" => "Indicado por",
        "quantidadeFuncionarios" => "Quantidade de funcionários",
        "receitaAnual" => "Receita anual",
        "regiaoPais" => "País",
        "regiaoEstado" => "Estado",
        "regiaoMunicipio" => "Município",
        "email" => "E-mail",
        "emails" => "E-mails",
        "emailPrincipal" => "E-mail principal",
        "enderecos" => "Endereços",
        "endereco" => "Endereço",
        "usuario" => "Usuário",
        "funilVenda" => "Funil de venda",
        "etapaNome" => "Nome da etapa",
        "etapaAtual" => "Etapa atual",
        "pipeline" => "Funil",
        "isProrrogada" => "Prorrogada",
        "valorMensal" => "Valor mensal",
        "valorTotalDescontos" => "Valor total dos descontos",
        "titulo" => "Título",
        "tipoLigacao" => "Tipo de ligação",
        "quemAtendeu" => "Quem atendeu",
        "contatoQuemAtendeu" => "Contato quem atendeu",
        "classificacao" => "Classificação",
        "resultadoLigacao" => "Resultado da ligação",
        "camposPersonalizados" | "camposPersonalizadosObject" => "Campos personalizados",
        "modeloFormulario" => "Modelo de formulário",
        "padrao" => "Padrão",
        "sequencia" => "Sequência",
        "sequencias" => "Etapas",
        "secao" => "Seção",
        "opcoes" => "Opções",
        "obrigatorio" => "Obrigatório",
        "recorrencia" => "Recorrência",
        "comissao" => "Comissão",
        "integradoRD" => "Integrado com RD",
        "diasSemInteracao" => "Dias sem interação",
        _ => return words(key),
    };
    known.to_owned()
}

/// `valorBase` as `Valor base`.
fn words(key: &str) -> String {
    let mut label = String::with_capacity(key.len() + 4);
    for (position, character) in key.chars().enumerate() {
        if position == 0 {
            label.extend(character.to_uppercase());
        } else if character.is_ascii_uppercase() {
            label.push(' ');
            label.push(character.to_ascii_lowercase());
        } else {
            label.push(character);
        }
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_an_object_of_one_key_and_listed_once() {
        let body: serde_json::Value = serde_json::from_slice(&full().body).unwrap();
        for (entity, rows) in body.as_object().unwrap() {
            let mut seen = std::collections::BTreeSet::new();
            for row in rows.as_array().unwrap() {
                let (name, column) = row.as_object().unwrap().iter().next().unwrap();
                assert!(seen.insert(name.clone()), "{entity}.{name}");
                assert_eq!(column["name"], *name);
            }
            assert!(!seen.is_empty(), "{entity}");
        }
        let id =
            serde_json::json!({"id": {"name": "id", "description": "Id", "label": "Id", "type": "integer"}});
        assert_eq!(body["origem"][0], id);
        let rows = body["contato"].as_array().unwrap();
        assert!(rows.iter().any(|row| row["cargo"]["length"] == 255));
    }
}
