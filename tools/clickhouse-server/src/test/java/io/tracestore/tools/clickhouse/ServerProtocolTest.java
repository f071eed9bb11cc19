package io.tracestore.tools.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parts of ClickHouse's HTTP interface that its Java clients do not show. */
class ServerProtocolTest {
  private static TestServer server;

  @BeforeAll
  static void start() throws Exception {
    server = TestServer.start(null);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  /** Encodings that HTTP knows by these names in small letters. */
  enum Encoding {
    GZIP,
    LZ4,
    ZSTD;

    OutputStream to(OutputStream out) throws IOException {
      return switch (this) {
        case GZIP -> new GZIPOutputStream(out);
        case LZ4 -> new LZ4FrameOutputStream(out);
        case ZSTD -> new ZstdOutputStream(out);
      };
    }

    InputStream from(InputStream in) throws IOException {
      return switch (this) {
        case GZIP -> new GZIPInputStream(in);
        case LZ4 -> new LZ4FrameInputStream(in);
        case ZSTD -> new ZstdInputStream(in);
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void bodiesAreEncodedBothWays(Encoding encoding) throws Exception {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (OutputStream out = encoding.to(body)) {
      out.write("SELECT 'encoded'".getBytes(StandardCharsets.UTF_8));
    }
    String name = encoding.toString().toLowerCase(Locale.ROOT);
    HttpResponse<byte[]> response =
        server
            .http()
            .send(
                server
                    .request("enable_http_compression=1")
                    .header("Content-Encoding", name)
                    .header("Accept-Encoding", name)
                    .POST(BodyPublishers.ofByteArray(body.toByteArray()))
                    .build(),
                BodyHandlers.ofByteArray());
    assertThat(response.headers().firstValue("Content-Encoding")).contains(name);
    assertThat(encoding.from(new ByteArrayInputStream(response.body())).readAllBytes())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("encoded\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT * FROM missing                    | 404 | 60
          SELECT                                   | 400 | 62
          SELECT 1; SELECT 2                       | 400 | 62
          SELECT toUInt8('x')                      | 400 | 6
          SELECT 1 FORMAT Missing                  | 404 | 73
          SELECT sleep(3) SETTINGS max_execution_time = 1, max_block_size = 1 | 408 | 159
          SELECT groupArray(number) FROM numbers(100000000) SETTINGS max_memory_usage = 1000000 | 500 | 241
          CREATE USER u                            | 403 | 497
          """)
  void anErrorHasTheStatusAndCodeOfClickHouse(String sql, int status, String code)
      throws Exception {
    HttpResponse<String> response = server.post("", sql);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("X-ClickHouse-Exception-Code")).contains(code);
    assertThat(response.body()).startsWith("Code: " + code + ". DB::Exception: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          database=missing         | 81
          no_such_setting=1        | 115
          max_threads=many         | 27
          session_id=none&session_check=1 | 372
          """)
  void aWrongParameterIsRefused(String parameters, String code) throws Exception {
    assertThat(
            server.post(parameters, "SELECT 1").headers().firstValue("X-ClickHouse-Exception-Code"))
        .contains(code);
  }

  @Test
  void theFormatIsAskedForInAParameter() throws Exception {
    assertThat(server.post("default_format=JSONEachRow", "SELECT 1 AS a").body())
        .isEqualTo("{\"a\":1}\n");
  }

  @Test
  void aDocumentOfManyBlocksHasOneBeginning() throws Exception {
    assertThat(
            server
                .post("", "SELECT number FROM numbers(200000) FORMAT CSVWithNames")
                .body()
                .lines())
        .hasSize(200_001);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO f FORMAT CSV\n1\n2\n",
        "INSERT INTO f FORMAT JSONEachRow {\"a\":1} {\"a\":2}",
        "INSERT INTO f VALUES (1), (2)",
        "INSERT INTO f SETTINGS max_insert_threads = 1 VALUES (1), (2)",
        "INSERT INTO f SELECT 1 UNION ALL SELECT 2"
      })
  void rowsFollowTheirStatement(String sql) throws Exception {
    server.text("CREATE OR REPLACE TABLE f (a UInt8) ENGINE = Memory");
    server.text(sql);
    assertThat(server.text("SELECT groupArray(a) FROM (SELECT a FROM f ORDER BY a)"))
        .isEqualTo("[1,2]");
  }

  @Test
  void rowsInTheBodyFollowTheStatementInTheUrl() throws Exception {
    server.text("CREATE OR REPLACE TABLE f (a UInt8) ENGINE = Memory");
    server.post("query=INSERT+INTO+f+FORMAT+CSV", "1\n2\n");
    assertThat(server.text("SELECT count() FROM f")).isEqualTo("2");
  }

  @Test
  void theTimeZoneIsThatOfTheSession() throws Exception {
    HttpResponse<String> response =
        server.post("session_timezone=Asia/Kathmandu", "SELECT toDateTime(0)");
    assertThat(response.headers().firstValue("X-ClickHouse-Timezone")).contains("Asia/Kathmandu");
    assertThat(response.body()).isEqualTo("1970-01-01 05:30:00\n");
  }

  @Test
  void aClusterOfThisNodeIsThere() throws Exception {
    server.text("CREATE TABLE local (a UInt8) ENGINE = MergeTree ORDER BY a");
    server.text("CREATE TABLE all AS local ENGINE = Distributed('default', default, local, a)");
    server.text("INSERT INTO all VALUES (1), (2)");
    assertThat(server.text("SELECT count() FROM all WHERE a GLOBAL IN (SELECT a FROM all)"))
        .isEqualTo("2");
  }

  @Test
  void aGetRequestChangesNothing() throws Exception {
    HttpResponse<String> response =
        server
            .http()
            .send(
                server.request("query=CREATE+TABLE+g+(a+Int8)+ENGINE=Memory").GET().build(),
                BodyHandlers.ofString());
    assertThat(response.headers().firstValue("X-ClickHouse-Exception-Code")).contains("164");
  }

  @Test
  void aSessionKeepsItsTemporaryTable() throws Exception {
    server.post("session_id=keeps", "CREATE TEMPORARY TABLE mine (a Int8)");
    assertThat(server.post("session_id=keeps", "SELECT count() FROM mine").body()).isEqualTo("0\n");
    assertThat(server.post("session_id=other", "SELECT count() FROM mine").statusCode())
        .isEqualTo(404);
  }

  @Test
  void aSettingOfOneRequestIsNotInTheNextOfItsSession() throws Exception {
    server.post("session_id=settings", "SET max_threads = 3");
    server.post("session_id=settings&max_threads=7", "SELECT 1");
    assertThat(server.post("session_id=settings", "SELECT getSetting('max_threads')").body())
        .isEqualTo("3\n");
  }

  @Test
  void aSessionServesOneRequestAtATime() throws Exception {
    String sql = "SELECT sum(sipHash64(number)) FROM system.numbers WHERE number != 4242";
    CompletableFuture<HttpResponse<String>> first =
        server
            .http()
            .sendAsync(
                server
                    .request("session_id=busy&max_execution_time=60")
                    .POST(BodyPublishers.ofString(sql))
                    .build(),
                BodyHandlers.ofString());
    String running = "FROM system.processes WHERE query LIKE '%number != 4242'";
    while (server.text("SELECT count() " + running).equals("0")) {
      assertThat(first).isNotDone();
    }
    HttpResponse<String> second = server.post("session_id=busy", "SELECT 1");
    server.text("KILL QUERY WHERE query LIKE '%number != 4242' SYNC");
    first.join();
    assertThat(second.headers().firstValue("X-ClickHouse-Exception-Code")).contains("373");
  }

  /** A client that dies, or whose connection is cut, while it sends rows. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 1000\r\n\r\n1\n2\n",
        "Transfer-Encoding: chunked\r\n\r\n4\r\n1\n2\n\r\n"
      })
  void rowsOfABodyThatIsCutOffAreNotInserted(String rest) throws Exception {
    server.text("CREATE OR REPLACE TABLE c (a UInt8) ENGINE = Memory");
    String basic =
        Base64.getEncoder()
            .encodeToString(("default:" + TestServer.PASSWORD).getBytes(StandardCharsets.UTF_8));
    String request =
        "POST /?query=INSERT+INTO+c+FORMAT+CSV HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic "
            + basic
            + "\r\n"
            + rest;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.process().port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      // Until the server has given up on it.
      socket.getInputStream().readAllBytes();
    }
    assertThat(server.text("SELECT count() FROM c")).isEqualTo("0");
  }
}
