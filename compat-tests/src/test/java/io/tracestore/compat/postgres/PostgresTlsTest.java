package io.tracestore.compat.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted connections: a server is used only if its certificate is what the options ask for. */
class PostgresTlsTest extends PostgresTests {
  private static final char[] STORE_PASSWORD = "changeit".toCharArray();

  @TempDir static Path directory;
  private static InstalledServer server;

  @BeforeAll
  static void startServer() throws Exception {
    server = InstalledServer.start(PostgresServers.programs(), directory);
    makeCertificate("server", "dns:localhost");
    makeCertificate("other", "dns:localhost");
    server.offerTls(file("server.crt"), file("server.key"));
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @Override
  PostgresServer server() {
    return server.server();
  }

  /** A certificate that signs itself, and so is its own authority: {@code NAME.crt} and its key. */
  private static void makeCertificate(String name, String host)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path keys = file(name + ".p12");
    String[] command = {
      Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
      "-genkeypair",
      "-alias",
      name,
      "-keyalg",
      "EC",
      "-dname",
      "CN=" + name,
      "-ext",
      "san=" + host,
      "-validity",
      "2",
      "-storetype",
      "PKCS12",
      "-storepass",
      new String(STORE_PASSWORD),
      "-keystore",
      keys.toString()
    };
    Process keytool =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(file("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, STORE_PASSWORD);
    }
    writePem(name + ".crt", "CERTIFICATE", store.getCertificate(name).getEncoded());
    writePem(name + ".key", "PRIVATE KEY", store.getKey(name, STORE_PASSWORD).getEncoded());
  }

  private static void writePem(String file, String type, byte[] content) throws IOException {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        file(file), "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, base64, type));
  }

  private static Path file(String name) {
    return directory.resolve(name);
  }

  @Test
  void aTrustedServerIsTalkedToEncrypted() {
    String uri =
        newUri("ApplicationName=tls&sslmode=verify-full&sslrootcert=" + file("server.crt"));
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
    refuses(newUri("sslmode=verify-full&sslrootcert=" + file("other.crt")));
  }

  @Test
  void aCertificateOfAnotherHostIsRefusedWhereTheHostIsVerified() {
    String options = "&sslrootcert=" + file("server.crt");
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
