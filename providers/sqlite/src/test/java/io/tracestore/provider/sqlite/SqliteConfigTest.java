package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.provider.sqlite.connect.Connections;
import io.tracestore.provider.sqlite.connect.SqliteSettings;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A config and its URI say the same. */
class SqliteConfigTest {
  private static SqliteSettings settings(String uri) {
    StoreUri parsed = StoreUri.parse(uri);
    return SqliteSettings.of(parsed, StoreOptions.of(parsed, SqliteConfig.OPTIONS.all()));
  }

  private static SqliteSettings settings(SqliteConfig config) {
    return settings(config.toUri().toString());
  }

  @Test
  void theDefaultsAreThoseOfTheSpecification() {
    SqliteSettings settings = settings(SqliteConfig.of("t.db"));
    assertThat(settings.path()).isEqualTo(Path.of("t.db"));
    assertThat(settings)
        .returns(JournalMode.WAL, s -> s.get(SqliteConfig.JOURNAL_MODE))
        .returns(Synchronous.NORMAL, s -> s.get(SqliteConfig.SYNCHRONOUS))
        .returns(64, s -> s.get(SqliteConfig.CACHE_SIZE_MB))
        .returns(5_000L, s -> s.get(SqliteConfig.BUSY_TIMEOUT_MS))
        .returns(10, s -> s.get(SqliteConfig.MAX_CONNECTIONS))
        .returns(TempStore.DEFAULT, s -> s.get(SqliteConfig.TEMP_STORE))
        .returns(0, s -> s.get(SqliteConfig.MMAP_SIZE_MB))
        .returns(false, s -> s.get(SqliteConfig.READ_ONLY))
        .returns(true, s -> s.get(SqliteConfig.CREATE));
  }

  @Test
  void aConfigIsTheUriThatSaysTheSame() {
    assertThat(
            SqliteConfig.of("/tmp/a b.db")
                .journalMode(JournalMode.DELETE)
                .synchronous(Synchronous.FULL)
                .cacheSizeMb(1024)
                .busyTimeoutMs(3_000)
                .maxConnections(4)
                .tempStore(TempStore.MEMORY)
                .mmapSizeMb(128)
                .readOnly(true)
                .create(false))
        .hasToString(
            "sqlite:/tmp/a b.db?journalMode=DELETE&synchronous=FULL&cacheSizeMb=1024"
                + "&busyTimeoutMs=3000&maxConnections=4&tempStore=MEMORY&mmapSizeMb=128"
                + "&readOnly=true&create=false");
  }

  @Test
  void aValueThatIsSetAgainReplacesTheFirst() {
    assertThat(SqliteConfig.of("t.db").maxConnections(4).create(false).maxConnections(5))
        .isEqualTo(SqliteConfig.of("t.db").create(false).maxConnections(5));
  }

  @Test
  void aConfigDoesNotChangeWhenAnotherIsMadeOfIt() {
    SqliteConfig config = SqliteConfig.of("t.db");
    config.maxConnections(4);
    assertThat(config).hasToString("sqlite:t.db");
  }

  @ParameterizedTest
  @ValueSource(strings = {"t.db", "/x/100%?a=b&c ${env:HOME} ü.db"})
  void aPathMayHoldAnyCharacter(Path path) {
    assertThat(settings(SqliteConfig.of(path)).path()).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {":memory:", "file:t.db"})
  void aFileMayHaveANameThatMeansSomethingElseInAUri(String name) {
    Path path = settings(SqliteConfig.of(name)).path();
    assertThat(Objects.requireNonNull(path).normalize()).isEqualTo(Path.of(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"sqlite:", "sqlite:file:t.db", "sqlite::memory:?readOnly=true", "sqlite:a%00b"})
  void aUriThatNamesNoDatabaseIsRefused(String uri) {
    assertThatThrownBy(() -> settings(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageStartingWith(uri);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite://traces.db", "jdbc:sqlite://traces.db", "sqlite://a/traces.db"})
  void twoSlashesAreRefusedSinceTheyMayMeanTwoThings(String uri) {
    String path = uri.substring(uri.indexOf("//") + 2);
    assertThatThrownBy(() -> settings(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageEndingWith(
            ": write sqlite:%s for a file here, or sqlite:/%s for one in the root folder",
            path, path);
  }

  @Test
  void threeSlashesAreAPathFromTheRootAsInOtherUris() {
    assertThat(settings("sqlite:///tmp/t.db").path()).isEqualTo(Path.of("/tmp/t.db"));
  }

  @ParameterizedTest
  @CsvSource({
    "file:///C:/a%20b/t.db, file:///C:/a%20b/t.db",
    "file:///tmp/t.db, file:///tmp/t.db",
    "file://server/share/a%20b.db, file:////server/share/a%20b.db"
  })
  void aShareOfWindowsIsAPathWithTwoSlashesForSqlite(URI uri, String expected) {
    assertThat(Connections.fileUri(uri)).isEqualTo(expected);
  }

  @Test
  void aWrongValueNamesItsOption() {
    assertThatThrownBy(() -> SqliteConfig.of("t.db").maxConnections(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("option 'maxConnections' must be between 1 and 1000: '0'");
  }
}
