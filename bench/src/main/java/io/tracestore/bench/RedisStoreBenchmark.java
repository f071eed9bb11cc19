package io.tracestore.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.tracestore.bench.SqliteStoreBenchmark.Traces;
import io.tracestore.codec.TraceBinary;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.model.Uuids;
import io.tracestore.provider.redis.RedisConfig;
import io.tracestore.provider.redis.RedisTraceStoreProvider;
import io.tracestore.spi.TraceStore;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import redis.embedded.core.ExecutableProvider;

/**
 * What the {@code redis:} store costs beside the same keys written and read by hand, pipelined over
 * one connection of the same driver, with values that were encoded before.
 */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx2g"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class RedisStoreBenchmark {
  private static final int MADE = 2_000;
  private static final int WRITERS = 16;
  private static final String PREFIX = "raw:";
  private static final long TTL_SECONDS = 3_600;

  /** Redis 6.2 in memory, a store, and a connection past it. */
  @State(Scope.Benchmark)
  public static class Server {
    private Process process;
    private RedisClient client;
    private StatefulRedisConnection<byte[], byte[]> connection;
    private RedisAsyncCommands<byte[], byte[]> raw;
    private TraceStore store;
    private List<TraceId> ids;

    @Setup
    public void start() throws IOException, InterruptedException, ExecutionException {
      File directory = Files.createTempDirectory("redis-bench").toFile();
      int port;
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = socket.getLocalPort();
      }
      process =
          new ProcessBuilder(
                  ExecutableProvider.newJarResourceProvider(directory).get().toString(),
                  "--bind",
                  "127.0.0.1",
                  "--port",
                  String.valueOf(port),
                  "--save",
                  "",
                  "--dir",
                  directory.toString())
              .redirectErrorStream(true)
              .redirectOutput(new File(directory, "log"))
              .start();
      store = openWhenUp(port);
      client = RedisClient.create(RedisURI.create("127.0.0.1", port));
      connection = client.connect(ByteArrayCodec.INSTANCE);
      raw = connection.async();
      ids = new ArrayList<>();
      for (FlowTrace trace : Traces.make(MADE)) {
        store.storeTrace(trace);
        await(write(new Encoded(trace), trace.traceId()));
        ids.add(trace.traceId());
      }
    }

    private static TraceStore openWhenUp(int port) {
      RedisConfig config = RedisConfig.builder("127.0.0.1:" + port).build();
      RuntimeException last = null;
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (System.nanoTime() < end) {
        try {
          return RedisTraceStoreProvider.open(config);
        } catch (RuntimeException e) {
          last = e;
        }
      }
      throw new IllegalStateException("the server does not start", last);
    }

    private List<RedisFuture<?>> write(Encoded trace, TraceId id) {
      byte[] header = key(id + ":h");
      byte[] events = key(id + ":e");
      byte[] terms = key(id + ":t");
      List<RedisFuture<?>> answers = new ArrayList<>();
      answers.add(raw.hset(header, trace.header));
      answers.add(raw.hset(events, trace.events));
      answers.add(raw.hset(terms, trace.terms));
      byte[] member = Uuids.toBytes(id.value());
      trace.indexes.forEach(index -> answers.add(raw.zadd(index, 0, member)));
      answers.add(raw.zadd(key("x"), (double) System.currentTimeMillis(), member));
      answers.add(raw.expire(header, TTL_SECONDS));
      answers.add(raw.expire(events, TTL_SECONDS));
      answers.add(raw.expire(terms, TTL_SECONDS));
      return answers;
    }

    private Values read(TraceId id) throws InterruptedException, ExecutionException {
      RedisFuture<byte[]> header = raw.hget(key(id + ":h"), bytes("b"));
      RedisFuture<Map<byte[], byte[]>> events = raw.hgetall(key(id + ":e"));
      return new Values(header.get(), events.get());
    }

    @TearDown
    public void stop() {
      store.close();
      client.shutdown();
      process.destroyForcibly();
    }
  }

  /** What is written of a trace by hand, as bytes. */
  private static final class Encoded {
    private final IdentityHashMap<byte[], byte[]> header = new IdentityHashMap<>();
    private final IdentityHashMap<byte[], byte[]> events = new IdentityHashMap<>();
    private final IdentityHashMap<byte[], byte[]> terms = new IdentityHashMap<>();
    private final List<byte[]> indexes = new ArrayList<>();

    Encoded(FlowTrace trace) {
      header.put(bytes("b"), TraceBinary.encodeHeader(trace));
      header.put(bytes("m"), new byte[24]);
      header.put(bytes("i"), new byte[24]);
      header.put(bytes("f"), bytes("1"));
      header.put(bytes("n"), bytes("20"));
      for (TraceEvent event : trace.events()) {
        events.put(Uuids.toBytes(event.eventId().value()), TraceBinary.encodeEvent(event));
      }
      names(trace)
          .forEach(name -> {
            terms.put(bytes(name), bytes("1"));
            indexes.add(key("i:" + name));
          });
    }

    /** Of the same number as the store's terms. */
    private static List<String> names(FlowTrace trace) {
      List<String> names = new ArrayList<>(List.of("all", "status", "duration", "production"));
      names.add(trace.flowId());
      names.add(trace.executionId().toString());
      names.add("user" + trace.metadata().userId());
      names.add("session" + trace.metadata().sessionId());
      trace.metadata().tags().forEach((key, value) -> names.add(key + "=" + value));
      trace.events().stream().map(TraceEvent::actorId).distinct().forEach(names::add);
      trace.events().stream().map(e -> e.eventType().typeName()).distinct().forEach(names::add);
      return names;
    }
  }

  /** Traces that were made before, each thread's in turn. */
  @State(Scope.Thread)
  public static class MadeTraces {
    private final List<FlowTrace> traces = Traces.make(MADE);
    private final List<Encoded> encoded = traces.stream().map(Encoded::new).toList();
    private int next;

    int next() {
      next = (next + 1) % MADE;
      return next;
    }
  }

  private static byte[] key(String name) {
    return bytes(PREFIX + name);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void await(List<RedisFuture<?>> answers)
      throws InterruptedException, ExecutionException {
    for (RedisFuture<?> answer : answers) {
      answer.get();
    }
  }

  /** Traces of 20 events, each of 16 callers waiting for its own. */
  @Benchmark
  @BenchmarkMode(Mode.Throughput)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @Threads(WRITERS)
  public void storeTraceFrom16Threads(Server server, MadeTraces made) {
    FlowTrace trace = made.traces.get(made.next());
    server.store.storeTrace(trace.toBuilder().traceId(TraceId.random()).build());
  }

  /** The same keys, pipelined. */
  @Benchmark
  @BenchmarkMode(Mode.Throughput)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @Threads(WRITERS)
  public void storeTraceFrom16ThreadsByHand(Server server, MadeTraces made)
      throws InterruptedException, ExecutionException {
    await(server.write(made.encoded.get(made.next()), TraceId.random()));
  }

  /** One trace of 20 events. */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  public Optional<FlowTrace> getTrace(Server server, MadeTraces made) {
    return server.store.getTrace(server.ids.get(made.next()));
  }

  /** The same values, pipelined, not decoded. */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  public Object getTraceByHand(Server server, MadeTraces made)
      throws InterruptedException, ExecutionException {
    return server.read(server.ids.get(made.next()));
  }

  /** The same values, pipelined and decoded. */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  public FlowTrace getTraceByHandDecoded(Server server, MadeTraces made)
      throws InterruptedException, ExecutionException {
    Values values = server.read(server.ids.get(made.next()));
    List<TraceEvent> events =
        values.events().values().stream().map(TraceBinary::decodeEvent).toList();
    return TraceBinary.decodeHeader(values.header()).withEvents(events);
  }

  /** What was read by hand. */
  @SuppressWarnings("ArrayRecordComponent") // carried from here to there, never compared
  private record Values(byte[] header, Map<byte[], byte[]> events) {}
}
