package io.tracestore.compat.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.TraceStores;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted connections. */
class RedisTlsTest {
  private static final char[] STORE_PASSWORD = "changeit".toCharArray();

  @TempDir private Path directory;

  @BeforeEach
  void makeCertificate() throws IOException, InterruptedException, GeneralSecurityException {
    Path keys = directory.resolve("keys.p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "server",
            "-keyalg",
            "EC",
            "-dname",
            "CN=localhost",
            "-ext",
            "san=ip:127.0.0.1",
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-storepass",
            new String(STORE_PASSWORD),
            "-keystore",
            keys.toString());
    Process keytool =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, STORE_PASSWORD);
    }
    writePem("server.crt", "CERTIFICATE", store.getCertificate("server").getEncoded());
    writePem("server.key", "PRIVATE KEY", store.getKey("server", STORE_PASSWORD).getEncoded());
  }

  private void writePem(String file, String type, byte[] content) throws IOException {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        directory.resolve(file),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, base64, type));
  }

  @Test
  void aTrustedServerAndClientUnderstandEachOther() {
    try (RedisServer server = startTls();
        TraceStore store =
            TraceStores.open(
                "rediss://%s?tlsCa=%s&tlsCert=%s&tlsKey=%s"
                    .formatted(
                        server.host(),
                        file("server.crt"),
                        file("server.crt"),
                        file("server.key")))) {
      store.storeTrace(RedisSamples.trace(1));
      assertThat(store.getTrace(RedisSamples.trace(1).traceId())).contains(RedisSamples.trace(1));
    }
  }

  @Test
  void aCertificateThatNobodyTrustsIsRefused() {
    try (RedisServer server = startTls()) {
      assertThatThrownBy(() -> TraceStores.open("rediss://" + server.host()))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("no TLS connection");
    }
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  private RedisServer startTls() {
    return RedisServer.startTls(
        RedisServer.installedOrSkip(),
        directory,
        "--tls-cert-file",
        file("server.crt"),
        "--tls-key-file",
        file("server.key"),
        "--tls-ca-cert-file",
        file("server.crt"));
  }
}
