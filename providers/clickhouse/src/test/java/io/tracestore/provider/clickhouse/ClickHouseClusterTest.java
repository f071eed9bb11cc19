package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.provider.clickhouse.schema.Schema;
import io.tracestore.testing.clickhouse.ClickHouseEndpoint;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any server understands the statements for a cluster. Lies in the provider's package to see them.
 */
@ExtendWith(ClickHouseNeeds.AnyServer.class)
class ClickHouseClusterTest {
  private static final Schema SCHEMA = new Schema("tracing", "main");

  static List<String> statements() {
    return SCHEMA.statements();
  }

  @ParameterizedTest
  @MethodSource("statements")
  void theServerUnderstandsTheStatementsForACluster(String statement) {
    assertThat(ClickHouseServers.main().text("EXPLAIN AST " + statement)).contains("CreateQuery");
  }

  @Test
  void theServerUnderstandsRetentionAndRemovalOnACluster() {
    ClickHouseEndpoint server = ClickHouseServers.main();
    String table = SCHEMA.localRecords() + " " + SCHEMA.onCluster();
    assertThat(
            server.text("EXPLAIN AST ALTER TABLE %s MODIFY TTL %s".formatted(table, Schema.ttl(3))))
        .contains("AlterQuery");
    assertThat(server.text("EXPLAIN AST ALTER TABLE %s DROP PARTITION 3".formatted(table)))
        .contains("AlterQuery");
    assertThat(
            server.text("EXPLAIN AST DELETE FROM %s IN PARTITION 3 WHERE rev = 1".formatted(table)))
        .contains("DeleteQuery");
  }
}
