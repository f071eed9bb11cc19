package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUri;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A config and its URI say the same. */
class SqliteConfigTest {
  @Test
  void theDefaultsAreThoseOfTheSpecification() {
    assertThat(SqliteConfig.fromUri(StoreUri.parse("sqlite:t.db")))
        .isEqualTo(
            new SqliteConfig(
                Path.of("t.db"),
                JournalMode.WAL,
                Synchronous.NORMAL,
                64,
                5_000,
                10,
                TempStore.DEFAULT,
                0,
                false,
                true))
        .isEqualTo(SqliteConfig.builder(Path.of("t.db")).build());
  }

  @Test
  void everyOptionOfAUriReachesItsField() {
    StoreUri uri =
        StoreUri.parse(
            "jdbc:sqlite:/tmp/a%20b.db?journalMode=delete&synchronous=FULL&cacheSizeMb=1GiB"
                + "&busyTimeoutMs=3s&maxConnections=4&tempStore=MEMORY&mmapSizeMb=128"
                + "&readOnly=true&create=false");

    assertThat(SqliteConfig.fromUri(uri))
        .isEqualTo(
            new SqliteConfig(
                Path.of("/tmp/a b.db"),
                JournalMode.DELETE,
                Synchronous.FULL,
                1024,
                3_000,
                4,
                TempStore.MEMORY,
                128,
                true,
                false));
  }

  static List<SqliteConfig> configs() {
    return List.of(
        SqliteConfig.inMemory().build(),
        SqliteConfig.inMemory().cacheSizeMb(8).tempStore(TempStore.FILE).build(),
        SqliteConfig.builder(Path.of("t.db")).build(),
        SqliteConfig.builder(Path.of(":memory:")).build(),
        SqliteConfig.builder(Path.of("/x/100%?a=b&c ${env:HOME} ü.db")).readOnly(true).build(),
        SqliteConfig.builder(Path.of("t.db"))
            .journalMode(JournalMode.PERSIST)
            .synchronous(Synchronous.EXTRA)
            .busyTimeoutMs(0)
            .maxConnections(1)
            .mmapSizeMb(1)
            .create(false)
            .build());
  }

  @ParameterizedTest
  @MethodSource("configs")
  void theUriOfAConfigDescribesTheSameDatabase(SqliteConfig config) {
    SqliteConfig again = SqliteConfig.fromUri(StoreUri.parse(config.toUri().toString()));

    assertThat(again.toUri()).isEqualTo(config.toUri());
    assertThat(again).usingRecursiveComparison().ignoringFields("path").isEqualTo(config);
    assertThat(normalized(again)).isEqualTo(normalized(config));
  }

  private static Path normalized(SqliteConfig config) {
    Path path = config.path();
    return path == null ? Path.of("in memory") : path.toAbsolutePath().normalize();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"sqlite:", "sqlite:file:t.db", "sqlite::memory:?readOnly=true", "sqlite:a%00b"})
  void aUriThatNamesNoDatabaseIsRefused(String uri) {
    assertThatThrownBy(() -> SqliteConfig.fromUri(StoreUri.parse(uri)))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageStartingWith(uri);
  }

  @Test
  void aWrongValueNamesItsOption() {
    assertThatThrownBy(() -> SqliteConfig.builder(Path.of("t.db")).maxConnections(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("option 'maxConnections' must be between 1 and 1000: '0'");
  }
}
