//! Every promise of the store, once, checked on SQLite and on PostgreSQL.

macro_rules! on_both_databases {
    ($($module:ident :: $sentence:ident,)*) => {
        mod sqlite {
            $(#[test] fn $sentence() { crate::$module::$sentence(&crate::fixture::Fixture::sqlite()); })*
        }
        mod postgresql {
            $(#[test] fn $sentence() { crate::$module::$sentence(&crate::fixture::Fixture::postgresql()); })*
        }
    };
}

on_both_databases! {
    records::every_resource_reads_back_as_it_was_written,
    records::an_update_replaces_what_differs_and_its_terms,
    records::an_update_of_another_version_is_a_conflict_and_changes_nothing,
    records::quotes_and_sql_in_texts_are_only_text,
    records::nul_characters_never_reach_the_database,
    records::a_name_of_a_megabyte_is_kept_and_found_by_its_beginning,
    records::rollups_count_rise_and_are_assigned,
    records::a_taken_id_is_a_conflict,
    tenants::no_method_reads_or_writes_another_tenant,
    tenants::a_slug_is_taken_once,
    tenants::a_token_names_its_tenant,
    tenants::an_unknown_tenant_cannot_be_written,
    identities::uuids_become_ids_of_live_records_of_the_tenant,
    identities::secrets_of_sessions_and_clients_name_their_tenant,
    identities::sessions_of_the_past_are_forgotten_some_at_a_time,
    filters::every_filter_answers_as_a_plain_evaluation_does,
    filters::the_list_of_ids_may_be_long,
    filters::a_prefix_with_many_matches_lists_the_newest_first,
    filters::folded_patterns_fold_as_core_does,
    filters::texts_are_compared_as_they_are_stored,
    filters::amounts_in_lists_are_compared_exactly,
    filters::a_uuid_is_found_and_combined,
    filters::a_count_is_taken_again_after_every_write,
    paging::several_orders_and_those_of_related_records_cut_pages_exactly,
    paging::deleted_records_are_sorted_as_well_when_they_are_asked_for,
    paging::pages_cut_every_order_exactly_with_ties_and_empty_values,
    paging::a_page_that_follows_equals_a_page_that_is_jumped_to,
    paging::a_page_far_beyond_the_end_is_empty_and_quick,
    paging::rows_written_between_two_pages_shift_nothing_on_the_way,
    projections::columns_reach_two_relations_deep_and_follow_deleted_records,
    projections::nested_lists_come_for_a_whole_page_of_owners,
    projections::totals_are_grouped_and_summed,
    projections::the_largest_value_is_found,
    projections::a_visitor_that_fails_stops_the_list_with_its_error,
    writing::a_failed_write_leaves_nothing,
    writing::a_panicking_write_leaves_nothing_and_the_store_usable,
    writing::neighbours_of_failing_and_panicking_writes_are_kept,
    writing::the_change_log_has_no_gaps_under_concurrency,
    writing::a_read_and_a_write_that_depends_on_it_lose_nothing_across_two_stores,
    writing::counters_count_from_one,
    writing::settings_and_files_are_kept_replaced_and_removed,
    writing::the_registry_version_grows_with_every_touch,
    writing::a_failed_statement_cannot_be_passed_over,
    writing::a_read_sees_one_state,
    opening::a_newer_database_is_refused_and_left_alone,
    opening::a_database_of_an_older_catalogue_gains_what_is_missing,
    opening::a_database_of_the_first_revision_is_brought_forward_with_its_values,
    opening::the_store_says_what_it_is,
}
