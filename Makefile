# What people type. Every target works on a fresh clone.

.DEFAULT_GOAL := help
.PHONY: help run test bench fmt postgresql

help:            ## List the targets
	@grep -E '^[a-z]+: .*##|^[a-z]+:  *##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 20

run:             ## Build the release binary and serve a temporary CRM full of sample data
	cargo build --release --locked -p favo
	./target/release/favo demo

test: postgresql ## Formatting, lints, and every test; store and wire on SQLite and PostgreSQL
	cargo fmt --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo test --workspace --locked
	FAVO_TEST_DATABASE=postgres cargo test --locked -p favo --test it nectar_
	FAVO_TEST_DATABASE=postgres cargo test --locked -p favo-server --test it

bench:           ## Run the benchmarks
	bench/run

fmt:             ## Format the code
	cargo fmt

# The tests start PostgreSQL themselves, in a temporary directory; all they need is its programs.
postgresql:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && exit 0; \
	if [ "$$(id -u)" = 0 ]; then as_root=; \
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=sudo; \
	else echo "the tests need PostgreSQL: install the package postgresql (15 or later), such as with: sudo apt-get install postgresql" >&2; exit 1; fi; \
	command -v apt-get >/dev/null || { echo "the tests need PostgreSQL 15 or later under /usr/lib/postgresql: install it" >&2; exit 1; }; \
	$$as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq --no-install-recommends postgresql
