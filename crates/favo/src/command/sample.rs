//! `favo sample`: fill a tenant with sample data.

use clap::Args;
use serde_json::json;

use super::{InTenant, now, print};
use crate::sample;

#[derive(Debug, Args)]
pub(super) struct Sample {
    /// How many contacts; everything else follows from that
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    contacts: u64,
    /// The same seed makes the same data
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    place: InTenant,
}

impl Sample {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let (store, tenant) = self.place.open()?;
        let progress = &mut |line: &str| eprintln!("{line}");
        let report = sample::fill(&store, tenant, self.contacts, self.seed, now(), progress)?;
        print(&json!({
            "contacts": report.contacts,
            "opportunities": report.opportunities,
            "qualifications": report.qualifications,
            "proposals": report.proposals,
            "tasks": report.tasks,
            "appointments": report.appointments,
            "orders": report.orders,
        }));
        Ok(())
    }
}
