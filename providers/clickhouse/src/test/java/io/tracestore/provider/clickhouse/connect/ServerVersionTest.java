package io.tracestore.provider.clickhouse.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreConfigurationException;
import org.junit.jupiter.api.Test;

/** Servers that are too old are refused. */
class ServerVersionTest {
  private static final ServerVersion OLDEST = new ServerVersion(25, 3);

  @Test
  void anOlderServerIsRefusedByName() {
    assertThatThrownBy(() -> ServerVersion.parse("24.8.14.39").requireAtLeast(OLDEST))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage("the server is ClickHouse 24.8; 25.3 or newer is needed");
  }

  @Test
  void theOldestThatWillDoAndANewerOneAreTaken() {
    assertThatCode(() -> ServerVersion.parse("25.3.1.1").requireAtLeast(OLDEST))
        .doesNotThrowAnyException();
    assertThatCode(() -> ServerVersion.parse("26.10").requireAtLeast(OLDEST))
        .doesNotThrowAnyException();
    assertThat(ServerVersion.parse("25.12.2")).isGreaterThan(ServerVersion.parse("25.6"));
  }
}
