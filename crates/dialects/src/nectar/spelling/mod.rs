//! The wire names of every resource, paired with the fields of the catalogue: one line a key, both directions.
//!
//! The tables are data; [`show`](super::show) writes rows along them and [`accept`](super::accept) reads bodies along
//! them. Aliases on write are lines that are never shown.

mod activities;
mod contacts;
mod products;
mod registries;
mod sales;

use favo_core::Resource;

pub(crate) use contacts::CONTACT;

/// One wire key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    /// The key as it travels.
    pub(crate) key: &'static str,
    /// What it shows.
    pub(crate) shown: Shown,
    /// What a value in a body does.
    pub(crate) taken: Taken,
}

/// What a key shows on read. Without a value the key is left out, unless noted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shown {
    /// Nothing: accepted only.
    Never,
    /// The field's own value; truth values and lists always.
    Own(u16),
    /// The title of the registry record a relation points to, as text.
    NameOf(u16),
    /// The registry record a relation points to, as an object.
    Ref(u16, RefShape),
    /// Registry records, as an array; always.
    Refs(u16, RefShape),
    /// The first text of a list.
    FirstOf(u16),
    /// The title of the first registry record of a list.
    NameOfFirst(u16),
    /// The contact a relation points to.
    Contact(u16, ContactShape),
    /// The opportunity a relation points to, as `OpportunityStub`.
    Opportunity(u16),
    /// The rows of an owned list, along their own lines; always.
    Rows(u16, &'static [Line]),
    /// Whole days from the instant in the field (or the creation) to now.
    DaysSince(u16),
    /// A constant.
    Constant(&'static str),
    /// Something of its own.
    Special(Special),
}

/// The shapes of registry records inside others (3.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefShape {
    /// `{id, nome}`.
    Name,
    /// `{id, nome, ativo}`.
    Lookup,
    /// `{id, login, nome, foto}`.
    User,
    /// `{id, nome, cor, ativo}`.
    Tag,
    /// `{id, nome, ativo, natureza}`.
    TaskType,
    /// `{id, nome, padrao, tipo, cascataCicloVida}`; an empty object when there is none.
    Funnel,
}

/// The shapes of contacts inside others (3.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContactShape {
    /// `ContactRef`.
    Ref,
    /// `ContactStub`.
    Stub,
    /// `{id, nome}`.
    Name,
}

/// What a key does on write. `null`, `""`, `{}` and `[]` clear.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Taken {
    /// Nothing: read-only or derived.
    Never,
    /// Sets the field, coerced to its type; relations by id, login or name (3.7).
    Own(u16),
    /// The same for a second key of one value: the key whose value differs from the stored one wins (3.6).
    Also(u16),
    /// A value that becomes or moves to the first of a list unless the list itself is in the body (C3).
    First(u16),
    /// A tag by name, added when the list is absent.
    OneMore(u16),
    /// The rows of an owned list, along their own lines.
    Rows(u16, &'static [Line]),
    /// Something of its own.
    Special(Special),
}

/// Keys whose meaning is more than one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Special {
    /// `camposPersonalizados`.
    Custom,
    /// `camposPersonalizadosObject`.
    CustomObject,
    /// `contatos[]` of an organisation (C6).
    People,
    /// `empresasAtuais[]` (C7).
    Employers,
    /// `contatosPai[]` (C7).
    Parents,
    /// `queue` (4.23).
    Queue,
    /// `regiaoPais`.
    RegionCountry,
    /// `regiaoEstado`.
    RegionState,
    /// `regiaoMunicipio`.
    RegionCity,
    /// `tipoEntidade`.
    EntityType,
    /// `enderecos[].municipioObject`.
    CityObject,
    /// `enderecos[].codigoMunicipioIbge`.
    CityCode,
    /// `enderecos[].estadoObject`.
    StateObject,
    /// `enderecos[].paisObject`.
    CountryObject,
    /// `contatoPrincipal` (O10).
    MainContact,
    /// `isProrrogada`.
    Postponed,
    /// `pipeline` of an opportunity or qualification: the funnel by name.
    FunnelName,
    /// `funilVenda` and its aliases.
    Funnel,
    /// `etapa`: the stage by its number.
    StageNumber,
    /// `etapaNome`.
    StageName,
    /// `etapaAtual`: the stage by id.
    Stage,
    /// `diasEstagnacaoNaEtapa`.
    DaysInStage,
    /// `temperatura` (O9).
    Temperature,
    /// `produtos[].produto`, and on write its `id`.
    LineProduct,
    /// `produtos[].moeda`.
    LineCurrency,
    /// `produtos[].grupoNome`.
    LineCategory,
    /// `produtos[].subGrupoNome`.
    LineSubcategory,
    /// `produtos[].nome`: shows the name; on write a lookup key when no id is sent.
    LineName,
    /// `produtos[].valorTotal`: shown; on write used only when `valorUnitario` is absent (O7).
    LineTotal,
    /// `justificativasOpcoes`: always the empty array.
    EmptyArray,
    /// `atividadesAtrasadas`.
    Overdue,
    /// `tarefas` and `tarefasAbertas` of a qualification: pending tasks of its customer.
    CustomerTasks,
    /// `compromissos` of a qualification: pending appointments of its customer.
    CustomerAppointments,
    /// `compromisso` of a qualification: `{id, nome}`.
    AppointmentRef,
    /// `camposListagem` (Q5).
    ListingFields,
    /// `modeloTarefa`.
    TaskTemplate,
    /// `participantes[].usuario`.
    ParticipantUser,
    /// `participantes[].contato`.
    ParticipantContact,
    /// `participantes[].nome` and, when only an e-mail is known, nothing.
    ParticipantName,
    /// `participantes[].email`.
    ParticipantEmail,
    /// The older flat participant: `login` means a user (M3).
    ParticipantLogin,
    /// `produtos` of a product: dependent products.
    Dependents,
    /// `subcategorias` and `subCategorias` of a product category.
    Subcategories,
    /// `produtos` of a price table.
    PriceTableProducts,
    /// `quantidadeProdutos` of a price table.
    PriceTableCount,
    /// `ativo` of a price table: false after its expiry.
    PriceTableActive,
    /// `podeIncluir`.
    MayPut,
    /// `podeVisualizar`.
    MayFilter,
    /// `usuarioMasterId`: the tenant.
    TenantId,
    /// `relacionado` of a custom field.
    Extends,
    /// `statusLabel` of a proposal.
    ProposalLabel,
    /// `codigo` and `codigoFormatado` of a proposal.
    ProposalCode,
    /// `publicUrl` of a proposal.
    ProposalUrl,
    /// `tipo` of an address: name out; code, digits or name in.
    AddressKind,
}

/// A resource as this dialect offers it.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// Which resource.
    pub(crate) resource: Resource,
    /// Its keys.
    pub(crate) lines: &'static [Line],
    /// Its entity word in texts and metadata, such as `contato`.
    pub(crate) entity: &'static str,
}

/// The sheet of a resource; `None` for those this dialect does not offer.
pub(crate) fn sheet(resource: Resource) -> Option<&'static Sheet> {
    Some(match resource {
        Resource::Contact => &contacts::SHEET,
        Resource::Opportunity => &sales::OPPORTUNITY,
        Resource::Qualification => &sales::QUALIFICATION,
        Resource::Pipeline => &sales::PIPELINE,
        Resource::Proposal => &sales::PROPOSAL,
        Resource::Task => &activities::TASK,
        Resource::Appointment => &activities::APPOINTMENT,
        Resource::Product => &products::PRODUCT,
        Resource::ProductCategory => &products::CATEGORY,
        Resource::ProductSubcategory => &products::SUBCATEGORY,
        Resource::PriceTable => &products::PRICE_TABLE,
        Resource::Tag => &registries::TAG,
        Resource::Origin => &registries::ORIGIN,
        Resource::Segment => &registries::SEGMENT,
        Resource::Category => &registries::CATEGORY,
        Resource::AppointmentType => &registries::APPOINTMENT_TYPE,
        Resource::CallType => &registries::CALL_TYPE,
        Resource::TaskType => &registries::TASK_TYPE,
        Resource::User => &registries::USER,
        Resource::Team => &registries::TEAM,
        Resource::CustomField => &registries::CUSTOM_FIELD,
        _ => return None,
    })
}

const fn line(key: &'static str, shown: Shown, taken: Taken) -> Line {
    Line { key, shown, taken }
}

/// A key that shows and sets one field.
macro_rules! own {
    ($key:literal, $field:expr) => {
        $crate::nectar::spelling::line($key, Shown::Own($field.position()), Taken::Own($field.position()))
    };
}

/// A key that shows one field and sets nothing.
macro_rules! read {
    ($key:literal, $field:expr) => {
        $crate::nectar::spelling::line($key, Shown::Own($field.position()), Taken::Never)
    };
}

/// A key that shows the registry record of a relation and sets the relation.
macro_rules! refer {
    ($key:literal, $field:expr, $shape:ident) => {
        $crate::nectar::spelling::line(
            $key,
            Shown::Ref($field.position(), RefShape::$shape),
            Taken::Own($field.position()),
        )
    };
}

/// A second key of a value on write, shown or not.
macro_rules! also {
    ($key:literal, $field:expr) => {
        $crate::nectar::spelling::line($key, Shown::Never, Taken::Also($field.position()))
    };
}

/// A key of its own kind in both directions.
macro_rules! special {
    ($key:literal, $special:ident) => {
        $crate::nectar::spelling::line(
            $key,
            Shown::Special(Special::$special),
            Taken::Special(Special::$special),
        )
    };
    (read $key:literal, $special:ident) => {
        $crate::nectar::spelling::line($key, Shown::Special(Special::$special), Taken::Never)
    };
    (write $key:literal, $special:ident) => {
        $crate::nectar::spelling::line($key, Shown::Never, Taken::Special(Special::$special))
    };
}
use {also, own, read, refer, special};
