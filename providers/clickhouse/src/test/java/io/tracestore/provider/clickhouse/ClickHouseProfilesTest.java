package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.clickhouse.ClickHouseEndpoint;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import io.tracestore.tools.clickhouse.ClickHouseProcess;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings that an administrator gives to a user change no answer. */
@ExtendWith(ClickHouseNeeds.OwnServer.class)
class ClickHouseProfilesTest {
  private static final String PASSWORD = "pa55word-of-the-profiles";

  /** Settings that may be set without an effect, by their subject. */
  private static final List<String> SETTINGS =
      List.of(
          // A cache that is refused together with most of the others.
          """
          use_query_cache=1 query_cache_nondeterministic_function_handling=throw
          query_cache_system_table_handling=throw query_cache_ttl=600
          use_query_condition_cache=1\
          """,
          // Limits whose excess is left out.
          """
          limit=1 offset=1 max_rows_to_read=1 max_bytes_to_read=1 max_rows_to_read_leaf=1
          max_result_rows=1 max_result_bytes=1 max_rows_to_group_by=1 max_rows_to_sort=1
          max_bytes_to_sort=1 max_rows_in_join=1 max_bytes_in_join=1 max_rows_in_distinct=1
          max_bytes_in_distinct=1 max_rows_in_set=1 max_bytes_in_set=1 max_rows_to_transfer=1
          max_bytes_to_transfer=1 max_columns_to_read=1 max_ast_elements=60
          max_ast_depth=10 max_query_size=100 max_subquery_depth=1
          max_partitions_per_insert_block=1 max_partitions_to_read=1
          max_temporary_columns=1 max_temporary_non_const_columns=1
          read_overflow_mode=break read_overflow_mode_leaf=break result_overflow_mode=break
          group_by_overflow_mode=any sort_overflow_mode=break join_overflow_mode=break
          distinct_overflow_mode=break set_overflow_mode=break timeout_overflow_mode=break
          timeout_overflow_mode_leaf=break transfer_overflow_mode=break\
          """,
          // Absent values.
          """
          join_use_nulls=1 transform_null_in=1 aggregate_functions_null_for_empty=1
          group_by_use_nulls=1 empty_result_for_aggregation_by_empty_set=1
          data_type_default_nullable=1 cast_keep_nullable=1 insert_null_as_default=0
          input_format_null_as_default=0 input_format_defaults_for_omitted_fields=0\
          """,
          // The language.
          """
          prefer_column_name_to_alias=1 union_default_mode=DISTINCT except_default_mode=DISTINCT
          enable_positional_arguments=0 extremes=1 final=1 any_join_distinct_right_table_keys=1
          join_default_strictness=ANY joined_subquery_requires_alias=1
          short_circuit_function_evaluation=disable default_table_engine=Log
          use_variant_as_common_type=0 count_distinct_implementation=uniq
          distributed_product_mode=deny enable_optimize_predicate_expression=0
          session_timezone=Asia/Tokyo date_time_input_format=basic
          date_time_output_format=unix_timestamp date_time_overflow_behavior=throw
          ignore_cold_parts_seconds=600 dialect=kusto\
          """,
          // The formats.
          """
          output_format_native_encode_types_in_binary_format=1
          input_format_native_decode_types_in_binary_format=1
          output_format_binary_encode_types_in_binary_format=1
          input_format_binary_decode_types_in_binary_format=1
          low_cardinality_allow_in_native_format=0 input_format_native_allow_types_conversion=0
          input_format_allow_errors_num=5 input_format_skip_unknown_fields=0
          format_binary_max_string_size=4 format_binary_max_array_size=1
          input_format_parallel_parsing=0 output_format_parallel_formatting=0\
          """,
          // Inserts.
          """
          async_insert=1 wait_for_async_insert=0 async_insert_deduplicate=0 insert_deduplicate=0
          deduplicate_insert=disable deduplicate_blocks_in_dependent_materialized_views=0
          optimize_on_insert=0 max_insert_threads=4 max_insert_block_size=3
          min_insert_block_size_rows=1 min_insert_block_size_bytes=1
          insert_deduplication_token=always materialize_skip_indexes_on_insert=0
          throw_on_max_partitions_per_insert_block=1 parts_to_delay_insert=1\
          """,
          // Removals.
          """
          mutations_sync=0 alter_sync=0 lightweight_deletes_sync=0
          lightweight_delete_mode=lightweight_update apply_mutations_on_fly=1
          apply_patch_parts=0 apply_deleted_mask=0 max_partition_size_to_drop=1
          max_table_size_to_drop=1 number_of_mutations_to_throw=1
          allow_nondeterministic_mutations=0 enable_lightweight_delete=0\
          """,
          // Plans.
          """
          max_threads=1 max_block_size=7 use_skip_indexes=0 force_primary_key=1
          force_index_by_date=1 force_optimize_projection=1 optimize_read_in_order=0
          optimize_aggregation_in_order=0 optimize_use_projections=0 join_algorithm=partial_merge
          force_optimize_projection_name=none select_sequential_consistency=1
          max_parallel_replicas=3 skip_unavailable_shards=1 use_index_for_in_with_subqueries=0
          enable_analyzer=0 query_plan_enable_optimizations=0 min_execution_speed=1000000000
          max_estimated_execution_time=1 max_bytes_before_external_group_by=1
          max_bytes_before_external_sort=1\
          """);

  /** By the name of the user who has it. */
  private static final Map<String, String> PROFILES =
      Map.of("everything", String.join(" ", SETTINGS), "defaults_of_25_3", "compatibility=25.3");

  private static Map<String, Object> expected;
  private static ClickHouseProcess server;

  @BeforeAll
  static void start() {
    server =
        ClickHouseServers.ownServer(
            null,
            PROFILES.entrySet().stream()
                .map(profile ->
                    profile.getKey()
                        + ":"
                        + PASSWORD
                        + ":"
                        + profile.getValue().strip().replaceAll("\\s+", ","))
                .toArray(String[]::new));
    expected = answers(ClickHouseServers.endpointOf(server));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"everything", "defaults_of_25_3"})
  void aProfileChangesNoAnswer(String profile) {
    ClickHouseEndpoint endpoint = ClickHouseServers.endpointOf(server);
    assertThat(differences(answers(endpoint.as(profile, PASSWORD)))).isEmpty();
  }

  private static Map<String, Object> answers(ClickHouseEndpoint user) {
    try (TraceStore store = TraceStores.open(user.newStoreUri(""))) {
      return StoreSession.answersOf(store);
    }
  }

  /** The differences of {@code answers}. */
  private static Map<String, String> differences(Map<String, Object> answers) {
    return expected.entrySet().stream()
        .filter(answer -> !answer.getValue().equals(answers.get(answer.getKey())))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                answer -> answers.get(answer.getKey()) + " instead of " + answer.getValue()));
  }
}
