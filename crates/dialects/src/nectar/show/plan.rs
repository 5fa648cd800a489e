//! What an answer selects and writes, decided once: the columns of a resource and the cells that write them.
//!
//! The plan of a whole object is made once per process; with `attribute` a smaller one is made per request, so that
//! no column is read and no record joined that nobody is shown.

use std::sync::OnceLock;

use favo_core::catalogue::{
    Access, Default as Preset, appointment, contact, contact_link, custom_field, meta, opportunity,
    price_table, product, proposal, qualification, task,
};
use favo_core::query::Column;
use favo_core::{Field, FieldType, Resource};

use super::cells::{Cell, LinkColumns, Write};
use super::faces::StagePart;
use super::holes::Kind;
use super::items::Items;
use super::places_out::Part;
use crate::nectar::spelling::{ContactShape, Line, RefShape, Shown, Special, sheet};

/// The words for the entities that custom fields extend, by code.
pub(crate) const ENTITIES: &[&str] =
    &["Contato", "Oportunidade", "Tarefa", "Compromisso", "Qualificacao", "Produto"];
const PROPOSAL_STATES: &[&str] = &["Rascunho", "Em aprovação", "Aprovada", "Reprovada", "Obsoleta"];

/// The columns to select and the cells that write them.
#[derive(Debug)]
pub(crate) struct Plan {
    /// What to select.
    pub(crate) columns: Vec<Column>,
    /// What to write.
    pub(crate) cells: Vec<Cell>,
    /// It goes on inside an object that is open already.
    pub(crate) is_tail: bool,
}

impl Plan {
    /// The plan of the whole object of a resource.
    pub(crate) fn whole(resource: Resource) -> &'static Self {
        static PLANS: [OnceLock<Plan>; Resource::ALL.len()] =
            [const { OnceLock::new() }; Resource::ALL.len()];
        PLANS[resource as usize].get_or_init(|| Self::along(resource, lines(resource), None))
    }

    /// The plan of some keys of a resource.
    pub(crate) fn only(resource: Resource, attributes: &[&str]) -> Self {
        Self::along(resource, lines(resource), Some(attributes))
    }

    /// A plan along these lines, of all or some of their keys.
    pub(crate) fn along(resource: Resource, lines: &[Line], attributes: Option<&[&str]>) -> Self {
        let mut builder = Builder::new(resource);
        let wanted = lines.iter().filter(|line| attributes.is_none_or(|names| names.contains(&line.key)));
        let cells = wanted.filter_map(|line| builder.cell(line)).collect();
        builder.finish(cells)
    }
}

fn lines(resource: Resource) -> &'static [Line] {
    sheet(resource).map_or(&[], |sheet| sheet.lines)
}

/// `contatos[]`, from links between people and their organisation.
pub(crate) fn person() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| {
        let mut builder = Builder::new(Resource::ContactLink);
        let path = [Some(contact_link::CONTACT.position()), None];
        let id = builder.own(contact_link::CONTACT);
        let mut cells = vec![Cell::new("id", Write::Int(id))];
        cells.push(Cell::new("nome", Write::Text(builder.at(path, contact::NAME))));
        let (emails, phones) = (builder.at(path, contact::EMAILS), builder.at(path, contact::PHONES));
        let no_list = || Write::Fixed(b"[]".as_slice().into());
        let days = builder.days_without(path, contact::LAST_INTERACTION_AT);
        for (key, open, closed) in [
            ("cargo", Write::Text(builder.at(path, contact::JOB_TITLE)), Write::Nothing),
            ("email", Write::First(emails), Write::Nothing),
            ("emailPrincipal", Write::First(emails), Write::Nothing),
            ("emails", Write::List(emails), no_list()),
            ("telefones", Write::List(phones), no_list()),
            ("diasSemInteracao", days, Write::Nothing),
        ] {
            let write = builder.guarded(path, open, closed);
            cells.push(Cell::new(key, write));
        }
        builder.finish(cells)
    })
}

/// What a product line shows of its product: `moeda`, `grupoNome`, `subGrupoNome` and `produto`.
pub(crate) fn line_product() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| {
        let mut builder = Builder::new(Resource::Product);
        let id = builder.own(meta::ID);
        let mut inner = builder.product_cells(&[
            "id",
            "nome",
            "codigo",
            "contador",
            "descricao",
            "ativo",
            "valorBase",
            "valorEditavel",
            "recorrencia",
            "moeda",
            "permiteDesconto",
            "descontoMaximo",
            "descontoPorcentual",
            "permiteAcrescimo",
            "acrescimoMaximo",
            "acrescimoPercentual",
            "comissao",
            "comissaoPorcentual",
            "fracionario",
            "possuiEstoque",
            "quantidadeEstoque",
        ]);
        let (category, subcategory) = (builder.own(product::CATEGORY), builder.own(product::SUBCATEGORY));
        let category = || Write::Title(category, Resource::ProductCategory);
        let subcategory = || Write::Title(subcategory, Resource::ProductSubcategory);
        inner.push(Cell::new("categoria", category()));
        inner.push(Cell::new("subCategoria", subcategory()));
        let cells = vec![
            Cell::new("moeda", Write::Text(builder.own(product::CURRENCY))),
            Cell::new("grupoNome", category()),
            Cell::new("subGrupoNome", subcategory()),
            Cell::new("produto", Write::Object(id, inner.into())),
        ];
        Plan { is_tail: true, ..builder.finish(cells) }
    })
}

/// `produtos[]` of a product.
pub(crate) fn dependent_product() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| {
        let mut builder = Builder::new(Resource::Product);
        let cells = builder.product_cells(&[
            "id",
            "nome",
            "contador",
            "descricao",
            "ativo",
            "valorBase",
            "recorrencia",
            "permiteDesconto",
            "codigo",
            "moeda",
            "descontoMaximo",
            "isDescontoPorcentual",
            "comissao",
            "isComissaoPorcentual",
        ]);
        builder.finish(cells)
    })
}

/// `produtos[]` of a price table, without the price.
pub(crate) fn priced_product() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| {
        let mut builder = Builder::new(Resource::Product);
        let cells = builder.product_cells(&[
            "id",
            "nome",
            "codigo",
            "contador",
            "ativo",
            "recorrencia",
            "moeda",
            "categoria",
            "subCategoria",
            "permiteDesconto",
            "descontoMaximo",
            "isDescontoPorcentual",
            "descontoPorcentual",
            "comissao",
            "isComissaoPorcentual",
            "comissaoPorcentual",
            "possuiEstoque",
        ]);
        builder.finish(cells)
    })
}

type Path = [Option<u16>; 2];
const HERE: Path = [None, None];

/// Collects columns, each once.
struct Builder {
    resource: Resource,
    columns: Vec<Column>,
}

impl Builder {
    fn new(resource: Resource) -> Self {
        Self { resource, columns: Vec::new() }
    }

    fn finish(mut self, cells: Vec<Cell>) -> Plan {
        if self.columns.is_empty() {
            self.columns.push(Column::own(meta::ID));
        }
        Plan { columns: self.columns, cells, is_tail: false }
    }

    /// The place of a field at the end of a path among the columns.
    fn at(&mut self, path: Path, field: impl Into<u16>) -> usize {
        let column = Column { path, field: field.into() };
        self.columns.iter().position(|known| *known == column).unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        })
    }

    fn own(&mut self, field: impl Into<u16>) -> usize {
        self.at(HERE, field)
    }

    fn cell(&mut self, line: &Line) -> Option<Cell> {
        self.write(line.shown).map(|write| Cell::new(line.key, write))
    }

    fn product_cells(&mut self, keys: &[&str]) -> Vec<Cell> {
        let known = lines(Resource::Product);
        let wanted = keys.iter().filter_map(|key| known.iter().find(|line| line.key == *key));
        wanted.filter_map(|line| self.cell(line)).collect()
    }

    fn field(&self, position: u16) -> &'static Field {
        self.resource.definition().field(position)
    }

    /// The registry a relation points to.
    fn target(&self, position: u16) -> Resource {
        match self.field(position).field_type {
            FieldType::One(resource) | FieldType::Many(resource) => resource,
            _ => self.resource,
        }
    }

    fn write(&mut self, shown: Shown) -> Option<Write> {
        Some(match shown {
            Shown::Never => return None,
            Shown::Own(position) => self.value(position),
            Shown::NameOf(position) => Write::Title(self.own(position), self.target(position)),
            Shown::Ref(position, shape) => {
                let face = (self.target(position), shape);
                Write::Face(self.own(position), face, shape == RefShape::Funnel)
            }
            Shown::Refs(position, shape) => Write::Faces(self.own(position), (self.target(position), shape)),
            Shown::FirstOf(position) => Write::First(self.own(position)),
            Shown::NameOfFirst(position) => Write::FirstTitle(self.own(position), self.target(position)),
            Shown::Contact(position, shape) => self.contact([Some(position), None], shape),
            Shown::Opportunity(position) => self.opportunity(position),
            Shown::Rows(position, lines) => {
                let fields = favo_core::record::item_fields(self.field(position));
                Write::Rows(self.own(position), Box::new(Items::of(fields, lines)))
            }
            Shown::DaysSince(position) => self.days_without(HERE, position),
            Shown::Constant(json) => Write::Fixed(json.as_bytes().into()),
            Shown::Special(special) => return self.special(special),
        })
    }

    fn value(&mut self, position: u16) -> Write {
        let field = self.field(position);
        let column = self.own(position);
        if self.resource == Resource::Task && position == task::PRIORITY.position() {
            return Write::Priority(column);
        }
        match field.field_type {
            FieldType::Text { .. } => Write::Text(column),
            FieldType::Int | FieldType::Enum(_) | FieldType::One(_) if field.access == Access::Rollup => {
                Write::Count(column)
            }
            FieldType::Int | FieldType::Enum(_) | FieldType::One(_) => Write::Int(column),
            FieldType::Decimal => Write::Decimal(column),
            FieldType::Bool => {
                let preset = match field.default {
                    Preset::Bool(flag) => Some(flag),
                    _ => None,
                };
                Write::Flag(column, preset)
            }
            FieldType::Instant => Write::Instant(column),
            FieldType::Date => Write::Date(column),
            FieldType::Texts | FieldType::Many(_) | FieldType::Items(_) => Write::List(column),
            FieldType::Custom | FieldType::Map => Write::Custom(column),
        }
    }

    fn days_without(&mut self, path: Path, field: impl Into<u16>) -> Write {
        Write::Days(self.at(path, field), self.at(path, meta::CREATED_AT), None)
    }

    /// What is shown of a contact, and what of one that is confidential to the caller (C4).
    fn guarded(&mut self, path: Path, open: Write, closed: Write) -> Write {
        let (confidential, owner) = (self.at(path, contact::CONFIDENTIAL), self.at(path, contact::OWNER));
        Write::Guarded(confidential, owner, Box::new((open, closed)))
    }

    /// A contact that relations lead to, in one of its shapes (3.10).
    fn contact(&mut self, path: Path, shape: ContactShape) -> Write {
        // The id is in the row that points to the contact: it needs no join.
        let id = match path {
            [Some(first), Some(second)] => self.at([Some(first), None], second),
            [Some(first), None] => self.own(first),
            _ => self.own(meta::ID),
        };
        let mut cells = vec![Cell::new("id", Write::Int(id))];
        let name = self.at(path, contact::NAME);
        if shape == ContactShape::Ref {
            cells.push(Cell::new("codigo", Write::Text(self.at(path, contact::CODE))));
        }
        cells.push(Cell::new("nome", Write::Text(name)));
        if shape == ContactShape::Name {
            return Write::Object(id, cells.into());
        }
        cells.push(Cell::new("razaoSocial", Write::Text(self.at(path, contact::LEGAL_NAME))));
        cells.push(Cell::new("cnpj", Write::Text(self.at(path, contact::COMPANY_TAX_ID))));
        let (emails, phones) = (self.at(path, contact::EMAILS), self.at(path, contact::PHONES));
        if shape == ContactShape::Ref {
            cells.push(Cell::new("telefone", Write::First(phones)));
            cells.push(Cell::new("telefonePrincipal", Write::First(phones)));
        }
        cells.push(Cell::new("email", Write::First(emails)));
        cells.push(Cell::new("emailPrincipal", Write::First(emails)));
        if shape == ContactShape::Stub {
            cells.push(Cell::new("emails", Write::List(emails)));
            cells.push(Cell::new("telefones", Write::List(phones)));
        }
        let organisation = self.at(path, contact::ORGANISATION);
        cells.push(Cell::new("empresa", Write::Flag(organisation, Some(false))));
        cells.push(Cell::new("isEmpresa", Write::Flag(organisation, Some(false))));
        if shape == ContactShape::Ref {
            cells.push(Cell::new("ativo", Write::Flag(self.at(path, contact::ACTIVE), Some(true))));
        }
        cells.push(Cell::new("diasSemInteracao", self.days_without(path, contact::LAST_INTERACTION_AT)));
        if shape == ContactShape::Ref {
            cells.push(Cell::new("origem", Write::Title(self.at(path, contact::ORIGIN), Resource::Origin)));
        }
        let whole = Write::Object(id, cells.into());
        let brief =
            Write::Object(id, [Cell::new("id", Write::Int(id)), Cell::new("nome", Write::Text(name))].into());
        self.guarded(path, whole, brief)
    }

    /// `OpportunityStub` (3.10).
    fn opportunity(&mut self, relation: u16) -> Write {
        let path = [Some(relation), None];
        let id = self.own(relation);
        let customer =
            self.contact([Some(relation), Some(opportunity::CUSTOMER.position())], ContactShape::Ref);
        let entered = self.at(path, opportunity::STAGE_ENTERED_AT);
        let created = self.at(path, meta::CREATED_AT);
        let closed = self.at(path, opportunity::CLOSED_AT);
        let fixed = |json: &str| Write::Fixed(json.as_bytes().into());
        let cells = [
            Cell::new("id", Write::Int(id)),
            Cell::new("nome", Write::Text(self.at(path, opportunity::NAME))),
            Cell::new("codigo", Write::Text(self.at(path, opportunity::CODE))),
            Cell::new("cliente", customer),
            Cell::new("funilVenda", fixed("{}")),
            Cell::new("temperatura", fixed("\"\"")),
            Cell::new("valorTotalDescontos", fixed("0")),
            Cell::new("origem", fixed("{}")),
            Cell::new("diasSemInteracao", self.days_without(path, opportunity::LAST_INTERACTION_AT)),
            Cell::new("diasEstagnacaoNaEtapa", Write::Days(entered, created, Some(closed))),
            Cell::new("quantidadeProdutos", Write::Count(self.at(path, opportunity::LINE_COUNT))),
        ];
        Write::Object(id, cells.into())
    }

    fn links(&mut self, kind: Kind) -> Write {
        let (relation, count, since) = match kind {
            Kind::Parents => (contact::PARENT, contact::PARENTS, contact::PARENT_SINCE),
            _ => (contact::EMPLOYER, contact::EMPLOYERS, contact::EMPLOYER_SINCE),
        };
        let columns = LinkColumns {
            id: self.own(meta::ID),
            name: self.own(contact::NAME),
            count: self.own(count),
            other: self.own(relation),
            other_name: self.at([Some(relation.position()), None], contact::NAME),
            since: self.own(since),
        };
        Write::Links(kind, Box::new(columns))
    }

    /// The column of a field that opportunities and qualifications both have.
    fn deal(&mut self, of_opportunity: impl Into<u16>, of_qualification: impl Into<u16>) -> usize {
        if self.resource == Resource::Qualification {
            self.own(of_qualification)
        } else {
            self.own(of_opportunity)
        }
    }

    fn special(&mut self, special: Special) -> Option<Write> {
        let custom = self.resource.definition().custom;
        Some(match special {
            Special::Custom => Write::Custom(self.own(custom?)),
            Special::CustomObject => Write::CustomObject(self.own(custom?)),
            Special::ListingFields => Write::Listing(self.own(custom?)),
            Special::People => Write::People(self.own(meta::ID), self.own(contact::PEOPLE)),
            Special::Employers => self.links(Kind::Employers),
            Special::Parents => self.links(Kind::Parents),
            Special::RegionCountry => Write::Place(self.own(contact::REGION_COUNTRY), Part::Country),
            Special::RegionState => Write::Place(self.own(contact::REGION_STATE), Part::State),
            Special::RegionCity => Write::Place(self.own(contact::REGION_CITY), Part::City),
            Special::EntityType => Write::Named(self.own(contact::ENTITY_TYPE)),
            Special::MainContact => {
                let guard = self.own(opportunity::CONTACT);
                let chosen = self.contact([Some(opportunity::CONTACT.position()), None], ContactShape::Ref);
                let customer =
                    self.contact([Some(opportunity::CUSTOMER.position()), None], ContactShape::Ref);
                Write::Either(guard, Box::new((chosen, customer)))
            }
            Special::Postponed => Write::Is(self.own(opportunity::STATUS), 5),
            Special::FunnelName => {
                Write::Title(self.deal(opportunity::PIPELINE, qualification::PIPELINE), Resource::Pipeline)
            }
            Special::Funnel => {
                let face = (Resource::Pipeline, RefShape::Funnel);
                Write::Face(self.deal(opportunity::PIPELINE, qualification::PIPELINE), face, true)
            }
            Special::StageNumber => self.stage(StagePart::Number),
            Special::StageName => self.stage(StagePart::Name),
            Special::Stage => self.stage(StagePart::Object),
            Special::DaysInStage => {
                let entered = self.own(opportunity::STAGE_ENTERED_AT);
                Write::Days(entered, self.own(meta::CREATED_AT), Some(self.own(opportunity::CLOSED_AT)))
            }
            Special::Temperature => Write::Temperature(self.own(opportunity::PROBABILITY)),
            Special::EmptyArray => Write::Fixed((*b"[]").into()),
            Special::Overdue => Write::Overdue(
                self.own(meta::ID),
                self.own(opportunity::PENDING_TASKS),
                self.own(opportunity::PENDING_APPOINTMENTS),
            ),
            Special::CustomerTasks => Write::Count(
                self.at([Some(qualification::CUSTOMER.position()), None], contact::PENDING_TASKS),
            ),
            Special::CustomerAppointments => Write::Count(
                self.at([Some(qualification::CUSTOMER.position()), None], contact::PENDING_APPOINTMENTS),
            ),
            Special::AppointmentRef => {
                let id = self.own(qualification::APPOINTMENT);
                let path = [Some(qualification::APPOINTMENT.position()), None];
                let subject = Cell::new("nome", Write::Text(self.at(path, appointment::SUBJECT)));
                Write::Object(id, [Cell::new("id", Write::Int(id)), subject].into())
            }
            Special::TaskTemplate => Write::TaskTemplate(self.own(task::TEMPLATE)),
            Special::Dependents => Write::Dependents(self.own(product::DEPENDENTS)),
            Special::Subcategories => Write::Subcategories(self.own(meta::ID)),
            Special::PriceTableProducts => Write::Priced(self.own(price_table::ENTRIES), Kind::Priced),
            Special::PriceTableCount => Write::Priced(self.own(price_table::ENTRIES), Kind::PricedCount),
            Special::PriceTableActive => {
                Write::ActiveUntil(self.own(price_table::ACTIVE), self.own(price_table::EXPIRES_AT))
            }
            Special::MayPut | Special::MayFilter => Write::Fixed((*b"true").into()),
            Special::TenantId => Write::Tenant,
            Special::Extends => Write::Word(self.own(custom_field::EXTENDS), ENTITIES),
            Special::ProposalLabel => Write::Word(self.own(proposal::STATUS), PROPOSAL_STATES),
            Special::ProposalCode => Write::ProposalCode(
                self.own(proposal::REVISION),
                self.own(proposal::NUMBER),
                self.own(proposal::YEAR),
            ),
            Special::ProposalUrl => Write::ProposalUrl(self.own(proposal::PUBLIC_KEY)),
            // These belong to owned lists, or are accepted only.
            Special::Queue
            | Special::CityObject
            | Special::CityCode
            | Special::StateObject
            | Special::CountryObject
            | Special::LineProduct
            | Special::LineCurrency
            | Special::LineCategory
            | Special::LineSubcategory
            | Special::LineName
            | Special::LineTotal
            | Special::ParticipantUser
            | Special::ParticipantContact
            | Special::ParticipantName
            | Special::ParticipantEmail
            | Special::ParticipantLogin
            | Special::AddressKind => return None,
        })
    }

    fn stage(&mut self, part: StagePart) -> Write {
        Write::Stage(self.deal(opportunity::STAGE, qualification::STAGE), part)
    }
}
