package io.tracestore.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.AclCategory;
import io.lettuce.core.AclSetuserArgs;
import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreConfigurationException;
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

/** The key that has the layout and the identity of the data. */
class RedisLayoutTest {
  private static final String META = "tracestore:{0}:meta";

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
  void writesBringBackALayoutThatWasEvicted() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=none&partitions=4")) {
      store.storeTraces(traces(0, 50));
      String identity = store.identity();
      session.commands().del(META);
      store.storeTraces(traces(50, 100));
      assertThat(session.commands().hget(META, "partitions")).isEqualTo("4");
      assertThat(store.identity()).isEqualTo(identity);
      try (TraceStore other = TraceStores.open(uri + "?ttl=none")) {
        assertThat(other.queryTraces(TraceQuery.ALL)).isEqualTo(traces(0, 100).reversed());
        assertThat(other.identity()).isEqualTo(identity);
      }
    }
  }

  @Test
  void tracesWithoutTheirLayoutAreNotOpenedByAGuess() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=none&partitions=4")) {
      store.storeTraces(traces(0, 50));
    }
    session.commands().del(META);
    assertThatThrownBy(() -> TraceStores.open(uri + "?ttl=none"))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("there are traces, but their key 'tracestore:{0}:meta' is gone")
        .hasMessageContaining("'partitions'");
    assertThat(session.commands().exists(META)).isZero();
    try (TraceStore store = TraceStores.open(uri + "?ttl=none&partitions=4")) {
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(50);
    }
  }

  @Test
  void afterAFlushTheStoreWorksAndItsDataAreOthers() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=none")) {
      store.storeTraces(traces(0, 10));
      String identity = store.identity();
      session.commands().flushdb();
      store.storeTraces(traces(5, 8));
      assertThat(store.identity()).isNotEqualTo(identity);
      assertThat(store.queryTraces(TraceQuery.ALL)).isEqualTo(traces(5, 8).reversed());
      session.commands().flushdb();
      assertThat(store.identity()).isNotEqualTo(identity);
      assertThat(store.count(TraceQuery.ALL)).isZero();
    }
  }

  @Test
  void aStoreDoesNotWriteIntoDataThatWereMadeAgainInAnotherWay() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=none&partitions=4")) {
      session.commands().flushdb();
      try (TraceStore other = TraceStores.open(uri + "?ttl=none&partitions=2")) {
        assertThatThrownBy(() -> traces(0, 50).forEach(store::storeTrace))
            .isInstanceOf(StoreConfigurationException.class)
            .hasMessageContaining("open the store again");
        assertThatThrownBy(store::healthCheck).isInstanceOf(StoreConfigurationException.class);
        assertThatThrownBy(store::identity).isInstanceOf(StoreConfigurationException.class);
        assertThat(other.identity()).isNotBlank();
      }
    }
  }

  @Test
  void spellingsOfOneDatabaseHaveOneIdentityAndOthersHaveOthers() {
    String other = uri.replace("127.0.0.1", "localhost");
    String database = SharedServers.newDatabase(RedisServer.embedded());
    try (TraceStore store = TraceStores.open(uri + "?ttl=none");
        TraceStore same =
            TraceStores.open(other + "?ttl=7d&maxConnections=1&keyPrefix=tracestore");
        TraceStore prefix = TraceStores.open(uri + "?ttl=none&keyPrefix=other");
        TraceStore elsewhere = TraceStores.open(database + "?ttl=none")) {
      assertThat(same.identity()).isEqualTo(store.identity());
      assertThat(List.of(prefix.identity(), elsewhere.identity()))
          .doesNotHaveDuplicates()
          .doesNotContain(store.identity());
      assertThat(store.files()).isEmpty();
    }
  }

  @Test
  void withoutCreateNothingIsMade() {
    assertThatThrownBy(() -> TraceStores.open(uri + "?create=false"))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("there is no store with keyPrefix 'tracestore'")
        .message()
        .hasLineCount(1);
    assertThat(session.commands().dbsize()).isZero();
    try (TraceStore made = TraceStores.open(uri + "?ttl=none");
        TraceStore store = TraceStores.open(uri + "?ttl=none&create=false")) {
      assertThat(store.identity()).isEqualTo(made.identity());
    }
  }

  @Test
  void aValueThatIsNoLayoutIsLeftAlone() {
    session.commands().set(META, "mine");
    assertThatThrownBy(() -> TraceStores.open(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("belongs to something else");
    assertThat(session.commands().get(META)).isEqualTo("mine");
  }

  @Test
  void anOlderLayoutIsRefused() {
    session.commands().hset(META, "version", "1");
    assertThatThrownBy(() -> TraceStores.open(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("have version 1, and this release knows 4 only");
  }

  @Test
  void aKeyOfAnotherKindIsNamedAndNothingIsHalfStored() {
    try (TraceStore store = TraceStores.open(uri + "?ttl=none")) {
      session.commands().set("tracestore:{0}:i:f:flow", "mine");
      FlowTrace trace = RedisSamples.trace(1);
      assertThatThrownBy(() -> store.storeTrace(trace)).isInstanceOf(CorruptDataException.class);
      assertThat(store.getTrace(trace.traceId())).isEmpty();
      assertThat(store.getEvents(trace.traceId())).isEmpty();
      session.commands().del("tracestore:{0}:i:f:flow");
      store.storeTrace(trace);
      assertThat(store.getTrace(trace.traceId())).contains(trace);
      assertThat(store.count(TraceQuery.builder().flowId("flow").build())).isEqualTo(1);
    }
  }

  @Test
  void aUserWhoMayOnlyReadOpensAndReads() {
    try (RedisServer server =
            RedisServer.start(RedisServer.embedded(), SharedServers.newDirectoryForRun());
        RedisSession admin = RedisSession.open(server.uri());
        TraceStore writer = TraceStores.open(server.uri() + "?ttl=1h")) {
      writer.storeTraces(traces(0, 5));
      admin
          .commands()
          .aclSetuser(
              "reader",
              new AclSetuserArgs()
                  .on()
                  .addPassword("p")
                  .keyPattern("tracestore:*")
                  .addCategory(AclCategory.READ)
                  .addCategory(AclCategory.SCRIPTING)
                  .addCategory(AclCategory.CONNECTION)
                  .addCommand(io.lettuce.core.protocol.CommandType.TIME));
      admin
          .commands()
          .del(
              key(traces(0, 1).getFirst(), "h"),
              key(traces(0, 1).getFirst(), "e"),
              key(traces(0, 1).getFirst(), "t"));
      expireTimes(admin);
      try (TraceStore reader = TraceStores.open("redis://reader:p@" + server.host())) {
        assertThat(reader.count(TraceQuery.ALL)).isEqualTo(4);
        assertThat(reader.queryTraces(TraceQuery.ALL)).isEqualTo(traces(1, 5).reversed());
        assertThat(reader.getTrace(RedisSamples.trace(1).traceId()))
            .contains(RedisSamples.trace(1));
        assertThat(reader.identity()).isEqualTo(writer.identity());
        assertThatThrownBy(() -> reader.storeTrace(RedisSamples.trace(9)))
            .isInstanceOf(StoreConfigurationException.class)
            .hasMessageContaining("the server refuses");
        assertThatThrownBy(reader::healthCheck).isInstanceOf(StoreConfigurationException.class);
      }
    }
  }

  private static void expireTimes(RedisSession session) {
    for (var member : session.commands().zrange("tracestore:{0}:x", 0, -1)) {
      session.commands().zadd("tracestore:{0}:x", 1, member);
    }
  }

  private static String key(FlowTrace trace, String part) {
    return "tracestore:{0}:" + trace.traceId() + ":" + part;
  }

  private static List<FlowTrace> traces(int from, int to) {
    return IntStream.range(from, to).mapToObj(RedisSamples::trace).toList();
  }
}
