package io.tracestore.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.tracestore.codec.TraceBinary;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.model.Uuids;
import io.tracestore.provider.redis.schema.StoredEvent;
import io.tracestore.provider.support.index.TermNames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The keys that the {@code redis:} store writes and reads for a trace, pipelined. */
final class RedisByHand implements Baseline {
  private static final long TTL_SECONDS = 3_600;

  private final RedisClient client;
  private final StatefulRedisConnection<byte[], byte[]> connection;
  private final RedisAsyncCommands<byte[], byte[]> raw;
  private final String prefix;

  /** On the server of a URI that Lettuce reads; {@code prefix} begins every key. */
  RedisByHand(String uri, String prefix) {
    this.client = RedisClient.create(uri);
    this.connection = client.connect(ByteArrayCodec.INSTANCE);
    this.raw = connection.async();
    this.prefix = prefix;
  }

  /** With the keys of {@code scratch}. */
  static RedisByHand open(Scratch scratch) {
    String prefix = Objects.requireNonNull(scratch.uri().options().get("keyPrefix"));
    return new RedisByHand("redis:" + scratch.uri().rawBody(), prefix + ":");
  }

  /** Encoded form of a trace, as it is written. */
  static final class Encoded {
    private final IdentityHashMap<byte[], byte[]> header = new IdentityHashMap<>();
    private final IdentityHashMap<byte[], byte[]> events = new IdentityHashMap<>();
    private final IdentityHashMap<byte[], byte[]> terms = new IdentityHashMap<>();
    private final List<byte[]> indexes = new ArrayList<>();
    private byte[][] actors = {};
    private byte[] names = {};

    private Encoded() {}
  }

  /** Encoded form of a trace, as it was read. */
  @SuppressWarnings("ArrayRecordComponent") // carried from here to there, never compared
  record Values(byte[] header, Map<byte[], byte[]> events) {}

  /** The bytes of {@code trace}; of as many index entries as the store's. */
  Encoded encode(FlowTrace trace) {
    Encoded encoded = new Encoded();
    encoded.header.put(bytes("b"), TraceBinary.encodeHeader(trace));
    encoded.header.put(bytes("m"), new byte[24]);
    encoded.header.put(bytes("i"), new byte[24]);
    encoded.header.put(bytes("f"), bytes("1"));
    encoded.header.put(bytes("n"), bytes(String.valueOf(trace.events().size())));
    encoded.header.put(bytes("s"), new byte[8]);
    encoded.header.put(bytes("v"), new byte[17]);
    for (TraceEvent event : trace.events()) {
      encoded.events.put(StoredEvent.field(event), StoredEvent.value(event));
    }
    Map<String, Integer> names = new LinkedHashMap<>(TermNames.ofEvents(trace.events()));
    TermNames.ofHeader(trace).forEach(name -> names.put(name, 1));
    names.forEach((name, count) -> {
      encoded.terms.put(bytes(name), bytes(count.toString()));
      encoded.indexes.add(key("i:" + name));
    });
    encoded.terms.put(bytes("@"), new byte[24]);
    encoded.names = bytes(String.join(" ", names.keySet()));
    encoded.actors =
        trace.events().stream()
            .map(TraceEvent::actorId)
            .distinct()
            .map(RedisByHand::bytes)
            .toArray(byte[][]::new);
    return encoded;
  }

  /** Sends the commands that write a trace under {@code id}. */
  List<RedisFuture<?>> write(Encoded trace, TraceId id) {
    byte[] header = key(id + ":h");
    byte[] events = key(id + ":e");
    byte[] terms = key(id + ":t");
    List<RedisFuture<?>> answers = new ArrayList<>();
    answers.add(raw.hset(header, trace.header));
    if (!trace.events.isEmpty()) {
      answers.add(raw.hset(events, trace.events));
    }
    answers.add(raw.hset(terms, trace.terms));
    byte[] member = Uuids.toBytes(id.value());
    trace.indexes.forEach(index -> answers.add(raw.zadd(index, 0, member)));
    if (trace.actors.length > 0) {
      answers.add(raw.sadd(key("actors"), trace.actors));
    }
    answers.add(raw.sadd(key("lists"), bytes("")));
    answers.add(raw.hset(key("r"), member, trace.names));
    answers.add(raw.zadd(key("x"), (double) System.currentTimeMillis(), member));
    answers.add(raw.expire(header, TTL_SECONDS));
    answers.add(raw.expire(events, TTL_SECONDS));
    answers.add(raw.expire(terms, TTL_SECONDS));
    return answers;
  }

  /** Waits for answers. */
  static void await(List<RedisFuture<?>> answers) throws InterruptedException, ExecutionException {
    for (RedisFuture<?> answer : answers) {
      answer.get();
    }
  }

  @Override
  public Callable<?> writing(List<FlowTrace> traces) {
    List<Encoded> encoded = traces.stream().map(this::encode).toList();
    List<TraceId> ids = traces.stream().map(FlowTrace::traceId).toList();
    return () -> {
      List<RedisFuture<?>> answers = new ArrayList<>();
      for (int i = 0; i < ids.size(); i++) {
        answers.addAll(write(encoded.get(i), ids.get(i)));
      }
      await(answers);
      return answers;
    };
  }

  @Override
  public Callable<@Nullable Values> reading(TraceId id) {
    return () -> read(id);
  }

  private @Nullable Values read(TraceId id) throws InterruptedException, ExecutionException {
    RedisFuture<byte[]> header = raw.hget(key(id + ":h"), bytes("b"));
    RedisFuture<Map<byte[], byte[]>> events = raw.hgetall(key(id + ":e"));
    byte[] found = header.get();
    return found == null ? null : new Values(found, events.get());
  }

  @Override
  public void close() {
    client.shutdown();
  }

  private byte[] key(String name) {
    return bytes(prefix + name);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
