package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.testing.SoakedWriter;
import io.tracestore.testing.net.CuttableProxy;
import io.tracestore.testing.postgresql.InstalledServer;
import io.tracestore.testing.postgresql.PostgresServer;
import io.tracestore.testing.postgresql.PostgresServers;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers end, connections break, permissions lack: what was acknowledged is there, errors say what
 * is wrong, and the store works again by itself. {@code tracestore.postgres.crashRounds} says how
 * often the server crashes, 4 times by default.
 */
class PostgresFaultsTest extends PostgresTests {
  private static final int CRASH_ROUNDS = Integer.getInteger("tracestore.postgres.crashRounds", 4);
  private static final int CUTS = 15;

  @TempDir static Path directory;
  private static InstalledServer server;

  private final Random random = new Random();

  @BeforeAll
  static void startServer() throws IOException {
    server = InstalledServer.start(PostgresServers.programs(), directory);
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
  void aCrashOfTheServerLosesNothingThatWasAcknowledged() throws Exception {
    String uri = newUri("connectionTimeoutMs=20s");
    TraceStore store = open(uri);
    try (WritersUnderFire writers = new WritersUnderFire(store)) {
      for (int round = 0; round < CRASH_ROUNDS; round++) {
        writers.awaitMore(1 + random.nextInt(400));
        server.stopImmediately();
        server.start();
        writers.awaitMore(1);
      }
      writers.check(server(), uri);
    }
  }

  @Test
  void aWriterLosesNothingWhenTheServerIsAwayForAWhile() throws Exception {
    SoakedWriter soak = new SoakedWriter();
    soak.run(
        open(newUri("connectionTimeoutMs=1s")),
        writer -> {
          server.stopImmediately();
          soak.awaitRetries(writer);
          server.start();
        });
  }

  @Test
  void connectionsThatTheServerEndsLoseAndDoubleNothing() throws Exception {
    String uri = newUri("ApplicationName=victim");
    TraceStore store = open(uri);
    try (WritersUnderFire writers = new WritersUnderFire(store)) {
      for (int round = 0; round < CUTS; round++) {
        writers.awaitMore(1 + random.nextInt(100));
        server()
            .select(
                uri,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE application_name = 'victim'");
      }
      writers.awaitMore(1);
      writers.check(server(), uri);
    }
  }

  @Test
  void connectionsCutInTheMiddleOfABatchLoseAndDoubleNothing() throws Exception {
    try (CuttableProxy proxy = new CuttableProxy("localhost", server().port())) {
      String uri = newUri("");
      String throughProxy = uri.replace(":" + server().port(), ":" + proxy.port());
      TraceStore store = open(throughProxy);
      try (WritersUnderFire writers = new WritersUnderFire(store)) {
        for (int round = 1; round <= CUTS; round++) {
          int cuts = round;
          proxy.cutAfter(random.nextInt(200_000));
          await("cut " + cuts, () -> proxy.cuts() == cuts);
        }
        writers.awaitMore(1);
        writers.check(server(), uri);
      }
    }
  }

  @Test
  void theFirstConnectionForReadingMayBeCutAnywhereWhileItIsMade() throws Exception {
    String uri = newUri("minConnections=0");
    FlowTrace trace = trace(1, Instant.now());
    open(uri).storeTrace(trace);
    try (CuttableProxy proxy = new CuttableProxy("localhost", server().port())) {
      for (int bytes = 0; bytes < 3000; bytes += 20) {
        TraceStore store = open(uri.replace(":" + server().port(), ":" + proxy.port()));
        proxy.cutAfter(bytes);
        assertThat(store.getTrace(trace.traceId())).as("cut after %d", bytes).contains(trace);
        store.close();
        proxy.cutAfter(Long.MAX_VALUE);
      }
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsATimeoutAndTheStoreWorksOnceItDoes() throws Exception {
    try (CuttableProxy proxy = new CuttableProxy("localhost", server().port())) {
      String uri = newUri("socketTimeout=1&minConnections=0");
      TraceStore store = open(uri.replace(":" + server().port(), ":" + proxy.port()));
      FlowTrace trace = trace(1, Instant.now());
      store.storeTrace(trace);
      assertThat(store.getTrace(trace.traceId())).contains(trace); // over a connection that is kept
      proxy.hold();
      assertThatThrownBy(() -> store.getTrace(trace.traceId()))
          .isInstanceOf(StoreTimeoutException.class);
      proxy.release();
      assertThat(store.getTrace(trace.traceId())).contains(trace);
    }
  }

  @Test
  void anUnreachableServerIsReportedAtTheOpen() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    String uri = newUri("").replace(":" + server().port(), ":" + closed);
    assertThatThrownBy(() -> TraceStores.open(uri))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("refused")
        .hasMessageNotContaining(PostgresServers.PASSWORD);
  }

  @Test
  void ofSeveralHostsOneThatIsThereIsTaken() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    String hosts = "localhost:" + closed + ",localhost:" + server().port();
    TraceStore store = open(newUri("").replace("localhost:" + server().port(), hosts));
    assertThat(store.count(TraceQuery.ALL)).isZero();
  }

  @Test
  void aWrongPasswordIsReportedWithoutShowingIt() throws IOException {
    server().execute("CREATE ROLE secured LOGIN PASSWORD 'right'");
    server.requirePasswordOf("secured");
    String uri = newUri("").replace("postgres:" + PostgresServers.PASSWORD, "secured:wr0ng");
    assertThatThrownBy(() -> TraceStores.open(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("password authentication failed")
        .hasMessageNotContaining("wr0ng");
    server().execute("DROP ROLE secured");
  }

  @Test
  void aMissingDatabaseIsReported() {
    String uri = newUri("").replace("/postgres?", "/nowhere?");
    assertThatThrownBy(() -> TraceStores.open(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("\"nowhere\" does not exist");
  }

  @Test
  void aMissingPermissionIsReported() {
    server().execute("CREATE ROLE nobody_special LOGIN");
    String uri = newUri("").replace("postgres:" + PostgresServers.PASSWORD, "nobody_special");
    assertThatThrownBy(() -> TraceStores.open(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("permission denied");
    server().execute("DROP ROLE nobody_special");
  }

  @Test
  void aNewerSchemaIsRefused() {
    String uri = newUri("");
    open(uri).close();
    server().select(uri, "INSERT INTO schema_version VALUES (99, now()) RETURNING version");
    assertThatThrownBy(() -> TraceStores.open(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("version 99");
  }

  @Test
  void aStandbyIsReadAndWritesWorkOnceItIsPromoted(@TempDir Path data) throws IOException {
    String uri = newUri("connectionTimeoutMs=500&targetServerType=any&minConnections=0");
    FlowTrace before = trace(1, Instant.now());
    open(uri).storeTrace(before);
    FlowTrace after = trace(2, Instant.now());
    try (InstalledServer standby = server.startStandby(data)) {
      TraceStore onStandby =
          TraceStores.open(uri.replace(":" + server().port(), ":" + standby.server().port()));
      try (onStandby) {
        assertThat(onStandby.getTrace(before.traceId())).contains(before);
        assertThatThrownBy(() -> onStandby.storeTrace(after))
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining("read-only");
        standby.promote();
        onStandby.storeTrace(after);
        assertThat(onStandby.getTrace(after.traceId())).contains(after);
      }
    }
  }

  /** The driver remembers for ten seconds, if it is let, that a host did not answer. */
  @Test
  void aPrimaryThatComesBackIsFoundAtOnce(@TempDir Path data) throws IOException {
    String uri = newUri("connectionTimeoutMs=5s");
    open(uri).close();
    try (InstalledServer standby = server.startStandby(data)) {
      String hosts = "localhost:" + server().port() + ",localhost:" + standby.server().port();
      String ofBoth = uri.replace("localhost:" + server().port(), hosts);
      server.stopImmediately();
      try {
        assertThatThrownBy(() -> TraceStores.open(uri))
            .isInstanceOf(StoreUnavailableException.class);
      } finally {
        server.start();
      }
      try (TraceStore store = TraceStores.open(ofBoth)) {
        assertThat(store.count(TraceQuery.ALL)).isZero();
      }
    }
  }

  @Test
  void afterAFailoverTheStoreWritesToTheNewPrimary(@TempDir Path data) throws IOException {
    String uri = newUri("connectionTimeoutMs=10s");
    open(uri).close();
    try (InstalledServer standby = server.startStandby(data)) {
      String hosts = "localhost:" + server().port() + ",localhost:" + standby.server().port();
      try (TraceStore store =
          TraceStores.open(uri.replace("localhost:" + server().port(), hosts))) {
        store.storeTrace(trace(1, Instant.now()));
        server.stopImmediately();
        try {
          standby.promote();
          FlowTrace after = trace(2, Instant.now());
          store.storeTrace(after);
          assertThat(store.getTrace(after.traceId())).contains(after);
        } finally {
          server.start();
        }
      }
    }
  }

  @Test
  void aLockThatIsHeldTooLongIsATimeout() throws Exception {
    String uri = newUri("options=-c%20statement_timeout=200");
    TraceStore store = open(uri);
    FlowTrace trace = trace(1, Instant.now());
    store.storeTrace(trace);
    try (var other = server().connect(uri);
        var statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("SELECT FROM traces FOR UPDATE");
      assertThatThrownBy(() -> store.storeTrace(trace))
          .isInstanceOf(StoreTimeoutException.class)
          .extracting(e -> ((TraceStoreException) e).isRetryable())
          .isEqualTo(true);
      other.rollback();
    }
    store.storeTrace(trace);
    assertThat(store.getTrace(trace.traceId())).contains(trace);
  }
}
