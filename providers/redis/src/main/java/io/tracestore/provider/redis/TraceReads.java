package io.tracestore.provider.redis;

import io.lettuce.core.KeyValue;
import io.lettuce.core.Range;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.KeyValueListOutput;
import io.lettuce.core.output.ValueListOutput;
import io.lettuce.core.output.ValueOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.tracestore.codec.TraceBinary;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.model.Uuids;
import io.tracestore.provider.redis.IndexWalk.Entry;
import io.tracestore.provider.support.Terms;
import io.tracestore.spi.TraceQuery;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What reads, by id and by filter. */
final class TraceReads {
  private static final int SMALLEST_STEP = 16;
  private static final int LARGEST_STEP = 256;

  /** How many entries of traces that are gone a query cleans away. */
  private static final int CLEANING_STEP = 64;

  private static final int SWEEP_STEP = 200;
  private static final byte[] HEADER = {};
  private static final byte[] BODY = {'b'};
  private static final byte[] COUNT = {'n'};
  private static final byte[] INCARNATION = {'v'};
  private static final List<byte[]> HEADER_FIELDS = List.of(BODY, COUNT, INCARNATION);

  private static final byte[] EVENTS = {'e'};
  private static final byte[] TERMS = {'t'};

  private final RedisLink link;
  private final Keys keys;
  private final LongAdder cleaned = new LongAdder();

  TraceReads(RedisLink link, Keys keys) {
    this.link = link;
    this.keys = keys;
  }

  /** How many entries of traces that are gone were taken out of indexes. */
  long cleaned() {
    return cleaned.sum();
  }

  Optional<FlowTrace> trace(TraceId id) {
    return Optional.ofNullable(decoded(whole(id, link.await(readWhole(id)))));
  }

  List<TraceEvent> events(TraceId id) {
    byte[] key = keys.events(id);
    Map<byte[], byte[]> stored = link.call(commands -> commands.hgetall(key));
    List<TraceEvent> events = new ArrayList<>(stored.size());
    stored.forEach((field, value) -> events.add(StoredEvent.decode(field, value)));
    events.sort(TraceEvent.ORDER);
    return List.copyOf(events);
  }

  /** The traces of which only events have come. */
  List<TraceId> earlyTraces() {
    List<TraceId> ids = new ArrayList<>();
    for (int partition = 0; partition < keys.partitions(); partition++) {
      byte[] early = keys.early(partition);
      link.<List<byte[]>>call(commands -> commands.zrange(early, 0, -1))
          .forEach(id -> ids.add(Keys.idOf(id)));
    }
    return ids;
  }

  List<FlowTrace> query(TraceQuery query, int limit) {
    Range<byte[]> range = QueryPlan.range(query);
    QueryPlan plan = QueryPlan.of(query, range, link, keys);
    Matches matches = new Matches(query, plan, range, limit);
    List<FlowTrace> found = new ArrayList<>(Math.min(limit, LARGEST_STEP));
    long pass = query.offset();
    while (found.size() < limit) {
      List<FlowTrace> headers = matches.next();
      if (headers.isEmpty()) {
        break;
      }
      int next = (int) Math.min(pass, headers.size());
      pass -= next;
      // Traces that are deleted meanwhile are not found: those behind them take their places.
      while (next < headers.size() && found.size() < limit) {
        int to = Math.min(headers.size(), next + limit - found.size());
        List<FlowTrace> wanted = headers.subList(next, to);
        found.addAll(query.withEvents() ? withEvents(wanted) : wanted);
        next = to;
      }
    }
    return List.copyOf(found);
  }

  /** Those of {@code headers} that are still there, with their events. */
  private List<FlowTrace> withEvents(List<FlowTrace> headers) {
    List<CompletableFuture<Optional<List<Object>>>> answers = new ArrayList<>();
    headers.forEach(header -> answers.add(readWhole(header.traceId())));
    List<Optional<List<Object>>> values = link.awaitAll(answers);
    List<FlowTrace> traces = new ArrayList<>(headers.size());
    for (int i = 0; i < values.size(); i++) {
      FlowTrace trace = decoded(whole(headers.get(i).traceId(), values.get(i)));
      if (trace != null) {
        traces.add(trace);
      }
    }
    return traces;
  }

  long count(TraceQuery query) {
    TraceQuery filters = query.toBuilder().after((TraceQuery.Position) null).offset(0).build();
    Range<byte[]> range = QueryPlan.range(filters);
    for (int partition = 0; partition < keys.partitions(); partition++) {
      sweep(partition);
    }
    QueryPlan plan = QueryPlan.of(filters, range, link, keys);
    if (plan.exact()) {
      return plan.size();
    }
    Matches matches = new Matches(filters, plan, range, LARGEST_STEP);
    long count = 0;
    for (List<FlowTrace> found = matches.next(); !found.isEmpty(); found = matches.next()) {
      count += found.size();
    }
    return count;
  }

  /** Takes expired traces out of the indexes of a partition, in short steps. */
  private void sweep(int partition) {
    byte[][] expiry = {keys.expiry(partition)};
    byte[] limit = Integer.toString(SWEEP_STEP).getBytes(StandardCharsets.US_ASCII);
    long found;
    do {
      found =
          link.await(
              link.<Long>run(
                  Script.SWEEP, ScriptOutputType.INTEGER, expiry, keys.base(partition), limit));
      cleaned.add(found);
    } while (found == SWEEP_STEP);
  }

  /**
   * Reads a trace with its events by plain commands, which cost the server less than the script:
   * header, events, and the first again. Nothing is answered if other clients wrote between them so
   * that they do not fit together: the number of events is another one than the header says, or the
   * trace was deleted and stored again. Then the script has to read it.
   */
  private CompletableFuture<Optional<List<Object>>> readWhole(TraceId id) {
    byte[][] all = keys.ofTrace(id);
    return link.sendTogether(connection -> {
      var header =
          command(
              CommandType.HMGET,
              new KeyValueListOutput<>(ByteArrayCodec.INSTANCE, HEADER_FIELDS),
              all[0],
              HEADER_FIELDS);
      var events =
          command(
              CommandType.HGETALL,
              new ValueListOutput<>(ByteArrayCodec.INSTANCE),
              all[1],
              List.of());
      var again =
          command(
              CommandType.HGET,
              new ValueOutput<>(ByteArrayCodec.INSTANCE),
              all[0],
              List.of(INCARNATION));
      connection.dispatch(List.of(header, events, again));
      return again
          .thenCombine(header, TraceReads::unlessReplaced)
          .thenCombine(
              events, (unchanged, values) -> unchanged.flatMap(fields -> fitting(fields, values)));
    });
  }

  private static <T> AsyncCommand<byte[], byte[], T> command(
      CommandType type, CommandOutput<byte[], byte[], T> output, byte[] key, List<byte[]> fields) {
    CommandArgs<byte[], byte[]> arguments =
        new CommandArgs<>(ByteArrayCodec.INSTANCE).addKey(key).addKeys(fields);
    return new AsyncCommand<>(new Command<>(type, output, arguments));
  }

  private static Optional<List<KeyValue<byte[], byte[]>>> unlessReplaced(
      byte @Nullable [] incarnation, List<KeyValue<byte[], byte[]>> header) {
    return Arrays.equals(header.get(2).getValueOrElse(null), incarnation)
        ? Optional.of(header)
        : Optional.empty();
  }

  private static Optional<List<Object>> fitting(
      List<KeyValue<byte[], byte[]>> header, List<byte[]> events) {
    byte[] body = header.get(0).getValueOrElse(null);
    if (body == null) {
      return Optional.of(List.of());
    }
    String count = new String(header.get(1).getValue(), StandardCharsets.US_ASCII);
    return Integer.parseInt(count) * 2 == events.size()
        ? Optional.of(List.of(body, events))
        : Optional.empty();
  }

  /** What {@link #readWhole} answered, or the script. */
  private List<Object> whole(TraceId id, Optional<List<Object>> answer) {
    return answer.orElseGet(() -> link.await(read(id, EVENTS)));
  }

  private CompletableFuture<List<Object>> read(TraceId id, byte[] what) {
    byte[][] all = keys.ofTrace(id);
    byte[][] three = {all[0], all[1], all[2]};
    return link.run(Script.READ, ScriptOutputType.MULTI, three, what);
  }

  private static @Nullable FlowTrace decoded(List<Object> answer) {
    if (answer.isEmpty()) {
      return null;
    }
    FlowTrace header = TraceBinary.decodeHeader((byte[]) answer.get(0));
    if (answer.size() == 1) {
      return header;
    }
    List<?> stored = (List<?>) answer.get(1);
    List<TraceEvent> events = new ArrayList<>(stored.size() / 2);
    for (int i = 0; i < stored.size(); i += 2) {
      events.add(StoredEvent.decode((byte[]) stored.get(i), (byte[]) stored.get(i + 1)));
    }
    return header.withEvents(events);
  }

  /** The headers that match a query, in order, found step by step. */
  private final class Matches {
    private final IndexWalk walk;
    private final TraceQuery query;
    private final TraceQuery ofHeader;
    private final boolean needTerms;
    private int step;
    private int cleanings = CLEANING_STEP;

    Matches(TraceQuery query, QueryPlan plan, Range<byte[]> range, int limit) {
      this.query = query;
      this.ofHeader =
          query.toBuilder().actor(null).actorContains(null).eventType((String) null).build();
      this.needTerms = query.filtersEvents() && !plan.exact();
      this.step = Math.clamp(limit + query.offset(), SMALLEST_STEP, LARGEST_STEP);
      this.walk = new IndexWalk(link, plan.indexes(), range, step);
    }

    /** At least one, or none at the end. */
    List<FlowTrace> next() {
      List<FlowTrace> found = new ArrayList<>();
      while (found.isEmpty()) {
        List<Entry> entries = walk.next(step);
        if (entries.isEmpty()) {
          break;
        }
        step = Math.min(2 * step, LARGEST_STEP);
        check(entries, found);
      }
      return found;
    }

    private void check(List<Entry> entries, List<FlowTrace> found) {
      List<CompletableFuture<List<Object>>> answers = new ArrayList<>();
      byte[] what = needTerms ? TERMS : HEADER;
      entries.forEach(entry -> answers.add(read(Keys.idOf(entry.member()), what)));
      List<Entry> gone = new ArrayList<>();
      List<List<Object>> values = link.awaitAll(answers);
      for (int i = 0; i < values.size(); i++) {
        List<Object> answer = values.get(i);
        if (answer.isEmpty()) {
          gone.add(entries.get(i));
          continue;
        }
        FlowTrace header = TraceBinary.decodeHeader((byte[]) answer.get(0));
        if (ofHeader.matches(header) && (!needTerms || matchesEvents((List<?>) answer.get(1)))) {
          found.add(header);
        }
      }
      clean(gone);
    }

    private boolean matchesEvents(List<?> terms) {
      return Terms.matchEvents(
          query,
          terms.stream().map(term -> new String((byte[]) term, StandardCharsets.UTF_8)).toList());
    }

    private void clean(List<Entry> gone) {
      int count = Math.min(cleanings, gone.size());
      cleanings -= count;
      List<CompletableFuture<Long>> answers = new ArrayList<>();
      for (Entry entry : gone.subList(0, count)) {
        TraceId id = Keys.idOf(entry.member());
        byte[][] ofTrace = keys.ofTrace(id);
        byte[][] scriptKeys = Arrays.copyOf(ofTrace, ofTrace.length + 1);
        scriptKeys[ofTrace.length] = entry.index();
        answers.add(
            link.run(
                Script.UNINDEX,
                ScriptOutputType.INTEGER,
                scriptKeys,
                keys.base(id),
                Uuids.toBytes(id.value()),
                entry.member()));
      }
      link.awaitAll(answers).forEach(cleaned::add);
    }
  }
}
