package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.TraceStores;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.clickhouse.ClickHouseEndpoint;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import io.tracestore.testing.net.ServerCertificate;
import io.tracestore.tools.clickhouse.ClickHouseProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted connections, and tokens, which are not to be sent without. */
@ExtendWith(ClickHouseNeeds.OwnServer.class)
class ClickHouseTlsTest {
  @TempDir private static Path directory;

  private static ServerCertificate certificate;
  private static ClickHouseProcess server;

  @BeforeAll
  static void startServer() throws Exception {
    certificate = ServerCertificate.make(directory, "server", "ip:127.0.0.1");
    server = ClickHouseServers.ownTlsServer(certificate.keys());
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  private static String uri() {
    ClickHouseEndpoint plain = ClickHouseServers.endpointOf(server);
    return new ClickHouseEndpoint(
            "clickhouses", plain.host(), plain.port(), plain.user(), plain.password())
        .newStoreUri("");
  }

  private static void assertStores(String uri, Map<String, String> options) throws SQLException {
    try (TraceStore store = TraceStores.open(uri, options)) {
      store.storeTrace(ClickHouseSamples.trace(1));
      assertThat(store.getTrace(ClickHouseSamples.traceId(1))).contains(ClickHouseSamples.trace(1));
      assertThat(ClickHouseDataSourceTest.text(store, "SELECT count() FROM traces")).isEqualTo("1");
    }
  }

  @Test
  void aServerWhoseCertificateIsNamedIsTrusted() throws Exception {
    assertStores(uri(), Map.of("tlsCa", certificate.pem().toString()));
  }

  @Test
  void sslMeansTheSameAsTheScheme() throws Exception {
    assertStores(
        uri().replace("clickhouses:", "clickhouse:"),
        Map.of("tls", "true", "tlsCa", certificate.pem().toString()));
  }

  @Test
  void aTokenLogsInInsteadOfUserAndPassword() throws Exception {
    String anonymous = uri().replaceFirst("//[^@]*@", "//");
    String token = ClickHouseServers.endpointOf(server).password();
    assertStores(anonymous, Map.of("accessToken", token, "tlsCa", certificate.pem().toString()));
  }

  @Test
  void aWrongTokenIsRefusedWithoutShowingIt() {
    String anonymous = uri().replaceFirst("//[^@]*@", "//");
    StoreConfigurationException failure =
        catchThrowableOfType(
            StoreConfigurationException.class,
            () ->
                TraceStores.open(
                    anonymous,
                    Map.of("accessToken", "wr0ng", "tlsCa", certificate.pem().toString())));
    assertThat(failure).hasMessageContaining("login refused").hasMessageNotContaining("wr0ng");
  }

  @Test
  void aCertificateThatNobodyTrustsIsNamedAndTheWayOut() {
    assertRefused(Map.of(), "tlsCa");
  }

  @Test
  void aCertificateOfAnotherServerIsRefused() throws Exception {
    ServerCertificate other = ServerCertificate.make(directory, "other", "ip:127.0.0.1");
    assertRefused(Map.of("tlsCa", other.pem().toString()), "tlsCa");
  }

  @Test
  void aFileWithoutCertificatesIsNamed() throws Exception {
    Path empty = Files.writeString(directory.resolve("empty.pem"), "nothing");
    assertRefused(Map.of("tlsCa", empty.toString()), "empty.pem");
    assertRefused(Map.of("tlsCa", directory.resolve("none.pem").toString()), "none.pem");
  }

  private static void assertRefused(Map<String, String> options, String why) {
    StoreConfigurationException failure =
        catchThrowableOfType(
            StoreConfigurationException.class, () -> TraceStores.open(uri(), options));
    assertThat(failure.getMessage()).contains(why).doesNotContain("\n");
    assertThat(failure.isRetryable()).isFalse();
  }
}
