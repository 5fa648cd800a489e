//! `favo sample`: fill a tenant with sample data.

use clap::Args;

use super::{Database, now, tenant_of};
use crate::sample;

#[derive(Debug, Args)]
pub(super) struct Sample {
    /// The tenant's slug
    #[arg(long, value_name = "SLUG")]
    tenant: String,
    /// How many contacts; everything else follows from that
    #[arg(long, value_name = "N")]
    contacts: u64,
    /// The same seed makes the same data
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    database: Database,
}

impl Sample {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let store = self.database.open()?;
        let tenant = tenant_of(&store, &self.tenant)?;
        let report =
            sample::fill(&store, tenant, self.contacts, self.seed, now(), &mut |line| eprintln!("{line}"))?;
        println!("{report:?}");
        Ok(())
    }
}
