package io.tracestore.provider.clickhouse;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings that go with every request: what an administrator set for a user or a server must
 * not change answers.
 */
final class Settings {
  private static final String NEVER = "0";

  private Settings() {}

  static Map<String, String> of(ClickHouseConfig config) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("max_memory_usage", Long.toString(config.maxMemoryUsage()));
    settings.put(
        "max_execution_time",
        BigDecimal.valueOf(config.maxExecutionTimeMs(), 3).stripTrailingZeros().toPlainString());
    settings.put("timeout_overflow_mode", "throw");
    settings.put("session_timezone", "UTC");
    whole(settings);
    inserts(settings);
    if (config.cluster() != null) {
      cluster(settings);
    }
    return settings;
  }

  /** Answers are whole, or errors. */
  private static void whole(Map<String, String> settings) {
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
    settings.put("distributed_product_mode", "global");
    settings.put("use_query_cache", NEVER);
    // Several releases left rows out by it: ClickHouse's issues 84508 and 104781.
    settings.put("use_query_condition_cache", NEVER);
    settings.put("apply_deleted_mask", "1");
    settings.put("optimize_aggregation_in_order", "1");
    settings.put("optimize_read_in_order", "1");
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
    settings.put("input_format_native_allow_types_conversion", "1");
    settings.put("lightweight_deletes_sync", "2");
    settings.put("mutations_sync", "2");
  }

  /** Whatever replica answers, it has what was acknowledged. */
  private static void cluster(Map<String, String> settings) {
    settings.put("insert_quorum", "auto");
    settings.put("insert_quorum_parallel", NEVER);
    settings.put("select_sequential_consistency", "1");
    settings.put("alter_sync", "2");
    settings.put("distributed_ddl_task_timeout", "60");
    settings.put("skip_unavailable_shards", NEVER);
    settings.put("allow_nondeterministic_mutations", "1");
  }
}
