package io.tracestore.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.TraceStores;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.net.ServerCertificate;
import io.tracestore.testing.redis.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted connections. */
class RedisTlsTest {
  @TempDir private Path directory;
  private ServerCertificate certificate;

  @BeforeEach
  void makeCertificate() throws IOException, InterruptedException, GeneralSecurityException {
    certificate = ServerCertificate.make(directory, "server", "ip:127.0.0.1");
  }

  @Test
  void aTrustedServerAndClientUnderstandEachOther() {
    try (RedisServer server = startTls();
        TraceStore store =
            TraceStores.open(
                "rediss://%s?tlsCa=%s&tlsCert=%s&tlsKey=%s"
                    .formatted(
                        server.host(), certificate.pem(), certificate.pem(), certificate.key()))) {
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

  private RedisServer startTls() {
    return RedisServer.startTls(
        RedisServer.installedOrSkip(),
        directory,
        "--tls-cert-file",
        certificate.pem().toString(),
        "--tls-key-file",
        certificate.key().toString(),
        "--tls-ca-cert-file",
        certificate.pem().toString());
  }
}
