package io.tracestore.provider.clickhouse.connect;

import io.tracestore.provider.clickhouse.ClickHouseConfig;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings that go with every request, so that settings of an administrator for a user or a
 * server do not change answers.
 */
public final class Settings {
  private static final String NEVER = "0";

  /** Where indexes are named: the server does not take an empty list back. */
  private static final String NO_INDEX = "no_index_of_that_name";

  /** Read buffers and blocks of one thread that reads the columns of a join. */
  private static final long MEMORY_OF_A_THREAD = 40_000_000;

  private static final long MEMORY_FOR_ALL_THREADS = 640_000_000;

  private Settings() {}

  public static Map<String, String> of(ClickHouseSettings config) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("max_memory_usage", Long.toString(config.get(ClickHouseConfig.MAX_MEMORY_USAGE)));
    settings.put(
        "max_execution_time",
        BigDecimal.valueOf(config.get(ClickHouseConfig.MAX_EXECUTION_TIME_MS), 3)
            .stripTrailingZeros()
            .toPlainString());
    settings.put("timeout_overflow_mode", "throw");
    settings.put("session_timezone", "UTC");
    whole(settings);
    inserts(settings);
    if (config.find(ClickHouseConfig.CLUSTER) != null) {
      cluster(settings);
    }
    return settings;
  }

  /** Answers are whole, or errors. */
  private static void whole(Map<String, String> settings) {
    settings.put("dialect", "clickhouse");
    settings.put("limit", NEVER);
    settings.put("offset", NEVER);
    settings.put("extremes", NEVER);
    settings.put("final", NEVER);
    settings.put("max_result_rows", NEVER);
    settings.put("max_result_bytes", NEVER);
    settings.put("max_rows_to_read", NEVER);
    settings.put("max_bytes_to_read", NEVER);
    settings.put("max_rows_to_read_leaf", NEVER);
    settings.put("max_bytes_to_read_leaf", NEVER);
    settings.put("max_rows_to_sort", NEVER);
    settings.put("max_bytes_to_sort", NEVER);
    settings.put("max_rows_in_join", NEVER);
    settings.put("max_bytes_in_join", NEVER);
    settings.put("max_rows_in_distinct", NEVER);
    settings.put("max_bytes_in_distinct", NEVER);
    settings.put("max_rows_to_transfer", NEVER);
    settings.put("max_bytes_to_transfer", NEVER);
    settings.put("max_rows_in_set", NEVER);
    settings.put("max_bytes_in_set", NEVER);
    settings.put("max_rows_to_group_by", NEVER);
    settings.put("max_query_size", "268435456");
    settings.put("transform_null_in", NEVER);
    settings.put("join_use_nulls", NEVER);
    settings.put("join_default_strictness", "ALL");
    settings.put("aggregate_functions_null_for_empty", NEVER);
    settings.put("data_type_default_nullable", NEVER);
    settings.put("distributed_product_mode", "global");
    settings.put("use_query_cache", NEVER);
    settings.put("apply_deleted_mask", "1");
    settings.put("optimize_aggregation_in_order", "1");
    settings.put("optimize_read_in_order", "1");
    settings.put("additional_table_filters", "{}");
    settings.put("additional_result_filter", "");
    settings.put("prefer_column_name_to_alias", NEVER);
    settings.put("enable_positional_arguments", "1");
    settings.put("group_by_overflow_mode", "throw");
    settings.put("read_overflow_mode", "throw");
    settings.put("read_overflow_mode_leaf", "throw");
    settings.put("result_overflow_mode", "throw");
    settings.put("sort_overflow_mode", "throw");
    settings.put("join_overflow_mode", "throw");
    settings.put("set_overflow_mode", "throw");
    settings.put("distinct_overflow_mode", "throw");
    settings.put("transfer_overflow_mode", "throw");
    settings.put("max_ast_elements", "1000000");
    settings.put("max_expanded_ast_elements", "1000000");
    settings.put("max_ast_depth", "1000");
    settings.put("max_subquery_depth", "100");
    settings.put("max_columns_to_read", NEVER);
    settings.put("max_temporary_columns", NEVER);
    settings.put("max_temporary_non_const_columns", NEVER);
    settings.put("format_binary_max_string_size", NEVER);
    settings.put("max_partitions_to_read", "-1");
    settings.put("min_execution_speed", NEVER);
    settings.put("min_execution_speed_bytes", NEVER);
    settings.put("max_estimated_execution_time", NEVER);
    settings.put("max_parallel_replicas", "1");
    settings.put("use_skip_indexes", "1");
    settings.put("ignore_data_skipping_indices", NO_INDEX);
    settings.put("force_primary_key", NEVER);
    settings.put("force_index_by_date", NEVER);
    settings.put("force_optimize_projection", NEVER);
    settings.put("use_index_for_in_with_subqueries", "1");
    settings.put("use_index_for_in_with_subqueries_max_values", NEVER);
    settings.put("join_algorithm", "default");
  }

  /** Settings that only newer servers know; each is sent to those that know it. */
  public static Map<String, String> ofNewerServers() {
    Map<String, String> settings = new LinkedHashMap<>();
    // All tables of one statement are of one moment: by default only since 25.12.
    settings.put("enable_shared_storage_snapshot_in_query", "1");
    // It surpasses insert_deduplicate; since 26.2.
    settings.put("deduplicate_insert", "enable");
    // Several releases left rows out by it: ClickHouse's issues 84508 and 104781.
    settings.put("use_query_condition_cache", NEVER);
    settings.put("enable_parallel_replicas", NEVER);
    settings.put("lightweight_delete_mode", "alter_update");
    settings.put("apply_patch_parts", "1");
    settings.put("format_binary_max_array_size", NEVER);
    // A join has two files for each of its buckets; 1 MiB each by default.
    settings.put("temporary_files_buffer_size", "65536");
    settings.put("exclude_materialize_skip_indexes_on_insert", NO_INDEX);
    return settings;
  }

  /**
   * Settings for a statement that holds many rows. Each thread holds little, and if there is little
   * memory there are few threads. A join that holds more than expected goes to disk long before it
   * uses up {@code maxMemoryUsage} bytes.
   */
  public static Map<String, String> boundedBy(long maxMemoryUsage) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("join_algorithm", "grace_hash");
    // Each bucket has buffers of megabytes: there are several only where one does not do.
    settings.put("grace_hash_join_initial_buckets", "1");
    settings.put("max_bytes_in_join", Long.toString(maxMemoryUsage / 4));
    settings.put("max_block_size", "8192");
    // In order, it would read all partitions at once.
    settings.put("optimize_read_in_order", NEVER);
    if (maxMemoryUsage < MEMORY_FOR_ALL_THREADS) {
      settings.put("max_threads", Long.toString(Math.max(1, maxMemoryUsage / MEMORY_OF_A_THREAD)));
    }
    return settings;
  }

  /** Settings for a statement whose answer may have so many bytes in the server's memory. */
  public static Map<String, String> answerOf(long most) {
    return Map.of("max_result_bytes", Long.toString(most));
  }

  /** A block is one insert, done when it is answered, and done once. */
  private static void inserts(Map<String, String> settings) {
    settings.put("async_insert", NEVER);
    settings.put("distributed_foreground_insert", "1");
    settings.put("insert_deduplicate", "1");
    settings.put("deduplicate_blocks_in_dependent_materialized_views", "1");
    settings.put("optimize_on_insert", NEVER);
    settings.put("max_insert_block_size", "1000000000");
    settings.put("min_insert_block_size_rows", "1000000000");
    settings.put("min_insert_block_size_bytes", NEVER);
    settings.put("max_partitions_per_insert_block", NEVER);
    // One part, whole or not at all.
    settings.put("max_insert_threads", "1");
    settings.put("materialize_skip_indexes_on_insert", "1");
    settings.put("max_partition_size_to_drop", NEVER);
    settings.put("input_format_native_allow_types_conversion", "1");
    settings.put("input_format_native_decode_types_in_binary_format", NEVER);
    settings.put("enable_lightweight_delete", "1");
    settings.put("lightweight_deletes_sync", "2");
    settings.put("mutations_sync", "2");
  }

  /** Makes every replica that answers have all acknowledged writes. */
  private static void cluster(Map<String, String> settings) {
    settings.put("insert_quorum", "auto");
    settings.put("insert_quorum_parallel", NEVER);
    settings.put("select_sequential_consistency", "1");
    // A server that is away does later what it missed; nobody waits for it.
    settings.put("alter_sync", "1");
    settings.put("mutations_sync", "1");
    settings.put("lightweight_deletes_sync", "1");
    settings.put("distributed_ddl_output_mode", "throw_only_active");
    settings.put("distributed_ddl_task_timeout", "60");
    // All rows of a trace lie on one shard: what is asked of traces is asked there.
    settings.put("distributed_product_mode", "local");
    settings.put("skip_unavailable_shards", NEVER);
    settings.put("allow_nondeterministic_mutations", "1");
  }
}
