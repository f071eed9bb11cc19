package io.tracestore.tools.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OneNodeClusterTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          CREATE DATABASE d ON CLUSTER default                    | CREATE DATABASE d
          DROP TABLE d.t on cluster 'default' SYNC                | DROP TABLE d.t  SYNC
          ALTER TABLE t ON CLUSTER "default" DROP PARTITION 3     | ALTER TABLE t  DROP PARTITION 3
          DELETE FROM t ON CLUSTER 'default' WHERE a = 'ON CLUSTER' | DELETE FROM t  WHERE a = 'ON CLUSTER'
          CREATE TABLE t ON CLUSTER default (a Int8) ENGINE = ReplicatedMergeTree('/p/{shard}', '{replica}') ORDER BY a | CREATE TABLE t  (a Int8) ENGINE = MergeTree() ORDER BY a
          CREATE TABLE t ON CLUSTER default (a Int8) ENGINE = ReplicatedReplacingMergeTree('/p', 'r', a) ORDER BY a | CREATE TABLE t  (a Int8) ENGINE = ReplacingMergeTree(a) ORDER BY a
          """)
  void statementsForTheClusterAreExecutedHere(String sql, String done) {
    assertThat(OneNodeCluster.onThisNode(sql)).isEqualToIgnoringWhitespace(done);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 'ON CLUSTER default'",
        "CREATE TABLE t ON CLUSTER other (a Int8) ENGINE = ReplicatedMergeTree('/p', 'r') ORDER BY a",
        "CREATE TABLE t ON CLUSTER default_2 (a Int8) ENGINE = Log",
        "CREATE TABLE t (a Int8) ENGINE = ReplicatedMergeTree('/p', 'r') ORDER BY a",
        "EXPLAIN AST DROP TABLE t ON CLUSTER default"
      })
  void whateverElseStaysAsItIs(String sql) {
    assertThat(OneNodeCluster.onThisNode(sql)).isEqualTo(sql);
  }
}
