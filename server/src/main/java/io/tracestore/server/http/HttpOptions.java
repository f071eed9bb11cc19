package io.tracestore.server.http;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of the server's ports and connections.
 *
 * @param bind the address
 * @param ports one or more; 0 for any free one
 * @param keyStore with the certificate, in PKCS #12 or JKS; null for no TLS
 * @param keyStorePassword of the key store
 * @param maxConnections further ones wait until one of these ends
 * @param stopTimeout how long requests in progress are waited for at the end
 */
public record HttpOptions(
    String bind,
    List<Integer> ports,
    @Nullable Path keyStore,
    @Nullable String keyStorePassword,
    int maxConnections,
    Duration stopTimeout) {
  public HttpOptions {
    ports = List.copyOf(ports);
  }

  /** The options without the password. */
  @Override
  public String toString() {
    return "HttpOptions[%s %s]".formatted(bind, ports);
  }
}
