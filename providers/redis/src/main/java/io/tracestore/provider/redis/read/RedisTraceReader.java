package io.tracestore.provider.redis.read;

import io.lettuce.core.KeyValue;
import io.lettuce.core.Range;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScoredValueScanCursor;
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
import io.tracestore.provider.redis.connect.RedisLink;
import io.tracestore.provider.redis.read.IndexWalk.Entry;
import io.tracestore.provider.redis.schema.Keys;
import io.tracestore.provider.redis.schema.Script;
import io.tracestore.provider.redis.schema.StoredEvent;
import io.tracestore.provider.support.index.HeaderAndTermFilter;
import io.tracestore.provider.support.index.QueryPlan;
import io.tracestore.provider.support.index.TermNames;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStoreException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The reads of a store, by id and by filter. */
public final class RedisTraceReader {
  private static final int SMALLEST_STEP = 16;
  private static final int LARGEST_STEP = 256;

  /** How many entries of traces that are gone a query cleans away. */
  private static final int CLEANING_STEP = 64;

  /** How many bytes of headers a step holds at most, unless one alone is larger. */
  static final long STEP_BYTES = 8 << 20;

  private static final int EARLY_STEP = 500;
  private static final int SWEEP_STEP = 200;

  /** How many commands read a trace. */
  private static final int READING = 3;

  private static final byte[] NOTHING = {};
  private static final byte[] HEADER = NOTHING;
  private static final byte[] BODY = {'b'};
  private static final byte[] COUNT = {'n'};
  private static final byte[] INCARNATION = {'v'};
  private static final List<byte[]> HEADER_FIELDS = List.of(BODY, COUNT, INCARNATION);

  private static final byte[] EVENTS = {'e'};
  private static final byte[] TERMS = {'t'};

  private final RedisLink link;
  private final Keys keys;
  private final LongAdder cleaned = new LongAdder();

  public RedisTraceReader(RedisLink link, Keys keys) {
    this.link = link;
    this.keys = keys;
  }

  /** How many entries of traces that are gone were taken out of indexes. */
  public long cleaned() {
    return cleaned.sum();
  }

  public Optional<FlowTrace> trace(TraceId id) {
    return Optional.ofNullable(decoded(whole(id, link.await(readWhole(id)))));
  }

  /** The trace without its events. */
  public Optional<FlowTrace> header(TraceId id) {
    return Optional.ofNullable(decoded(link.await(read(id, HEADER, 0))));
  }

  public List<TraceEvent> events(TraceId id) {
    byte[] key = keys.events(id);
    Map<byte[], byte[]> stored = link.call(commands -> commands.hgetall(key));
    List<TraceEvent> events = new ArrayList<>(stored.size());
    stored.forEach((field, value) -> events.add(StoredEvent.decode(field, value)));
    events.sort(TraceEvent.ORDER);
    return List.copyOf(events);
  }

  /** Visits the traces of which only events have come, a few at a time; some may come twice. */
  public void forEachEarlyTrace(Consumer<TraceId> visitor) {
    ScanArgs args = ScanArgs.Builder.limit(EARLY_STEP);
    for (int partition = 0; partition < keys.partitions(); partition++) {
      byte[] early = keys.early(partition);
      ScanCursor cursor = ScanCursor.INITIAL;
      while (!cursor.isFinished()) {
        ScanCursor from = cursor;
        ScoredValueScanCursor<byte[]> page =
            link.call(commands -> commands.zscan(early, from, args));
        page.getValues().forEach(id -> visitor.accept(Keys.idOf(id.getValue())));
        cursor = page;
      }
    }
  }

  public List<FlowTrace> query(TraceQuery query, int limit) {
    Matches matches = matches(query, limit);
    List<FlowTrace> found = new ArrayList<>(Math.min(limit, LARGEST_STEP));
    long pass = query.offset();
    while (found.size() < limit) {
      List<FlowTrace> headers = matches.next();
      if (headers.isEmpty()) {
        break;
      }
      int next = (int) Math.min(pass, headers.size());
      pass -= next;
      // Traces that are deleted during the call are not found: the next ones take their places.
      while (next < headers.size() && found.size() < limit) {
        int to = Math.min(headers.size(), next + limit - found.size());
        List<FlowTrace> wanted = headers.subList(next, to);
        found.addAll(query.withEvents() ? withEvents(query, wanted) : wanted);
        next = to;
      }
    }
    return List.copyOf(found);
  }

  /** The name of the filter whose index is walked. */
  public String leading(TraceQuery query) {
    return RedisQueryPlan.of(query, RedisQueryPlan.range(query), link, keys).leading();
  }

  /** The traces that match {@code query}; its limit and offset are ignored. */
  Matches matches(TraceQuery query, int limit) {
    Range<byte[]> range = RedisQueryPlan.range(query);
    return new Matches(query, RedisQueryPlan.of(query, range, link, keys), range, limit);
  }

  /** Those of {@code headers} that are still there and match, with their events. */
  private List<FlowTrace> withEvents(TraceQuery query, List<FlowTrace> headers) {
    List<CompletableFuture<Optional<List<Object>>>> answers = new ArrayList<>();
    headers.forEach(header -> answers.add(readWhole(header.traceId())));
    List<Optional<List<Object>>> values = link.awaitAll(answers);
    List<FlowTrace> traces = new ArrayList<>(headers.size());
    for (int i = 0; i < values.size(); i++) {
      FlowTrace trace = decoded(whole(headers.get(i).traceId(), values.get(i)));
      // It may have changed since its header was read.
      if (trace != null && query.matches(trace)) {
        traces.add(trace);
      }
    }
    return traces;
  }

  /**
   * The names of one kind in the traces of a time, at most {@code limit}; null for a user who may
   * only read: then indexes may have entries of expired traces.
   */
  public @Nullable Set<String> names(NameKind kind, TraceQuery range, int limit) {
    return sweep() ? new TraceNames(link, keys).of(kind, range, limit, this) : null;
  }

  public long count(TraceQuery query) {
    TraceQuery filters = query.toBuilder().after((TraceQuery.Position) null).offset(0).build();
    Range<byte[]> range = RedisQueryPlan.range(filters);
    boolean swept = sweep();
    QueryPlan<byte[]> plan = RedisQueryPlan.of(filters, range, link, keys);
    if (plan.exact() && swept) {
      return plan.size();
    }
    Matches matches = new Matches(filters, plan, range, LARGEST_STEP);
    long count = 0;
    for (List<FlowTrace> found = matches.next(); !found.isEmpty(); found = matches.next()) {
      count += found.size();
    }
    return count;
  }

  private boolean sweep() {
    boolean swept = true;
    for (int partition = 0; partition < keys.partitions(); partition++) {
      swept &= sweep(partition);
    }
    return swept;
  }

  /**
   * Takes expired traces out of the indexes of a partition, in short steps; whether none is left. A
   * user who may only read leaves them.
   */
  private boolean sweep(int partition) {
    byte[][] expiry = {keys.expiry(partition)};
    byte[] limit = ascii(SWEEP_STEP);
    long found;
    do {
      try {
        found =
            link.await(
                link.<Long>run(
                    Script.SWEEP, ScriptOutputType.INTEGER, expiry, keys.base(partition), limit));
      } catch (StoreConfigurationException e) {
        return false;
      }
      cleaned.add(found);
    } while (found == SWEEP_STEP);
    return true;
  }

  /**
   * Reads a trace with its events by plain commands, which cost the server less than the script:
   * header, events, and the first again. Nothing is answered if other clients wrote between them so
   * that they do not fit together: the number of events is another one than the header says, or the
   * trace was deleted and stored again. Then the script has to read it.
   */
  private CompletableFuture<Optional<List<Object>>> readWhole(TraceId id) {
    byte[][] all = keys.ofTrace(id);
    return link.sendTogether(
        READING,
        all[0],
        connection -> {
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
              .thenCombine(header, RedisTraceReader::unlessReplaced)
              .thenCombine(
                  events,
                  (unchanged, values) -> unchanged.flatMap(fields -> fitting(fields, values)));
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
    byte[] count = header.get(1).getValueOrElse(NOTHING);
    return new String(count, StandardCharsets.US_ASCII).equals(String.valueOf(events.size() / 2))
        ? Optional.of(List.of(body, events))
        : Optional.empty();
  }

  /** The answer of {@link #readWhole}, or that of the script if it gave none. */
  private List<Object> whole(TraceId id, Optional<List<Object>> answer) {
    return answer.orElseGet(() -> link.await(read(id, EVENTS, 0)));
  }

  /**
   * @param bound what header and terms may weigh to be answered; 0 for any
   */
  private CompletableFuture<List<Object>> read(TraceId id, byte[] what, long bound) {
    byte[][] all = keys.ofTrace(id);
    byte[][] three = {all[0], all[1], all[2]};
    return link.run(Script.READ, ScriptOutputType.MULTI, three, what, ascii(bound));
  }

  private static byte[] ascii(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
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
  final class Matches {
    private final IndexWalk walk;
    private final TraceQuery query;
    private final HeaderAndTermFilter ofHeader;
    private final boolean needTerms;

    /** Entries that were taken from the walk and are examined next. */
    private final Deque<Entry> ahead = new ArrayDeque<>();

    private int step;
    private int cleanings = CLEANING_STEP;

    private Matches(TraceQuery query, QueryPlan<byte[]> plan, Range<byte[]> range, int limit) {
      this.query = query;
      this.ofHeader = new HeaderAndTermFilter(query);
      this.needTerms = query.filtersEvents() && !plan.exact();
      this.step = Math.clamp((long) limit + query.offset(), SMALLEST_STEP, LARGEST_STEP);
      this.walk = new IndexWalk(link, plan.lists(), range, step);
    }

    /** At least one, or none at the end; of {@value #STEP_BYTES} bytes at most, or a single one. */
    List<FlowTrace> next() {
      List<FlowTrace> found = new ArrayList<>();
      while (found.isEmpty()) {
        if (ahead.isEmpty()) {
          ahead.addAll(walk.next(step));
          step = Math.min(2 * step, LARGEST_STEP);
        }
        if (ahead.isEmpty()) {
          break;
        }
        check(found);
      }
      return found;
    }

    /** Looks at what is ahead, up to a large one, or at a large one alone. */
    private void check(List<FlowTrace> found) {
      long bound = STEP_BYTES / ahead.size();
      List<CompletableFuture<List<Object>>> answers = new ArrayList<>();
      ahead.forEach(entry -> answers.add(read(entry, bound)));
      List<Entry> gone = new ArrayList<>();
      boolean first = true;
      for (List<Object> answer : link.awaitAll(answers)) {
        boolean large = !answer.isEmpty() && answer.get(0) instanceof Long;
        if (large && !first) {
          break; // the next step begins with it
        }
        List<Object> whole = large ? link.await(read(ahead.element(), 0)) : answer;
        Entry entry = ahead.remove(); // only now: if reading failed, it is read again
        if (whole.isEmpty()) {
          gone.add(entry);
        } else {
          FlowTrace header = TraceBinary.decodeHeader((byte[]) whole.get(0));
          if (ofHeader.matches(header) && (!needTerms || matchesEvents((List<?>) whole.get(1)))) {
            found.add(header);
          }
        }
        if (large) {
          break;
        }
        first = false;
      }
      clean(gone);
    }

    private CompletableFuture<List<Object>> read(Entry entry, long bound) {
      return RedisTraceReader.this.read(
          Keys.idOf(entry.member()), needTerms ? TERMS : HEADER, bound);
    }

    private boolean matchesEvents(List<?> terms) {
      return TermNames.matchEvents(
          query,
          terms.stream().map(term -> new String((byte[]) term, StandardCharsets.UTF_8)).toList());
    }

    private void clean(List<Entry> gone) {
      int count = Math.min(cleanings, gone.size());
      cleanings -= count;
      List<CompletableFuture<Long>> answers = new ArrayList<>();
      for (Entry entry : gone.subList(0, count)) {
        TraceId id = Keys.idOf(entry.member());
        answers.add(
            link.run(
                Script.UNINDEX,
                ScriptOutputType.INTEGER,
                keys.ofTrace(id),
                keys.base(id),
                Uuids.toBytes(id.value()),
                entry.member(),
                keys.termOf(id, entry.index())));
      }
      try {
        link.awaitAll(answers).forEach(cleaned::add);
      } catch (TraceStoreException e) {
        cleanings = 0; // as with a user who may only read; what was found is right all the same
      }
    }
  }
}
