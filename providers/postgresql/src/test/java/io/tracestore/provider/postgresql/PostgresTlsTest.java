package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.net.ServerCertificate;
import io.tracestore.testing.postgresql.InstalledServer;
import io.tracestore.testing.postgresql.PostgresServer;
import io.tracestore.testing.postgresql.PostgresServers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted connections: a server is used only if its certificate is what the options ask for. */
class PostgresTlsTest extends PostgresTests {
  @TempDir static Path directory;
  private static InstalledServer server;
  private static ServerCertificate certificate;
  private static ServerCertificate other;

  @BeforeAll
  static void startServer() throws Exception {
    server = InstalledServer.start(PostgresServers.programs(), directory);
    certificate = ServerCertificate.make(directory, "server", "dns:localhost");
    other = ServerCertificate.make(directory, "other", "dns:localhost");
    server.offerTls(certificate.pem(), certificate.key());
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @Override
  PostgresServer server() {
    return server.server();
  }

  @Test
  void aTrustedServerIsTalkedToEncrypted() {
    String uri = newUri("ApplicationName=tls&sslmode=verify-full&sslrootcert=" + certificate.pem());
    TraceStore store = open(uri);
    FlowTrace trace = trace(1, Instant.now());
    store.storeTrace(trace);
    assertThat(store.getTrace(trace.traceId())).contains(trace);
    assertThat(
            server()
                .select(
                    uri,
                    "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                        + " WHERE application_name = 'tls'"))
        .containsExactly("t");
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefused() {
    refuses(newUri("sslmode=verify-full&sslrootcert=" + other.pem()));
  }

  @Test
  void aCertificateOfAnotherHostIsRefusedWhereTheHostIsVerified() {
    String options = "&sslrootcert=" + certificate.pem();
    String uri = newUri("minConnections=0").replace("@localhost:", "@127.0.0.1:");
    refuses(uri + "&sslmode=verify-full" + options);
    assertThat(open(uri + "&sslmode=verify-ca" + options).healthCheck().detail())
        .contains("PostgreSQL");
  }

  private static void refuses(String uri) {
    assertThatThrownBy(() -> TraceStores.open(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("certificate is not trusted")
        .hasMessageNotContaining(PostgresServers.PASSWORD);
  }
}
