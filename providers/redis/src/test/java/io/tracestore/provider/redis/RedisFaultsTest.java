package io.tracestore.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.AclCategory;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.ScriptOutputType;
import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.Capability;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.testing.SoakedWriter;
import io.tracestore.testing.net.CuttableProxy;
import io.tracestore.testing.redis.RedisCluster;
import io.tracestore.testing.redis.RedisServer;
import io.tracestore.testing.redis.RedisSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store keeps its promises when its server, or the connection to it, fails. */
class RedisFaultsTest {
  private static final int WRITERS = 4;

  @TempDir private Path directory;

  @Test
  void nothingAcknowledgedIsLostWhenTheServerIsKilledAndStartedAgain() throws Exception {
    try (RedisServer server = startDurable();
        TraceStore store = TraceStores.open(server.uri() + "?ttl=none")) {
      ConcurrentLinkedQueue<FlowTrace> acknowledged =
          writeMeanwhile(
              store,
              () -> {
                server.kill();
                server.start();
              });
      assertThat(acknowledged)
          .allSatisfy(trace -> assertThat(store.getTrace(trace.traceId())).contains(trace));
    }
  }

  @Test
  void aWriterLosesNothingWhenTheServerIsAwayForAWhile() throws Exception {
    SoakedWriter soak = new SoakedWriter();
    try (RedisServer server = startDurable();
        TraceStore store = TraceStores.open(server.uri() + "?ttl=none&timeoutMs=300")) {
      soak.run(
          store,
          writer -> {
            server.kill();
            soak.awaitRetries(writer);
            server.start();
          });
    }
  }

  @Test
  void aPipelineThatIsCutIsFinishedOverTheNextConnection() {
    try (RedisServer server = startDurable();
        RedisSession session = RedisSession.open(server.uri());
        TraceStore store = TraceStores.open(server.uri() + "?ttl=none")) {
      ConcurrentLinkedQueue<FlowTrace> acknowledged =
          writeMeanwhile(
              store,
              () -> {
                for (int i = 0; i < 20; i++) {
                  session.commands().clientKill(KillArgs.Builder.typeNormal().skipme());
                }
              });
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(acknowledged.size());
      assertThat(acknowledged)
          .allSatisfy(trace -> assertThat(store.getTrace(trace.traceId())).contains(trace));
    }
  }

  @Test
  void anAnswerThatIsCutInItsMiddleCostsNothing() throws IOException {
    try (RedisServer server = startDurable();
        CuttableProxy proxy = new CuttableProxy("127.0.0.1", server.port());
        TraceStore store = TraceStores.open("redis://127.0.0.1:" + proxy.port() + "?ttl=none")) {
      store.storeTrace(RedisSamples.trace(0));
      int bytesOfAnAnswer = 40;
      for (int cut = 1; cut <= bytesOfAnAnswer; cut++) {
        proxy.cutAnswersAfter(cut);
        assertThat(store.getTrace(RedisSamples.trace(cut - 1).traceId()))
            .contains(RedisSamples.trace(cut - 1));
        store.storeTrace(RedisSamples.trace(cut));
      }
      assertThat(proxy.cuts()).isEqualTo(bytesOfAnAnswer);
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(bytesOfAnAnswer + 1);
    }
  }

  /** Runs {@code fault} while several threads write, none of which may notice. */
  private static ConcurrentLinkedQueue<FlowTrace> writeMeanwhile(TraceStore store, Runnable fault) {
    ConcurrentLinkedQueue<FlowTrace> acknowledged = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    AtomicInteger next = new AtomicInteger();
    AtomicInteger end = new AtomicInteger(Integer.MAX_VALUE);
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(
          Thread.ofVirtual()
              .uncaughtExceptionHandler((thread, failure) -> failures.add(failure))
              .start(() -> {
                for (int n = next.getAndIncrement(); n < end.get(); n = next.getAndIncrement()) {
                  store.storeTrace(RedisSamples.trace(n));
                  acknowledged.add(RedisSamples.trace(n));
                }
              }));
    }
    while (acknowledged.size() < 200 && failures.isEmpty()) {
      Thread.onSpinWait();
    }
    fault.run();
    end.set(next.get() + 200);
    writers.forEach(RedisFaultsTest::join);
    assertThat(failures).isEmpty();
    return acknowledged;
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whenMemoryIsFullNothingIsStoredAndNothingHarmed() {
    try (RedisServer server = startDurable();
        RedisSession session = RedisSession.open(server.uri());
        TraceStore store = TraceStores.open(server.uri() + "?ttl=none")) {
      store.storeTrace(RedisSamples.trace(1));
      session.commands().configSet("maxmemory", "1");
      assertThatThrownBy(() -> store.storeTrace(RedisSamples.trace(2)))
          .isInstanceOf(StoreCapacityException.class)
          .hasMessageContaining("maxmemory");
      session.commands().configSet("maxmemory", "0");
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(RedisSamples.trace(1));
      assertThat(store.getEvents(RedisSamples.trace(2).traceId())).isEmpty();
    }
  }

  @Test
  void aServerThatBecameAReplicaRefusesWritesAndSaysSo() {
    try (RedisServer primary = startDurable();
        RedisServer server = startDurable();
        RedisSession session = RedisSession.open(server.uri());
        TraceStore store = TraceStores.open(server.uri() + "?ttl=none")) {
      session.commands().replicaof("127.0.0.1", primary.port());
      assertThatThrownBy(() -> store.storeTrace(RedisSamples.trace(1)))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("read-only replica");
    }
  }

  @Test
  void aReplicaIsNotOpened() {
    try (RedisServer primary = startDurable();
        RedisServer server =
            RedisServer.start(
                RedisServer.embedded(),
                directory,
                "--replicaof",
                "127.0.0.1",
                String.valueOf(primary.port()))) {
      assertThatThrownBy(() -> TraceStores.open(server.uri()))
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessageContaining("name the primary");
    }
  }

  @Test
  void aWrongPasswordIsSaidAndNotShown() {
    try (RedisServer server =
        RedisServer.start(RedisServer.embedded(), directory, "--requirepass", "right")) {
      assertThatThrownBy(() -> TraceStores.open("redis://:wr0ng@" + server.host()))
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessageEndingWith("wrong user or password")
          .hasMessageNotContaining("wr0ng");
      assertThatThrownBy(() -> TraceStores.open(server.uri()))
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessageEndingWith("wrong user or password");
    }
  }

  @Test
  void aUserMayDoWithLittleAndTheHealthCheckSaysWhatIsNotKnown() {
    try (RedisServer server = startDurable();
        RedisSession session = RedisSession.open(server.uri())) {
      AclSetuserArgs user =
          new AclSetuserArgs()
              .on()
              .addPassword("p@ss/word")
              .keyPattern("mine:*")
              .allCommands()
              .removeCategory(AclCategory.DANGEROUS)
              .removeCategory(AclCategory.ADMIN);
      session.commands().aclSetuser("app", user);
      String uri = "redis://app:p%40ss%2Fword@" + server.host() + "?keyPrefix=mine&ttl=none";
      try (TraceStore store = TraceStores.open(uri)) {
        store.storeTrace(RedisSamples.trace(1));
        assertThat(store.getTrace(RedisSamples.trace(1).traceId())).contains(RedisSamples.trace(1));
        assertThat(store.healthCheck().warnings())
            .containsExactly(
                "this user may not run INFO: whether data is kept safely is not known");
      }
    }
  }

  @Test
  void aServerThatIsNotRedisIsRecognized() throws IOException {
    Thread server;
    try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      server = Thread.ofVirtual().start(() -> answerAsAWebServer(listening));
      String uri = "redis://127.0.0.1:" + listening.getLocalPort();
      assertThatThrownBy(() -> TraceStores.open(uri))
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessageEndingWith("what listens there does not answer as a Redis server does");
    }
    join(server);
  }

  private static void answerAsAWebServer(ServerSocket listening) {
    while (!listening.isClosed()) {
      try (Socket socket = listening.accept()) {
        byte[] answer = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        socket.getOutputStream().write(answer);
        socket.getInputStream().readAllBytes();
      } catch (IOException e) {
        // The client, or the test, has enough.
      }
    }
  }

  @Test
  void whereNobodyListensTheStoreIsUnavailable() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThatThrownBy(() -> TraceStores.open("redis://127.0.0.1:" + port))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("cannot be reached");
  }

  @Test
  void aServerThatDoesNotAnswerIsATimeout() {
    try (RedisServer server = startDurable();
        RedisSession session = RedisSession.open(server.uri());
        TraceStore store = TraceStores.open(server.uri() + "?ttl=none&timeoutMs=300")) {
      session.commands().clientPause(2_000);
      assertThatThrownBy(() -> store.storeTrace(RedisSamples.trace(1)))
          .isInstanceOf(StoreTimeoutException.class)
          .satisfies(e -> assertThat(((TraceStoreException) e).isRetryable()).isTrue());
    }
  }

  @Test
  void aServerBusyWithAScriptIsWaitedFor() throws Exception {
    try (RedisServer server = startDurable();
        TraceStore store = TraceStores.open(server.uri() + "?ttl=none");
        TraceStore impatient = TraceStores.open(server.uri() + "?ttl=none&timeoutMs=300")) {
      CompletableFuture<?> script = keepBusy(server);
      assertThatThrownBy(() -> impatient.storeTrace(RedisSamples.trace(1)))
          .isInstanceOf(TraceStoreException.class)
          .satisfies(e -> assertThat(((TraceStoreException) e).isRetryable()).isTrue());
      store.storeTrace(RedisSamples.trace(2));
      script.get();
      assertThat(store.getTrace(RedisSamples.trace(2).traceId())).contains(RedisSamples.trace(2));
    }
  }

  @Test
  void aWriterLosesNothingWhenTheServerIsBusyWithAScript() throws Exception {
    SoakedWriter soak = new SoakedWriter();
    try (RedisServer server = startDurable();
        TraceStore store = TraceStores.open(server.uri() + "?ttl=none&timeoutMs=300")) {
      soak.run(
          store,
          writer -> {
            CompletableFuture<?> script = keepBusy(server);
            soak.awaitRetries(writer);
            script.join();
          });
    }
  }

  @Test
  void aWriterLosesNothingWhenMemoryIsFullForAWhile() throws Exception {
    SoakedWriter soak = new SoakedWriter();
    try (RedisServer server = startDurable();
        RedisSession session = RedisSession.open(server.uri());
        TraceStore store = TraceStores.open(server.uri() + "?ttl=none")) {
      soak.run(
          store,
          writer -> {
            session.commands().configSet("maxmemory", "1");
            soak.awaitRetries(writer);
            session.commands().configSet("maxmemory", "0");
          });
    }
  }

  /** Runs a script of two seconds; returns when the server refuses others because of it. */
  private static CompletableFuture<?> keepBusy(RedisServer server) {
    String spin =
        """
        local start = redis.call('TIME')[1]
        while redis.call('TIME')[1] - start < 3 do end
        """;
    CompletableFuture<?> script =
        CompletableFuture.runAsync(() -> {
          try (RedisSession session = RedisSession.open(server.uri())) {
            session.commands().configSet("lua-time-limit", "50");
            session.commands().eval(spin, ScriptOutputType.STATUS);
          }
        });
    try (RedisSession session = RedisSession.open(server.uri())) {
      while (!script.isDone()) {
        session.commands().ping();
      }
      throw new IllegalStateException("the server was never busy");
    } catch (RedisBusyException e) {
      return script;
    }
  }

  @Test
  void syncIsTrueOnlyIfEverythingIsOnTheDisk() {
    try (RedisServer server = startDurable();
        RedisSession session = RedisSession.open(server.uri());
        TraceStore store = TraceStores.open(server.uri() + "?ttl=none")) {
      store.storeTrace(RedisSamples.trace(1));
      assertThat(store.sync()).isTrue();
      boolean canWait = canWaitForTheLog(session);
      session.commands().configSet("appendfsync", "everysec");
      store.storeTrace(RedisSamples.trace(2));
      assertThat(store.sync()).isEqualTo(canWait);
      session.commands().configSet("appendonly", "no");
      assertThat(store.sync()).isFalse();
      assertThat(store.capabilities()).contains(Capability.DURABLE);
    }
  }

  @Test
  void theInstalledServerSyncsIfItCanWaitForItsLog() {
    try (RedisServer server =
            RedisServer.start(
                RedisServer.installedOrSkip(), newDirectory(), "--appendonly", "yes");
        RedisSession session = RedisSession.open(server.uri());
        TraceStore store = TraceStores.open(server.uri() + "?ttl=none")) {
      store.storeTrace(RedisSamples.trace(1));
      assertThat(store.sync()).isEqualTo(canWaitForTheLog(session));
    }
  }

  private static boolean canWaitForTheLog(RedisSession session) {
    return session.commands().command().toString().contains("waitaof");
  }

  @Test
  void metricsAreReportedWhileTheServerIsAwayAndTheHealthCheckSaysSo() {
    try (RedisServer server = startDurable();
        TraceStore store = TraceStores.open(server.uri() + "?ttl=none&timeoutMs=500")) {
      store.storeTrace(RedisSamples.trace(1));
      assertThat(store.metrics().storageBytes()).isPositive();
      server.kill();
      assertThat(store.metrics().storageBytes()).isEqualTo(-1);
      assertThat(store.metrics().write().count()).isEqualTo(1);
      assertThatThrownBy(store::healthCheck)
          .isInstanceOf(TraceStoreException.class)
          .satisfies(e -> assertThat(((TraceStoreException) e).isRetryable()).isTrue());
      server.start();
      assertThat(store.getTrace(RedisSamples.trace(1).traceId())).contains(RedisSamples.trace(1));
    }
  }

  @Test
  void aClusterWithAPrimaryDownIsUnavailableAndLeavesNothing() {
    try (RedisCluster cluster = RedisCluster.start(RedisServer.installedOrSkip(), newDirectory())) {
      String options = "?ttl=none&timeoutMs=500&connectionTimeoutMs=500";
      try (TraceStore store = TraceStores.open(cluster.uri() + options)) {
        store.storeTrace(RedisSamples.trace(1));
        int before = driverThreads();
        for (int node = 0; node < RedisCluster.NODES; node++) {
          cluster.server(node).kill();
          for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> TraceStores.open(cluster.uri() + options))
                .isInstanceOf(TraceStoreException.class)
                .satisfies(e -> assertThat(((TraceStoreException) e).isRetryable()).isTrue());
          }
          assertThat(store.metrics().storageBytes()).isEqualTo(-1);
          assertThatThrownBy(store::healthCheck).isInstanceOf(TraceStoreException.class);
          cluster.server(node).start();
        }
        assertThat(driverThreads()).isEqualTo(before);
      }
    }
  }

  private static int driverThreads() {
    return (int)
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("lettuce"))
            .count();
  }

  private RedisServer startDurable() {
    return RedisServer.start(
        RedisServer.embedded(), newDirectory(), "--appendonly", "yes", "--appendfsync", "always");
  }

  private Path newDirectory() {
    try {
      return Files.createTempDirectory(directory, "server");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
