package io.tracestore.provider.postgresql.schema;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreConfigurationException;
import org.junit.jupiter.api.Test;

/** A schema is made only on servers that this provider was tried with. */
class SchemaTest {
  @Test
  void anOlderServerIsRefusedByName() {
    assertThatThrownBy(() -> Schema.checkVersion(120_022, "12.22"))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage("the server is PostgreSQL 12.22; 13 or newer is needed");
  }
}
