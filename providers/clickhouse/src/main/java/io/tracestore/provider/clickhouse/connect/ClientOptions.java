package io.tracestore.provider.clickhouse.connect;

import static com.clickhouse.client.api.ClientConfigProperties.BEARERTOKEN_AUTH;
import static com.clickhouse.client.api.ClientConfigProperties.CA_CERTIFICATE;
import static com.clickhouse.client.api.ClientConfigProperties.CLIENT_NAME;
import static com.clickhouse.client.api.ClientConfigProperties.COMPRESS_CLIENT_REQUEST;
import static com.clickhouse.client.api.ClientConfigProperties.COMPRESS_SERVER_RESPONSE;
import static com.clickhouse.client.api.ClientConfigProperties.CONNECTION_REQUEST_TIMEOUT;
import static com.clickhouse.client.api.ClientConfigProperties.CONNECTION_TIMEOUT;
import static com.clickhouse.client.api.ClientConfigProperties.HTTP_MAX_OPEN_CONNECTIONS;
import static com.clickhouse.client.api.ClientConfigProperties.PASSWORD;
import static com.clickhouse.client.api.ClientConfigProperties.RETRY_ON_FAILURE;
import static com.clickhouse.client.api.ClientConfigProperties.SOCKET_OPERATION_TIMEOUT;
import static com.clickhouse.client.api.ClientConfigProperties.SOCKET_TCP_NO_DELAY_OPT;
import static com.clickhouse.client.api.ClientConfigProperties.USER;
import static com.clickhouse.client.api.ClientConfigProperties.USE_SERVER_TIMEZONE;
import static com.clickhouse.client.api.ClientConfigProperties.USE_TIMEZONE;

import com.clickhouse.client.api.ClientConfigProperties;
import io.tracestore.provider.clickhouse.ClickHouseConfig;
import io.tracestore.provider.clickhouse.Compression;
import io.tracestore.spi.StoreConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The options of a connection, by the names that ClickHouse's client and its JDBC driver have for
 * them: login, trust, time limits and compression. The address is none of them.
 */
final class ClientOptions {
  /** How much longer than the server the client waits, so that it hears why. */
  private static final long ANSWER_GRACE_MS = 5_000;

  private static final String DEFAULT_USER = "default";

  private ClientOptions() {}

  static Map<String, String> of(ClickHouseSettings config) {
    Map<String, String> options = new LinkedHashMap<>();
    Compression compression = config.get(ClickHouseConfig.COMPRESSION);
    long answer = config.get(ClickHouseConfig.MAX_EXECUTION_TIME_MS);
    put(options, CLIENT_NAME, "tracestore");
    put(options, HTTP_MAX_OPEN_CONNECTIONS, config.get(ClickHouseConfig.MAX_CONNECTIONS));
    put(options, CONNECTION_TIMEOUT, config.get(ClickHouseConfig.CONNECTION_TIMEOUT_MS));
    put(options, CONNECTION_REQUEST_TIMEOUT, answer);
    put(options, SOCKET_OPERATION_TIMEOUT, answer + ANSWER_GRACE_MS);
    put(options, SOCKET_TCP_NO_DELAY_OPT, true);
    put(options, RETRY_ON_FAILURE, 0);
    put(options, USE_SERVER_TIMEZONE, false);
    put(options, USE_TIMEZONE, "UTC");
    put(options, COMPRESS_SERVER_RESPONSE, compression != Compression.NONE);
    put(options, COMPRESS_CLIENT_REQUEST, compression == Compression.LZ4);
    String token = config.find(ClickHouseConfig.ACCESS_TOKEN);
    if (token != null) {
      put(options, BEARERTOKEN_AUTH, token);
    } else {
      put(options, USER, config.user() == null ? DEFAULT_USER : config.user());
      put(options, PASSWORD, config.password() == null ? "" : config.password());
    }
    String trusted = config.find(ClickHouseConfig.TLS_CA);
    if (trusted != null) {
      requireCertificates(trusted);
      put(options, CA_CERTIFICATE, trusted);
    }
    return options;
  }

  private static void put(
      Map<String, String> options, ClientConfigProperties option, Object value) {
    options.put(option.getKey(), String.valueOf(value));
  }

  /** Checks the file here, because the client's own error does not name it. */
  private static void requireCertificates(String file) {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      if (!CertificateFactory.getInstance("X.509").generateCertificates(in).isEmpty()) {
        return;
      }
    } catch (IOException | InvalidPathException | CertificateException e) {
      throw new StoreConfigurationException(
          "tlsCa: cannot read certificates from '%s'".formatted(file), e);
    }
    throw new StoreConfigurationException(
        "tlsCa: there are no certificates in '%s'; it must be a PEM file".formatted(file), null);
  }
}
