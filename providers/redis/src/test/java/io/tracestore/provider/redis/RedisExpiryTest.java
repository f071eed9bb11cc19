package io.tracestore.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ScriptOutputType;
import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.redis.RedisServer;
import io.tracestore.testing.redis.RedisSession;
import io.tracestore.testing.redis.SharedServers;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Traces expire by themselves, and the indexes follow. */
class RedisExpiryTest {
  private static final String ALL = "tracestore:{0}:i:all";

  /** Finds the trace's place among the times of expiry by its id, which is at the end of it. */
  private static final String EXPIRE =
      """
      local hex = string.gsub(ARGV[1], '-', '')
      local id = string.gsub(hex, '%x%x', function(h) return string.char(tonumber(h, 16)) end)
      for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
        if string.sub(member, -16) == id then
          redis.call('ZADD', KEYS[1], 1, member)
        end
      end
      return redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
      """;

  private static final TraceQuery FLOW = TraceQuery.builder().flowId("flow").build();

  private String uri;
  private RedisSession session;

  @BeforeEach
  void startWithNothing() {
    uri = SharedServers.newDatabase(RedisServer.embedded());
    session = RedisSession.open(uri);
  }

  @AfterEach
  void close() {
    session.close();
  }

  @Test
  void aTraceHasTheTimeToLiveOfItsLastWrite() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=1h")) {
      FlowTrace trace = RedisSamples.trace(1);
      store.storeTrace(trace);
      assertThat(session.commands().ttl(key(trace, "h"))).isBetween(3_500L, 3_600L);
      assertThat(session.commands().ttl(key(trace, "e"))).isBetween(3_500L, 3_600L);
      assertThat(session.commands().ttl(ALL)).isBetween(3_600L, 4_600L);
    }
  }

  @Test
  void withoutATimeToLiveNothingExpires() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=none")) {
      store.storeTrace(RedisSamples.trace(1));
      assertThat(session.commands().keys("*"))
          .allSatisfy(key -> assertThat(session.commands().ttl(key)).isEqualTo(-1));
    }
  }

  @Test
  void aStoreWithoutATimeToLiveKeepsTheIndexesOfOneThatHasIt() {
    try (TraceStore brief = TraceStores.open(uri + "?ttl=1h");
        TraceStore keeping = TraceStores.open(uri + "?ttl=none")) {
      brief.storeTrace(RedisSamples.trace(1));
      keeping.storeTrace(RedisSamples.trace(2));
      brief.storeTrace(RedisSamples.trace(3));
      assertThat(session.commands().ttl(ALL)).isEqualTo(-1);
      assertThat(session.commands().ttl("tracestore:{0}:names")).isEqualTo(-1);
    }
  }

  @Test
  void expiredTracesAreNeitherFoundNorCounted() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=1h")) {
      store.storeTraces(traces(0, 10));
      traces(0, 9).forEach(this::expire);
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(1);
      assertThat(store.count(FLOW)).isEqualTo(1);
      assertThat(store.queryTraces(FLOW)).containsExactly(RedisSamples.trace(9));
    }
  }

  @Test
  void writesCleanAwayWhatExpiredInBoundedSteps() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=1h")) {
      store.storeTraces(traces(0, 10));
      traces(0, 10).forEach(this::expire);
      store.storeTrace(RedisSamples.trace(10));
      assertThat(session.commands().zcard(ALL)).isEqualTo(9);
      store.storeTraces(traces(11, 15));
      assertThat(session.commands().zcard(ALL)).isEqualTo(5);
      assertThat(session.commands().keys("*:t")).hasSize(5);
    }
  }

  @Test
  void queriesCleanAwayWhatTheServerEvicted() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=none")) {
      store.storeTraces(traces(0, 10));
      traces(0, 5).forEach(trace -> session.commands().del(key(trace, "h"), key(trace, "e")));
      traces(5, 9).forEach(trace -> session.commands().del(key(trace, "e")));
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(RedisSamples.trace(9));
      assertThat(session.commands().zcard(ALL)).isEqualTo(1);
      assertThat(session.commands().zcard("tracestore:{0}:i:a:actor-1")).isEqualTo(1);
    }
  }

  @Test
  void aTraceThatExpiredCanBeStoredAgain() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=1h")) {
      FlowTrace trace = RedisSamples.trace(1);
      store.storeTrace(trace);
      expire(trace);
      FlowTrace other = trace.toBuilder().flowId("other").build();
      store.storeTrace(other);
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(other);
      assertThat(store.count(FLOW)).isZero();
    }
  }

  @Test
  void aDeletedTraceLeavesNoKey() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=1h")) {
      store.storeTrace(RedisSamples.trace(1));
      store.deleteTrace(RedisSamples.trace(1).traceId());
      assertThat(session.commands().keys("*"))
          .filteredOn(key -> !key.contains(":answer:"))
          .containsExactly("tracestore:{0}:meta");
    }
  }

  @Test
  void aTimeToLiveAndAnEvictionPolicyAreDeclared() {
    session.commands().configSet("maxmemory", "1gb");
    session.commands().configSet("maxmemory-policy", "allkeys-lru");
    try (TraceStore keeping = TraceStores.open(uri + "?ttl=none")) {
      assertThat(keeping.capabilities())
          .containsExactlyInAnyOrder(
              Capability.PERSISTENT,
              Capability.DURABLE,
              Capability.ATOMIC,
              Capability.SHARED,
              Capability.EVICTING);
      assertThat(keeping.healthCheck().warnings())
          .containsExactly(
              "appendonly is off: what was written since the last snapshot is lost when the server ends suddenly",
              "maxmemory-policy allkeys-lru drops data when memory is full; noeviction refuses writes instead");
    } finally {
      session.commands().configSet("maxmemory-policy", "noeviction");
      session.commands().configSet("maxmemory", "0");
    }
  }

  /**
   * Does the same as the server when the time is over: removes the keys, and the time is in the
   * past.
   */
  private void expire(FlowTrace trace) {
    session
        .commands()
        .eval(
            EXPIRE,
            ScriptOutputType.INTEGER,
            new String[] {"tracestore:{0}:x", key(trace, "h"), key(trace, "e"), key(trace, "t")},
            trace.traceId().toString());
  }

  private static List<FlowTrace> traces(int from, int to) {
    return IntStream.range(from, to).mapToObj(RedisSamples::trace).toList();
  }

  private static String key(FlowTrace trace, String part) {
    return "tracestore:{0}:" + trace.traceId() + ":" + part;
  }
}
