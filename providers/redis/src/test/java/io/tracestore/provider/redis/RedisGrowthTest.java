package io.tracestore.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.tracestore.TraceStores;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.redis.RedisServer;
import io.tracestore.testing.redis.RedisSession;
import io.tracestore.testing.redis.SharedServers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/**
 * The keys that a store has in addition to its traces are removed with them, in whichever way these
 * are removed.
 */
class RedisGrowthTest {
  private static final String BASE = "tracestore:{0}:";
  private static final String META = BASE + "meta";
  private static final String NAMES = BASE + "names";
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

  private List<String> actors() {
    return redis().smembers(NAMES).stream().filter(term -> term.startsWith("a:")).toList();
  }

  @Test
  void actorsThatNoTraceHasAnyMoreAreForgotten() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=none")) {
      store.storeTraces(ofActors(0, 50));
      assertThat(actors()).hasSize(50);
      store.deleteTrace(ofActor(0).traceId());
      assertThat(actors()).hasSize(49);
      store.purgeBefore(ofActor(40).startTime());
      assertThat(actors()).hasSize(10);
      TraceEvent event = ofActor(40).events().getFirst();
      store.storeEvent(
          ofActor(40).traceId(),
          TraceEvent.builder(TraceEventType.ACTOR_STARTED, "another")
              .eventId(event.eventId())
              .timestamp(event.timestamp())
              .build());
      assertThat(actors()).hasSize(10).contains("a:another").doesNotContain("a:a-40");
      assertThat(store.count(TraceQuery.builder().actorContains("a-").build())).isEqualTo(9);
      store.purgeBefore(Instant.MAX);
      assertThat(redis().keys("*")).filteredOn(key -> !isAnswer(key)).containsExactly(META);
    }
  }

  @Test
  void actorsOfExpiredTracesAreForgotten() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=1h")) {
      for (int round = 0; round < 6; round++) {
        List<FlowTrace> traces = ofActors(100 * round, 100 * round + 100);
        store.storeTraces(traces);
        assertThat(redis().ttl(NAMES)).isBetween(3_600L, 4_600L);
        expire(traces);
      }
      assertThat(store.count(TraceQuery.ALL)).isZero();
      assertThat(redis().keys("*")).containsExactly(META);
    }
  }

  @Test
  void everyKeyOfAStoreWithATimeToLiveExpires() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=1h")) {
      store.storeTraces(ofActors(0, 10));
      store.storeEvent(ofActor(99).traceId(), ofActor(99).events().getFirst());
      store.storeTrace(ofActor(99));
      store.deleteTrace(ofActor(0).traceId());
      store.healthCheck();
      assertThat(redis().keys("*"))
          .filteredOn(key -> !key.equals(META))
          .allSatisfy(key -> assertThat(redis().pttl(key)).as(key).isPositive());
    }
  }

  @RepeatedTest(30)
  void theDataThatCleanAnIndexLiveAsLongAsTheIndex() {
    try (TraceStore brief = TraceStores.open(uri + "?ttl=1h");
        TraceStore longer = TraceStores.open(uri + "?ttl=30d");
        TraceStore keeping = TraceStores.open(uri + "?ttl=none")) {
      for (TraceStore store : List.of(brief, longer, brief, keeping, brief, longer)) {
        store.storeTrace(ofActor(1));
        store.storeTrace(ofActor(2).toBuilder().status(ExecutionStatus.running()).build());
        brief.storeTrace(ofActor(3));
        assertThat(shorterLived("i:all", List.of("x", "r", "names"))).isEmpty();
        for (String index : redis().keys(BASE + "i:*")) {
          assertThat(shorterLived(index.substring(BASE.length()), List.of("i:all"))).isEmpty();
        }
      }
    }
  }

  /**
   * Those of {@code others} that do not live as long as {@code key}. The clock of old servers goes
   * on within a script, so the time of {@code key} is read last: it can only look shorter.
   */
  private List<String> shorterLived(String key, List<String> others) {
    List<String> keys = new ArrayList<>(List.of(BASE + key));
    others.forEach(other -> keys.add(BASE + other));
    return redis()
        .eval(
            """
            local others = {}
            for i = 2, #KEYS do
              others[i] = redis.call('PTTL', KEYS[i])
            end
            local life = redis.call('PTTL', KEYS[1])
            local shorter = {}
            for i = 2, #KEYS do
              if others[i] ~= -1 and (life == -1 or others[i] < life) then
                shorter[#shorter + 1] = KEYS[i]
              end
            end
            return shorter
            """,
            ScriptOutputType.MULTI,
            keys.toArray(String[]::new));
  }

  @Test
  void countsAreRightLongAfterABurstThatExpired() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=1h")) {
      List<FlowTrace> burst = ofActors(0, 500);
      store.storeTraces(burst);
      expireKeysOnly(burst);
      store.storeTraces(ofActors(500, 503));
      expireTimes();
      assertThat(store.count(FLOW)).isEqualTo(3);
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(3);
      assertThat(redis().zcard(BASE + "i:f:flow")).isEqualTo(3);
      assertThat(redis().hlen(BASE + "r")).isEqualTo(3);
    }
  }

  @Test
  void aTraceThatExpiredUnsweptAndComesAgainAtAnotherTimeIsThereOnce() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=1h")) {
      FlowTrace trace = ofActor(1);
      store.storeTrace(trace);
      expireKeysOnly(List.of(trace));
      FlowTrace again = trace.toBuilder().startTime(trace.startTime().minusSeconds(5)).build();
      store.storeTrace(again);
      expireTimes();
      assertThat(store.count(FLOW)).isEqualTo(1);
      assertThat(store.queryTraces(FLOW)).containsExactly(again);
      assertThat(redis().zcard(BASE + "i:all")).isEqualTo(1);
      assertThat(redis().zcard(BASE + "x")).isEqualTo(1);
    }
  }

  @Test
  void earlyEventsThatExpiredUnsweptDoNotMakeTheirTraceEarly() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=1h")) {
      FlowTrace trace = ofActor(1);
      store.storeEvent(trace.traceId(), trace.events().getFirst());
      expireKeysOnly(List.of(trace));
      store.storeTrace(trace);
      assertThat(redis().zcard(BASE + "o")).isZero();
      assertThat(redis().zcard(BASE + "x")).isEqualTo(1);
    }
  }

  @Test
  void aFullEvictingServerKeepsNoMoreIndexThanTraces() {
    redis().configSet("maxmemory", "1gb");
    redis().configSet("maxmemory-policy", "allkeys-lru");
    try (TraceStore store = TraceStores.open(uri + "?ttl=none")) {
      int alive = 20;
      for (int i = 0; i < 1_000; i++) {
        store.storeTrace(ofActor(i));
        if (i >= alive) {
          expireKeysOnly(List.of(ofActor(i - alive)));
        }
      }
      // Two are looked at with each write: what is gone is half of it at most, but for chance.
      assertThat(redis().zcard(BASE + "i:all")).isLessThan(5L * alive);
      assertThat(redis().zcard(BASE + "i:f:flow")).isLessThan(5L * alive);
      assertThat(actors()).hasSizeLessThan(5 * alive);
    } finally {
      redis().configSet("maxmemory-policy", "noeviction");
      redis().configSet("maxmemory", "0");
    }
  }

  /** Does the same as the server when the time is over. */
  private void expire(List<FlowTrace> traces) {
    expireKeysOnly(traces);
    expireTimes();
  }

  private void expireKeysOnly(List<FlowTrace> traces) {
    List<String> keys = new ArrayList<>();
    for (FlowTrace trace : traces) {
      for (String part : List.of("h", "e", "t")) {
        keys.add(BASE + trace.traceId() + ":" + part);
      }
    }
    redis().del(keys.toArray(String[]::new));
  }

  /** Lets every time of expiry be over; traces that are there have more time all the same. */
  private void expireTimes() {
    redis()
        .eval(
            "for _, m in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do redis.call('ZADD', KEYS[1], 1, m) end",
            ScriptOutputType.STATUS,
            BASE + "x");
  }

  private RedisCommands<String, String> redis() {
    return session.commands();
  }

  private static boolean isAnswer(String key) {
    return key.contains(":answer:");
  }

  private static List<FlowTrace> ofActors(int from, int to) {
    return IntStream.range(from, to).mapToObj(RedisGrowthTest::ofActor).toList();
  }

  /** A trace with an actor of its own. */
  private static FlowTrace ofActor(int number) {
    FlowTrace trace = RedisSamples.trace(number);
    TraceEvent event = trace.events().getFirst();
    return trace.withEvents(
        List.of(
            TraceEvent.builder(TraceEventType.ACTOR_STARTED, "a-" + number)
                .eventId(event.eventId())
                .timestamp(event.timestamp())
                .build()));
  }
}
