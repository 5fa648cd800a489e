//! The small registries of a tenant, held in memory: users, roles, tokens, pipelines, tags, custom fields, settings.
//!
//! A snapshot is immutable and carries the registry version it was read at. Every transaction compares that number
//! with the database first, so a change made by another process is seen by the next request.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use crate::catalogue::{Resource, custom_field, pipeline, stage, token};
use crate::error::Result;
use crate::query::{Order, Query};
use crate::record::{Item, Record};
use crate::text::fold;
use crate::transaction::Reader;

/// Behaviour a tenant may switch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// A create without an owner is refused.
    pub require_owner: bool,
    /// A contact with the e-mail or phone of another active one is refused.
    pub refuse_duplicate_contacts: bool,
    /// A new opportunity with the name of an open one is refused.
    pub refuse_duplicate_opportunities: bool,
    /// Pipelines' own rules hold.
    pub enforce_pipeline_rules: bool,
    /// Limits of products hold on lines.
    pub validate_prices: bool,
    /// Custom fields with options accept only those.
    pub strict_options: bool,
    /// Unknown custom fields are refused.
    pub strict_fields: bool,
    /// Rows of a page when none are asked for.
    pub default_page_size: u32,
    /// Requests a token may send per minute.
    pub rate_limit: Option<u32>,
    /// Reports for analysis tools are in the plan.
    pub enterprise_plan: bool,
    /// Dynamic tables are in the plan.
    pub dynamic_tables: bool,
    /// Fields the tenant demands on create, by resource.
    pub mandatory: Vec<(Resource, u16)>,
    /// The currency of amounts that name none; each dialect has its own usual one when empty.
    pub currency: Option<String>,
    /// Settings that only a dialect understands, by names such as `dialect.name`.
    of_dialects: Vec<(String, String)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            require_owner: false,
            refuse_duplicate_contacts: true,
            refuse_duplicate_opportunities: false,
            enforce_pipeline_rules: true,
            validate_prices: false,
            strict_options: false,
            strict_fields: false,
            default_page_size: 15,
            rate_limit: None,
            enterprise_plan: true,
            dynamic_tables: true,
            mandatory: Vec::new(),
            currency: None,
            of_dialects: Vec::new(),
        }
    }
}

impl Settings {
    /// Names of all settings.
    pub const NAMES: &'static [&'static str] = &[
        "require_owner",
        "refuse_duplicate_contacts",
        "refuse_duplicate_opportunities",
        "enforce_pipeline_rules",
        "validate_prices",
        "strict_options",
        "strict_fields",
        "default_page_size",
        "rate_limit",
        "enterprise_plan",
        "dynamic_tables",
        "mandatory",
        "currency",
    ];

    /// What values a setting takes, in words.
    pub fn takes(name: &str) -> &'static str {
        match name {
            "default_page_size" => "a whole number from 1 to 200",
            "rate_limit" => "a whole number of requests per minute, from 1, or none",
            "mandatory" => {
                "fields by their names in the catalogue, such as contact.emails,opportunity.due_at"
            }
            "currency" => "three capital letters, such as EUR, or none",
            _ => "true or false",
        }
    }

    /// What a setting of a dialect was set to.
    pub fn of_dialect(&self, name: &str) -> Option<&str> {
        self.of_dialects.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Applies one setting as stored; `false` when the name or value is unknown.
    ///
    /// What values there are, [`Self::takes`] says.
    pub fn apply(&mut self, name: &str, value: &str) -> bool {
        let flag = match value {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        let target = match name {
            "require_owner" => &mut self.require_owner,
            "refuse_duplicate_contacts" => &mut self.refuse_duplicate_contacts,
            "refuse_duplicate_opportunities" => &mut self.refuse_duplicate_opportunities,
            "enforce_pipeline_rules" => &mut self.enforce_pipeline_rules,
            "validate_prices" => &mut self.validate_prices,
            "strict_options" => &mut self.strict_options,
            "strict_fields" => &mut self.strict_fields,
            "enterprise_plan" => &mut self.enterprise_plan,
            "dynamic_tables" => &mut self.dynamic_tables,
            "default_page_size" => {
                let size = value.parse().ok().filter(|size| (1..=200).contains(size));
                return size.map(|size| self.default_page_size = size).is_some();
            }
            "rate_limit" => {
                if value == "none" {
                    self.rate_limit = None;
                    return true;
                }
                let limit = value.parse().ok().filter(|limit| *limit > 0);
                return limit.map(|limit| self.rate_limit = Some(limit)).is_some();
            }
            "currency" => {
                let named = value.len() == 3 && value.bytes().all(|byte| byte.is_ascii_uppercase());
                self.currency = named.then(|| value.to_owned());
                return named || value == "none";
            }
            name if name.contains('.') => {
                self.of_dialects.retain(|(known, _)| known != name);
                self.of_dialects.push((name.to_owned(), value.to_owned()));
                return true;
            }
            "mandatory" => {
                let fields: Option<Vec<_>> = value
                    .split(',')
                    .filter(|part| !part.trim().is_empty())
                    .map(|part| {
                        let (resource, field) = part.trim().split_once('.')?;
                        let resource = Resource::from_name(resource)?;
                        Some((resource, resource.definition().position(field)?))
                    })
                    .collect();
                return fields.map(|fields| self.mandatory = fields).is_some();
            }
            _ => return false,
        };
        flag.map(|flag| *target = flag).is_some()
    }
}

/// The custom-field resources in the order of [`custom_field::EXTENDS`] codes.
const EXTENDED: [Resource; 6] = [
    Resource::Contact,
    Resource::Opportunity,
    Resource::Task,
    Resource::Appointment,
    Resource::Qualification,
    Resource::Product,
];

/// The code under which custom fields extend this resource.
pub fn extension_code(resource: Resource) -> Option<i64> {
    EXTENDED.iter().position(|extended| *extended == resource).map(|code| code as i64)
}

/// The resource that custom fields with this code extend.
pub fn extended_resource(code: i64) -> Option<Resource> {
    usize::try_from(code).ok().and_then(|code| EXTENDED.get(code).copied())
}

#[derive(Debug, Default, Clone)]
struct Registry {
    records: BTreeMap<i64, Arc<Record>>,
    /// Folded title to ids, live records only, active first, then by id.
    names: HashMap<String, Vec<i64>>,
}

impl Registry {
    /// Indexes the names of its live records, active ones first.
    fn name(&mut self) {
        self.names.clear();
        for active in [true, false] {
            for record in self.records.values() {
                let title = record.title().filter(|_| !record.is_deleted() && record.is_active() == active);
                if let Some(title) = title {
                    self.names.entry(fold(title)).or_default().push(record.id());
                }
            }
        }
    }
}

/// How many things can be derived from one snapshot.
const DERIVED: usize = 6;

/// All small registries of one tenant at one version.
pub struct Snapshot {
    version: i64,
    settings: Settings,
    registries: Vec<Arc<Registry>>,
    tokens: Arc<HashMap<String, Arc<Record>>>,
    logins: Arc<HashMap<String, i64>>,
    stages: Arc<HashMap<i64, (Arc<Record>, Item)>>,
    /// Room for what dialects derive from the snapshot once, such as rendered fragments.
    derived: [OnceLock<Box<dyn Any + Send + Sync>>; DERIVED],
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").field("version", &self.version).finish_non_exhaustive()
    }
}

impl Snapshot {
    /// Reads all registries of the reader's tenant.
    pub fn load(reader: &mut dyn Reader) -> Result<Self> {
        let version = reader.registry_version()?;
        let mut settings = Settings::default();
        for (name, value) in reader.settings()? {
            settings.apply(&name, &value);
        }
        let mut registries = Vec::with_capacity(Resource::ALL.len());
        for resource in Resource::ALL {
            let mut registry = Registry::default();
            if resource.definition().registry {
                let query = Query { with_deleted: true, ..Query::of(*resource).order(Order::OLDEST) };
                for record in reader.load_all(&query)? {
                    registry.records.insert(record.id(), Arc::new(record));
                }
                registry.name();
            }
            registries.push(Arc::new(registry));
        }
        let of = |resource: Resource| registries[resource as usize].records.values();
        let tokens = of(Resource::Token)
            .filter_map(|record| Some((record.get(token::HASH)?.to_owned(), Arc::clone(record))))
            .collect::<HashMap<_, _>>();
        let logins = of(Resource::User)
            .filter(|record| !record.is_deleted())
            .filter_map(|record| Some((fold(record.get(crate::catalogue::user::LOGIN)?), record.id())))
            .collect::<HashMap<_, _>>();
        let mut stages = HashMap::new();
        for record in of(Resource::Pipeline) {
            for item in record.get(pipeline::PAST_STAGES).iter().chain(record.get(pipeline::STAGES)) {
                if let Some(id) = item.get(stage::ID) {
                    stages.insert(id, (Arc::clone(record), item.clone()));
                }
            }
        }
        let (tokens, logins, stages) = (Arc::new(tokens), Arc::new(logins), Arc::new(stages));
        Ok(Self { version, settings, registries, tokens, logins, stages, derived: Default::default() })
    }

    /// The same with one record written since; `None` when more than its registry follows from it.
    pub(crate) fn with(&self, record: &Record, version: i64) -> Option<Self> {
        let resource = record.resource();
        let has_indexes = matches!(resource, Resource::User | Resource::Token | Resource::Pipeline);
        if has_indexes || version != self.version + 1 {
            return None;
        }
        let mut registry = Registry::clone(&self.registries[resource as usize]);
        let is_new = registry.records.insert(record.id(), Arc::new(record.clone())).is_none();
        match record.title().filter(|_| is_new && record.is_active() && !record.is_deleted()) {
            // Active ones come first, then the lowest id: a new one stands behind the active ones.
            Some(title) => {
                let ids = registry.names.entry(fold(title)).or_default();
                let active = ids
                    .iter()
                    .take_while(|id| registry.records.get(id).is_some_and(|r| r.is_active()))
                    .count();
                ids.insert(active, record.id());
            }
            None => registry.name(),
        }
        let mut registries = self.registries.clone();
        registries[resource as usize] = Arc::new(registry);
        Some(Self {
            version,
            settings: self.settings.clone(),
            registries,
            tokens: self.tokens.clone(),
            logins: self.logins.clone(),
            stages: self.stages.clone(),
            derived: Default::default(),
        })
    }

    /// The registry version this was read at.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// The tenant's settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A record of a registry, deleted ones included: others may still show it.
    pub fn get(&self, resource: Resource, id: i64) -> Option<&Arc<Record>> {
        self.registries[resource as usize].records.get(&id)
    }

    /// A record of a registry that may be pointed to.
    pub fn live(&self, resource: Resource, id: i64) -> Option<&Arc<Record>> {
        self.get(resource, id).filter(|record| !record.is_deleted())
    }

    /// The live records of a registry, by id.
    pub fn all(&self, resource: Resource) -> impl Iterator<Item = &Arc<Record>> {
        self.registries[resource as usize].records.values().filter(|record| !record.is_deleted())
    }

    /// The record with this name, ignoring case and accents: active ones first, then the lowest id.
    pub fn named(&self, resource: Resource, name: &str) -> Option<&Arc<Record>> {
        let id = *self.registries[resource as usize].names.get(&fold(name))?.first()?;
        self.get(resource, id)
    }

    /// The user with this login, ignoring case.
    pub fn login(&self, login: &str) -> Option<&Arc<Record>> {
        self.get(Resource::User, *self.logins.get(&fold(login))?)
    }

    /// The token with this hash.
    pub fn token(&self, hash: &str) -> Option<&Arc<Record>> {
        self.tokens.get(hash)
    }

    /// A stage by id, removed ones included, with its pipeline.
    pub fn stage(&self, id: i64) -> Option<(&Arc<Record>, &Item)> {
        self.stages.get(&id).map(|(record, item)| (record, item))
    }

    /// The custom fields of a resource, by their position, then id; inactive ones included.
    pub fn custom_fields(&self, resource: Resource) -> Vec<&Arc<Record>> {
        let Some(code) = extension_code(resource) else { return Vec::new() };
        let mut fields: Vec<_> = self
            .all(Resource::CustomField)
            .filter(|field| field.get(custom_field::EXTENDS) == Some(code))
            .collect();
        fields.sort_by_key(|field| (field.get(custom_field::POSITION).unwrap_or(i64::MAX), field.id()));
        fields
    }

    /// A custom field by label or alias, ignoring case.
    pub fn custom_field(&self, resource: Resource, label: &str, alias_only: bool) -> Option<&Arc<Record>> {
        let code = extension_code(resource)?;
        let wanted = fold(label);
        let mut by_alias = None;
        for field in
            self.all(Resource::CustomField).filter(|field| field.get(custom_field::EXTENDS) == Some(code))
        {
            if !alias_only && field.get(custom_field::LABEL).is_some_and(|label| fold(label) == wanted) {
                return Some(field);
            }
            if field.get(custom_field::ALIAS).is_some_and(|alias| alias == wanted) {
                by_alias = Some(field);
            }
        }
        by_alias
    }

    /// What a dialect derived from this snapshot, made on first use; one thing of each type, and [`DERIVED`] in all.
    pub fn derived<T: Any + Send + Sync>(&self, make: impl Fn(&Self) -> T) -> Option<&T> {
        // A slot may be taken by something else, also while this looks at it.
        self.derived.iter().find_map(|slot| slot.get_or_init(|| Box::new(make(self))).downcast_ref())
    }
}
