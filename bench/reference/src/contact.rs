//! A contact as JSON, straight from a row of either database: by hand, key by key.

use crate::json;
use crate::registries::{Entry, Registries};

/// A row with [`COLUMNS`] in their order.
pub trait Row {
    /// The number in a column.
    fn int(&self, column: usize) -> Option<i64>;
    /// The truth value in a column.
    fn flag(&self, column: usize) -> Option<bool>;
    /// The text in a column, unless it is empty.
    fn text(&self, column: usize) -> Option<&[u8]>;
}

/// What another statement has to say about a contact.
pub trait More {
    /// The people of an organisation, each with a comma before it.
    fn people(&mut self, organisation: i64, out: &mut Vec<u8>);
    /// The links of a kind from a contact, each with a comma before it.
    fn links(&mut self, kind: i64, contact: i64, out: &mut Vec<u8>);
}

macro_rules! columns {
    ($($place:ident = $column:literal,)*) => {
        #[allow(dead_code, non_camel_case_types, clippy::upper_case_acronyms, reason = "positions by name, some only counted from")]
        #[repr(usize)]
        enum Place { $($place),* }
        $(#[allow(dead_code, reason = "some are only counted from")] pub const $place: usize = Place::$place as usize;)*
        /// The columns of a contact, of its employer and of its parent account.
        pub const COLUMNS: &[&str] = &[$($column),*];
    };
}

columns! {
    ID = "t.id",
    NAME = "t.name",
    CODE = "t.code",
    LEGAL_NAME = "t.legal_name",
    LIFE_CYCLE = "t.life_cycle",
    ACTIVE = "t.active",
    ORGANISATION = "t.organisation",
    CNPJ = "t.company_tax_id",
    CPF = "t.personal_tax_id",
    RG = "t.identity_document",
    STATE_REGISTRATION = "t.state_registration",
    CITY_REGISTRATION = "t.city_registration",
    JOB_TITLE = "t.job_title",
    EMAILS = "t.emails",
    PHONES = "t.phones",
    NOTES = "t.notes",
    REFERRED_BY = "t.referred_by",
    WEBSITE = "t.website",
    FACEBOOK = "t.facebook",
    LINKEDIN = "t.linkedin",
    TWITTER = "t.twitter",
    SKYPE = "t.skype",
    PHOTO = "t.photo",
    ORIGIN = "t.origin_id",
    SEGMENT = "t.segment_id",
    CATEGORY = "t.category_id",
    TAGS = "t.tags",
    REVENUE = "t.annual_revenue",
    EMPLOYEES = "t.employees",
    FOUNDED = "t.founded_on",
    BORN = "t.born_on",
    CONFIDENTIAL = "t.confidential",
    OWNER = "t.owner_id",
    AUTHOR = "t.author_id",
    EDITOR = "t.editor_id",
    PEOPLE = "t.people",
    EMPLOYER = "t.employer_id",
    EMPLOYER_SINCE = "t.employer_since",
    EMPLOYERS = "t.employers",
    PARENT = "t.parent_id",
    PARENT_SINCE = "t.parent_since",
    PARENTS = "t.parents",
    ADDRESSES = "t.addresses",
    COUNTRY = "t.region_country",
    STATE = "t.region_state",
    CITY = "t.region_city",
    CUSTOM = "t.custom",
    OPPORTUNITIES = "t.open_opportunities",
    TASKS = "t.pending_tasks",
    APPOINTMENTS = "t.pending_appointments",
    QUALIFICATIONS = "t.qualifications",
    INTERACTION = "t.last_interaction_at",
    CREATED = "t.created_at",
    UPDATED = "t.updated_at",
    ENTITY = "t.entity_type",
    FROM_LEADS = "t.from_lead_receiver",
    BLOCKED = "t.blocked",
    EMPLOYER_NAME = "j1.name",
    EMPLOYER_LEGAL_NAME = "j1.legal_name",
    EMPLOYER_CNPJ = "j1.company_tax_id",
    EMPLOYER_EMAILS = "j1.emails",
    EMPLOYER_PHONES = "j1.phones",
    EMPLOYER_ORGANISATION = "j1.organisation",
    EMPLOYER_INTERACTION = "j1.last_interaction_at",
    EMPLOYER_CREATED = "j1.created_at",
    PARENT_NAME = "j2.name",
    PARENT_LEGAL_NAME = "j2.legal_name",
    PARENT_CNPJ = "j2.company_tax_id",
    PARENT_EMAILS = "j2.emails",
    PARENT_PHONES = "j2.phones",
    PARENT_ORGANISATION = "j2.organisation",
    PARENT_INTERACTION = "j2.last_interaction_at",
    PARENT_CREATED = "j2.created_at",
}

/// `select` and `from` of every statement that reads contacts; `?1` is the tenant on SQLite, `$1` on PostgreSQL.
pub fn select(tenant: &str) -> String {
    format!(
        "select {} from contact t left join contact j1 on j1.tenant_id = {tenant} and j1.id = t.employer_id \
         left join contact j2 on j2.tenant_id = {tenant} and j2.id = t.parent_id where t.tenant_id = {tenant}",
        COLUMNS.join(", ")
    )
}

/// The people of an organisation: their columns, and how to get from the links `l` to them.
pub const PEOPLE_COLUMNS: &str = "l.contact_id, p.name, p.job_title, p.emails, p.phones, p.last_interaction_at, \
     p.created_at, l.organisation_id";
pub const PEOPLE_JOINS: &str = "left join contact p on p.tenant_id = l.tenant_id and p.id = l.contact_id";
/// The links of a contact `p` to organisations `o`: their columns, and how to get from the links `l` to both.
pub const LINK_COLUMNS: &str = "l.contact_id, p.name, l.organisation_id, o.name, l.updated_at, l.main";
pub const LINK_JOINS: &str = "left join contact p on p.tenant_id = l.tenant_id and p.id = l.contact_id \
     left join contact o on o.tenant_id = l.tenant_id and o.id = l.organisation_id";

fn word(out: &mut Vec<u8>, key: &str, text: Option<&[u8]>) {
    if let Some(text) = text {
        out.extend_from_slice(key.as_bytes());
        json::text(out, text);
    }
}

fn raw(out: &mut Vec<u8>, key: &str, json: Option<&[u8]>) {
    if let Some(json) = json {
        out.extend_from_slice(key.as_bytes());
        out.extend_from_slice(json);
    }
}

fn number(out: &mut Vec<u8>, key: &str, number: Option<i64>) {
    if let Some(number) = number {
        out.extend_from_slice(key.as_bytes());
        json::int(out, number);
    }
}

fn flag(out: &mut Vec<u8>, key: &str, flag: bool) {
    out.extend_from_slice(key.as_bytes());
    json::boolean(out, flag);
}

fn instant(out: &mut Vec<u8>, key: &str, micros: Option<i64>) {
    if let Some(micros) = micros {
        out.extend_from_slice(key.as_bytes());
        json::instant(out, micros);
    }
}

fn date(out: &mut Vec<u8>, key: &str, days: Option<i64>) {
    if let Some(days) = days {
        out.extend_from_slice(key.as_bytes());
        json::date(out, days);
    }
}

/// The first text of a stored list, as JSON.
fn first(list: Option<&[u8]>) -> Option<&[u8]> {
    let list = list?;
    let text = &list[1..json::end_of(list, 1)];
    (text.len() > 2).then_some(text)
}

fn days(out: &mut Vec<u8>, now: i64, since: Option<i64>, created: Option<i64>) {
    out.extend_from_slice(b",\"diasSemInteracao\":");
    json::int(out, (now - since.or(created).unwrap_or(now)).max(0) / 86_400_000_000);
}

fn titled(out: &mut Vec<u8>, title: &str, object: &str, entry: Option<&Entry>) {
    if let Some(entry) = entry {
        if !entry.title.is_empty() {
            raw(out, title, Some(&entry.title));
        }
        raw(out, object, Some(&entry.object));
    }
}

/// Appends a contact.
pub fn push<R: Row>(row: &R, now: i64, registries: &Registries, more: &mut impl More, out: &mut Vec<u8>) {
    let id = row.int(ID).unwrap_or(0);
    out.extend_from_slice(b"{\"id\":");
    json::int(out, id);
    word(out, ",\"nome\":", row.text(NAME));
    word(out, ",\"codigo\":", row.text(CODE));
    word(out, ",\"razaoSocial\":", row.text(LEGAL_NAME));
    number(out, ",\"constante\":", row.int(LIFE_CYCLE));
    flag(out, ",\"ativo\":", row.flag(ACTIVE).unwrap_or(true));
    let organisation = row.flag(ORGANISATION).unwrap_or(false);
    flag(out, ",\"empresa\":", organisation);
    flag(out, ",\"isEmpresa\":", organisation);
    word(out, ",\"cnpj\":", row.text(CNPJ));
    word(out, ",\"cpf\":", row.text(CPF));
    word(out, ",\"rg\":", row.text(RG));
    word(out, ",\"inscricaoEstadual\":", row.text(STATE_REGISTRATION));
    word(out, ",\"inscricaoMunicipal\":", row.text(CITY_REGISTRATION));
    word(out, ",\"cargo\":", row.text(JOB_TITLE));
    let (emails, phones) = (row.text(EMAILS), row.text(PHONES));
    raw(out, ",\"emails\":", Some(emails.unwrap_or(b"[]")));
    raw(out, ",\"email\":", first(emails));
    raw(out, ",\"emailPrincipal\":", first(emails));
    raw(out, ",\"telefones\":", Some(phones.unwrap_or(b"[]")));
    raw(out, ",\"telefone\":", first(phones));
    raw(out, ",\"telefonePrincipal\":", first(phones));
    word(out, ",\"observacao\":", row.text(NOTES));
    word(out, ",\"indicadoPor\":", row.text(REFERRED_BY));
    word(out, ",\"site\":", row.text(WEBSITE));
    word(out, ",\"facebook\":", row.text(FACEBOOK));
    word(out, ",\"linkedin\":", row.text(LINKEDIN));
    word(out, ",\"twitter\":", row.text(TWITTER));
    word(out, ",\"skype\":", row.text(SKYPE));
    word(out, ",\"foto\":", row.text(PHOTO));
    let entry = |column, table: &'static str| match table {
        "origin" => row.int(column).and_then(|id| registries.origins.get(id)),
        "segment" => row.int(column).and_then(|id| registries.segments.get(id)),
        "category" => row.int(column).and_then(|id| registries.categories.get(id)),
        _ => row.int(column).and_then(|id| registries.users.get(id)),
    };
    titled(out, ",\"origem\":", ",\"origemObject\":", entry(ORIGIN, "origin"));
    titled(out, ",\"segmento\":", ",\"segmentoObject\":", entry(SEGMENT, "segment"));
    titled(out, ",\"categoria\":", ",\"categoriaObject\":", entry(CATEGORY, "category"));
    tags(row.text(TAGS), registries, out);
    if let Some(revenue) = row.int(REVENUE) {
        out.extend_from_slice(b",\"receitaAnual\":");
        json::decimal(out, revenue);
    }
    number(out, ",\"quantidadeFuncionarios\":", row.int(EMPLOYEES));
    date(out, ",\"dataFundacao\":", row.int(FOUNDED));
    date(out, ",\"dataNascimento\":", row.int(BORN));
    flag(out, ",\"sigiloso\":", row.flag(CONFIDENTIAL).unwrap_or(false));
    for (key, column) in
        [(",\"responsavel\":", OWNER), (",\"autor\":", AUTHOR), (",\"autorAtualizacao\":", EDITOR)]
    {
        raw(out, key, entry(column, "user").map(|entry| entry.object.as_slice()));
    }
    relatives(row, (id, now), more, out);
    out.extend_from_slice(b",\"enderecos\":");
    let start = out.len();
    json::elements(row.text(ADDRESSES).unwrap_or(b"[]"), |item| {
        out.push(b',');
        address(item, registries, out);
    });
    json::close_list(out, start);
    let places = &registries.places;
    for (key, kind, column) in [
        (",\"regiaoPais\":", b'c', COUNTRY),
        (",\"regiaoEstado\":", b's', STATE),
        (",\"regiaoMunicipio\":", b'm', CITY),
    ] {
        raw(out, key, row.int(column).and_then(|id| places.object(kind, id)));
    }
    custom(row.text(CUSTOM).unwrap_or(b"{}"), registries, out);
    number(out, ",\"oportunidades\":", Some(row.int(OPPORTUNITIES).unwrap_or(0)));
    number(out, ",\"tarefas\":", Some(row.int(TASKS).unwrap_or(0)));
    number(out, ",\"compromissos\":", Some(row.int(APPOINTMENTS).unwrap_or(0)));
    number(out, ",\"qtdeQualificacoes\":", Some(row.int(QUALIFICATIONS).unwrap_or(0)));
    days(out, now, row.int(INTERACTION), row.int(CREATED));
    if let Some(name) = row.text(ENTITY) {
        out.extend_from_slice(b",\"tipoEntidade\":{\"nome\":");
        json::text(out, name);
        out.push(b'}');
    }
    flag(out, ",\"integradoRD\":", row.flag(FROM_LEADS).unwrap_or(false));
    flag(out, ",\"blocked\":", row.flag(BLOCKED).unwrap_or(false));
    instant(out, ",\"dataCriacao\":", row.int(CREATED));
    instant(out, ",\"dataAtualizacao\":", row.int(UPDATED));
    out.push(b'}');
}

fn tags(stored: Option<&[u8]>, registries: &Registries, out: &mut Vec<u8>) {
    let stored = stored.unwrap_or(b"[]");
    let tag = |id: &[u8]| json::number(id).and_then(|id| registries.tags.get(id));
    if stored.len() > 2
        && let Some(first) = tag(&stored[1..json::end_of(stored, 1)]).filter(|first| !first.title.is_empty())
    {
        raw(out, ",\"lista\":", Some(&first.title));
    }
    out.extend_from_slice(b",\"listas\":");
    let start = out.len();
    json::elements(stored, |id| raw(out, ",", tag(id).map(|tag| tag.object.as_slice())));
    json::close_list(out, start);
}

/// People, employer and parent account.
fn relatives<R: Row>(row: &R, (id, now): (i64, i64), more: &mut impl More, out: &mut Vec<u8>) {
    out.extend_from_slice(b",\"contatos\":");
    let start = out.len();
    if row.int(PEOPLE).unwrap_or(0) > 0 {
        more.people(id, out);
    }
    json::close_list(out, start);
    let name = row.text(NAME);
    let mut links =
        |out: &mut Vec<u8>, kind: i64, count: usize, other: (Option<i64>, usize), since: usize| {
            let start = out.len();
            match (row.int(count).unwrap_or(0), other.0) {
                (1, Some(end)) => {
                    out.push(b',');
                    link(out, (id, name), (end, row.text(other.1)), row.int(since), true);
                }
                (1.., _) => more.links(kind, id, out),
                _ => {}
            }
            json::close_list(out, start);
        };
    if row.int(EMPLOYER).is_some() {
        out.extend_from_slice(b",\"empresaAtual\":");
        stub(row, now, EMPLOYER, EMPLOYER_NAME, out);
    }
    out.extend_from_slice(b",\"empresasAtuais\":");
    links(out, 0, EMPLOYERS, (row.int(EMPLOYER), EMPLOYER_NAME), EMPLOYER_SINCE);
    if row.int(PARENT).is_some() {
        out.extend_from_slice(b",\"contaPai\":");
        let start = out.len();
        stub(row, now, PARENT, PARENT_NAME, out);
        let end = out.len();
        out.extend_from_slice(b",\"contatoPai\":");
        out.extend_from_within(start..end);
    }
    out.extend_from_slice(b",\"contatosPai\":");
    links(out, 1, PARENTS, (row.int(PARENT), PARENT_NAME), PARENT_SINCE);
}

/// The contact that a relation points to; its columns start at `from`.
fn stub<R: Row>(row: &R, now: i64, id: usize, from: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"id\":");
    json::int(out, row.int(id).unwrap_or(0));
    word(out, ",\"nome\":", row.text(from));
    word(out, ",\"razaoSocial\":", row.text(from + 1));
    word(out, ",\"cnpj\":", row.text(from + 2));
    let (emails, phones) = (row.text(from + 3), row.text(from + 4));
    raw(out, ",\"email\":", first(emails));
    raw(out, ",\"emailPrincipal\":", first(emails));
    raw(out, ",\"emails\":", Some(emails.unwrap_or(b"[]")));
    raw(out, ",\"telefones\":", Some(phones.unwrap_or(b"[]")));
    let organisation = row.flag(from + 5).unwrap_or(false);
    flag(out, ",\"empresa\":", organisation);
    flag(out, ",\"isEmpresa\":", organisation);
    days(out, now, row.int(from + 6), row.int(from + 7));
    out.push(b'}');
}

/// A link between a contact and an organisation.
pub fn link(
    out: &mut Vec<u8>,
    (id, name): (i64, Option<&[u8]>),
    (other, other_name): (i64, Option<&[u8]>),
    since: Option<i64>,
    main: bool,
) {
    out.extend_from_slice(b"{\"contato\":{\"id\":");
    json::int(out, id);
    word(out, ",\"nome\":", name);
    out.extend_from_slice(b"},\"empresa\":{\"id\":");
    json::int(out, other);
    word(out, ",\"nome\":", other_name);
    out.push(b'}');
    instant(out, ",\"dataAtualizacao\":", since);
    flag(out, ",\"empresaPrincipal\":", main);
    out.push(b'}');
}

/// Appends one of the people of an organisation, from a row with [`PEOPLE_COLUMNS`].
pub fn person<R: Row>(row: &R, now: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(b",{\"id\":");
    json::int(out, row.int(0).unwrap_or(0));
    word(out, ",\"nome\":", row.text(1));
    word(out, ",\"cargo\":", row.text(2));
    let (emails, phones) = (row.text(3), row.text(4));
    raw(out, ",\"email\":", first(emails));
    raw(out, ",\"emailPrincipal\":", first(emails));
    raw(out, ",\"emails\":", Some(emails.unwrap_or(b"[]")));
    raw(out, ",\"telefones\":", Some(phones.unwrap_or(b"[]")));
    days(out, now, row.int(5), row.int(6));
    out.push(b'}');
}

/// Appends a link, from a row with [`LINK_COLUMNS`].
pub fn listed_link<R: Row>(row: &R, out: &mut Vec<u8>) {
    out.push(b',');
    let (from, to) = ((row.int(0).unwrap_or(0), row.text(1)), (row.int(2).unwrap_or(0), row.text(3)));
    link(out, from, to, row.int(4), row.flag(5).unwrap_or(false));
}

fn address(item: &[u8], registries: &Registries, out: &mut Vec<u8>) {
    let mut of: [&[u8]; 13] = [b""; 13];
    json::members(item, |key, value| {
        let place = match key {
            b"id" => 0,
            b"kind" => 1,
            b"main" => 2,
            b"postal_code" => 3,
            b"street" => 4,
            b"line" => 5,
            b"number" => 6,
            b"complement" => 7,
            b"district" => 8,
            b"city" => 9,
            b"state" => 10,
            b"country" => 11,
            b"search_by_postal_code" => 12,
            _ => return,
        };
        if value != b"\"\"" && value != b"null" {
            of[place] = value;
        }
    });
    let start = out.len();
    let some = |out: &mut Vec<u8>, key: &str, place: usize| {
        raw(out, key, Some(of[place]).filter(|value| !value.is_empty()));
    };
    some(out, ",\"id\":", 0);
    let kind: &[u8] = match of[1] {
        b"" | b"0" => b"\"RESIDENCIAL\"",
        b"1" => b"\"CORRESPONDENCIA\"",
        b"2" => b"\"COMERCIAL_MATRIZ\"",
        b"3" => b"\"COMERCIAL_FILIAL\"",
        _ => b"\"COMERCIAL_RURAL\"",
    };
    raw(out, ",\"tipo\":", Some(kind));
    flag(out, ",\"principal\":", of[2] == b"true");
    some(out, ",\"cep\":", 3);
    some(out, ",\"logradouro\":", 4);
    some(out, ",\"endereco\":", 5);
    some(out, ",\"numero\":", 6);
    some(out, ",\"complemento\":", 7);
    some(out, ",\"bairro\":", 8);
    some(out, ",\"municipio\":", 9);
    let places = &registries.places;
    if let Some(city) = places.city(of[9], of[10]) {
        raw(out, ",\"municipioObject\":", places.object(b'm', city));
        number(out, ",\"codigoMunicipioIbge\":", Some(city));
    }
    some(out, ",\"estado\":", 10);
    raw(out, ",\"estadoObject\":", places.state(of[10]).and_then(|id| places.object(b's', id)));
    some(out, ",\"pais\":", 11);
    raw(out, ",\"paisObject\":", places.country(of[11]).and_then(|id| places.object(b'c', id)));
    flag(out, ",\"searchByCep\":", of[12] == b"true");
    json::close(out, start);
}

fn custom(stored: &[u8], registries: &Registries, out: &mut Vec<u8>) {
    for (key, objects) in [(",\"camposPersonalizados\":", false), (",\"camposPersonalizadosObject\":", true)]
    {
        out.extend_from_slice(key.as_bytes());
        let start = out.len();
        json::members(stored, |field, pair| {
            let known = json::number(field).and_then(|field| registries.custom.get(&field));
            let comma = json::end_of(pair, 1);
            let (id, text) = (&pair[1..comma], &pair[comma + 1..pair.len() - 1]);
            let Some(known) = known.filter(|_| text != b"\"\"") else { return };
            out.push(b',');
            if !objects {
                out.extend_from_slice(&known.label);
                raw(out, ":", Some(text));
                return;
            }
            out.extend_from_slice(&known.alias);
            raw(out, ":{\"id\":", Some(id));
            raw(out, ",\"valor\":", Some(text));
            if known.refers {
                let related = json::number(&text[1..text.len() - 1]).filter(|id| *id > 0);
                number(out, ",\"idRelacionado\":", related);
            }
            out.push(b'}');
        });
        json::close(out, start);
    }
}
