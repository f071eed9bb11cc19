package io.tracestore.tools.clickhouse;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.clickhouse.client.api.Client;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A server of a test, with a few users, and ways to ask it. */
final class TestServer implements AutoCloseable {
  static final String PASSWORD = "s3cr3t";

  private final ClickHouseProcess process;
  private final HttpClient http = HttpClient.newHttpClient();

  private TestServer(ClickHouseProcess process) {
    this.process = process;
  }

  /** Starts one; where there is no library, the test is skipped, unless all is required. */
  static TestServer start(@Nullable Path data) throws IOException {
    if (!"all".equals(System.getenv("TRACESTORE_REQUIRE"))) {
      assumeTrue(
          ClickHouseProcess.library().isPresent(),
          "no libchdb is installed (ci/clickhouse does it)");
    }
    return new TestServer(
        ClickHouseProcess.start(
            data,
            "default:" + PASSWORD,
            "reader:" + PASSWORD + ":readonly=1",
            "small:" + PASSWORD + ":max_memory_usage=20000000,max_threads=1",
            "cached:" + PASSWORD + ":use_query_cache=1,read_overflow_mode=break"));
  }

  ClickHouseProcess process() {
    return process;
  }

  /** The client that the provider uses, with the user {@code default}. */
  Client.Builder client() {
    return new Client.Builder()
        .addEndpoint("http://127.0.0.1:" + process.port())
        .setUsername("default")
        .setPassword(PASSWORD)
        .setDefaultDatabase("default");
  }

  /** Posts {@code body} with URL parameters, as {@code default}. */
  HttpResponse<String> post(String parameters, String body)
      throws IOException, InterruptedException {
    return http.send(
        request(parameters).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  /** The result of a statement that succeeds, as tab-separated text. */
  String text(String sql) throws IOException, InterruptedException {
    HttpResponse<String> response = post("", sql);
    if (response.statusCode() != 200) {
      throw new IOException(response.body());
    }
    return response.body().stripTrailing();
  }

  HttpRequest.Builder request(String parameters) {
    String basic =
        Base64.getEncoder()
            .encodeToString(("default:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + process.port() + "/?" + parameters))
        .header("Authorization", "Basic " + basic);
  }

  HttpClient http() {
    return http;
  }

  @Override
  public void close() {
    http.close();
    process.close();
  }
}
