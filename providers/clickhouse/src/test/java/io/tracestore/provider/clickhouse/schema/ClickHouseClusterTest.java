package io.tracestore.provider.clickhouse.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.provider.clickhouse.jooq.Records;
import io.tracestore.provider.clickhouse.sql.Renderer;
import io.tracestore.provider.clickhouse.sql.SqlTemplates;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import java.util.List;
import org.jooq.Query;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any server understands the statements for a cluster. Lies in their folder to see them. */
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
    Records records = SCHEMA.localRecords();
    assertThat(explained(SCHEMA.withRetention(3))).contains("AlterQuery");
    assertThat(explained(SqlTemplates.dropPartition(records, SCHEMA.onCluster(), 3)))
        .contains("AlterQuery");
    assertThat(explained(SqlTemplates.delete(records, SCHEMA.onCluster(), 3, Records.REV.eq(1L))))
        .contains("DeleteQuery");
  }

  private static String explained(Query statement) {
    return ClickHouseServers.main().text("EXPLAIN AST " + new Renderer("tracing").text(statement));
  }
}
