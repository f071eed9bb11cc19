package io.tracestore.provider.clickhouse.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The templates become valid statements for one server and for a cluster. */
class SchemaTest {
  @Test
  void onOneServerNothingSpeaksOfAClusterOrReplicas() {
    assertThat(String.join(";", new Schema("tracing", null).statements()))
        .contains("CREATE TABLE IF NOT EXISTS tracing.records ", "ENGINE = ReplacingMergeTree(rev)")
        .doesNotContain("CLUSTER", "Replicated", "Distributed", "{", "--");
  }

  @Test
  void onAClusterTablesAreReplicatedAndATraceStaysOnOneShard() {
    assertThat(String.join(";", new Schema("tracing", "main").statements()))
        .contains(
            "CREATE TABLE IF NOT EXISTS tracing.records_local ON CLUSTER 'main'",
            "ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/tracing/records', '{replica}',"
                + " rev)",
            "Distributed('main', tracing, records_local, sipHash64(trace_id))");
  }

  @Test
  void theRetentionIsReadFromHowTheServerPrintsTheEngine() {
    assertThat(
            Schema.retentionIn(
                "MergeTree ORDER BY day TTL toDate(toUInt16(day)) + toIntervalDay(30) SETTINGS a = 5"))
        .isEqualTo(30);
    assertThat(Schema.retentionIn("MergeTree ORDER BY day SETTINGS index_granularity = 1024"))
        .isZero();
  }

  @Test
  void everyTableAndViewOfAClusterIsMadeOnIt() {
    assertThat(new Schema("tracing", "main").statements())
        .hasSize(4)
        .allSatisfy(statement -> assertThat(statement).contains("ON CLUSTER 'main'"));
  }
}
