//! Black-box tests of Favo: the wire, the command line, the server, and what survives a crash.

mod cli;
mod cli_clients;
mod cli_rights;
mod cli_sync;
mod durability;
mod fuzz;
mod harness;
mod program;
mod server;
mod sync_kill;
mod sync_protocols;

mod nectar_activities;
mod nectar_bad_input;
mod nectar_changes;
mod nectar_clients;
mod nectar_contacts;
mod nectar_fields;
mod nectar_later;
mod nectar_listing;
mod nectar_opportunities;
mod nectar_qualifications;
mod nectar_registries;
mod nectar_rights;
mod nectar_transport;
mod nectar_values;
