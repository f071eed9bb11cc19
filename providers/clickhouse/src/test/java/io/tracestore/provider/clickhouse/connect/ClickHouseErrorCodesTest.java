package io.tracestore.provider.clickhouse.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.clickhouse.client.api.ServerException;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every error code that the server has is one that somebody has looked at. */
@ExtendWith(ClickHouseNeeds.AnyServer.class)
class ClickHouseErrorCodesTest {
  private static final ClickHouseErrors FAILURES = new ClickHouseErrors("clickhouse://host/db");

  /** The code, its name, and what it becomes for callers. */
  private static String line(String codeAndName) {
    int code = Integer.parseInt(codeAndName.substring(0, codeAndName.indexOf('\t')));
    TraceStoreException failure =
        FAILURES.translate(new ServerException(code, "DB::Exception: why", 500, "id"));
    return codeAndName
        + "\t"
        + failure.getClass().getSimpleName()
        + (failure.isRetryable() ? "\tretryable" : "");
  }

  @Test
  void eachCodeOfTheServerIsInTheTable() throws IOException {
    List<String> table;
    try (InputStream in = ClickHouseErrorCodesTest.class.getResourceAsStream("error-codes.tsv")) {
      table = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8).lines().toList();
    }
    List<String> codes =
        ClickHouseServers.main()
            .lines(
                "SELECT DISTINCT code, name FROM system.errors ORDER BY code SETTINGS system_events_show_zero_values = 1 FORMAT TSV");
    TreeSet<String> unknown = new TreeSet<>();
    for (String code : codes) {
      String line = line(code);
      if (!table.contains(line)) {
        unknown.add(line);
      }
    }
    assertThat(unknown).isEmpty();
  }
}
