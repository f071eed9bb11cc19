package io.tracestore.bench;

import io.tracestore.migration.ImportListener;
import io.tracestore.migration.SampleTraces;
import io.tracestore.migration.TraceFiles;
import io.tracestore.migration.TraceSource;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An endless, numbered sequence of traces to measure with: the same number is the same trace, in
 * every process. Immutable, for any number of threads.
 *
 * <p>It repeats some traces, those of {@link SampleTraces} or of the user's files, each time later
 * and with ids of its own, so that a trace costs next to nothing to make while the machine is
 * measured. Ids are changed by the same bits within a round, so causes still name their events.
 * Every second round comes four times as fast: a burst.
 */
public final class Workload {
  /** The system property that names the user's files, separated as in a path; else samples. */
  public static final String FILES_PROPERTY = "tracestore.bench.traces";

  private static final int SAMPLES = 2_000;
  private static final long SEED = 1;
  private static final int MOST_OF_FILES = 5_000;
  private static final int BURST = 4;
  private static final long VERSION_BITS = 0xF000L;
  private static final long VARIANT_BITS = 0xC000_0000_0000_0000L;

  private final List<FlowTrace> pool;
  private final Instant first;
  private final Instant begin;
  private final Duration span;
  private final double eventsPerTrace;

  private Workload(List<FlowTrace> traces) {
    this(traces, null);
  }

  /**
   * @param begin when the first trace starts; null for when it did
   */
  private Workload(List<FlowTrace> traces, @Nullable Instant begin) {
    pool = traces.stream().sorted(Comparator.comparing(FlowTrace::startTime)).toList();
    first = pool.getFirst().startTime();
    this.begin = begin == null ? first : begin;
    span = Duration.between(first, pool.getLast().startTime()).plusMillis(40);
    eventsPerTrace = pool.stream().mapToInt(t -> t.events().size()).average().orElse(0);
    if (eventsPerTrace == 0) {
      throw new IllegalArgumentException("the traces to measure with have no events");
    }
  }

  /**
   * The traces that the system property names, or samples, from the day of the run on: stores treat
   * traces of long ago in another way, such as those for which there are no partitions any more.
   */
  static Workload load() {
    String files = System.getProperty(FILES_PROPERTY, "");
    Workload traces = files.isEmpty() ? samples() : ofFiles(paths(files));
    return new Workload(traces.pool, Scratch.dayOfRun().atStartOfDay().toInstant(ZoneOffset.UTC));
  }

  private static List<Path> paths(String files) {
    return Arrays.stream(files.split(Pattern.quote(File.pathSeparator), -1)).map(Path::of).toList();
  }

  /** A workload of generated samples. */
  static Workload samples() {
    return new Workload(SampleTraces.of(SEED).next(SAMPLES));
  }

  /**
   * A workload of the first traces of {@code files} that have events.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static Workload ofFiles(List<Path> files) {
    Map<TraceId, FlowTrace> found = new LinkedHashMap<>();
    try (TraceSource source = TraceFiles.open(files, null, ImportListener.NONE)) {
      Optional<TraceSource.Item> item = source.next();
      while (item.isPresent() && found.size() < MOST_OF_FILES) {
        if (item.get() instanceof TraceSource.Read read && !read.trace().events().isEmpty()) {
          found.putIfAbsent(read.trace().traceId(), read.trace());
        }
        item = source.next();
      }
    }
    if (found.isEmpty()) {
      throw new IllegalArgumentException("no traces with events in " + files);
    }
    return new Workload(List.copyOf(found.values()));
  }

  /** The traces that are repeated, oldest first. */
  List<FlowTrace> pool() {
    return pool;
  }

  /** How many events a trace has on average. */
  double eventsPerTrace() {
    return eventsPerTrace;
  }

  /** The number of traces that have about {@code events} events; at least one. */
  long tracesOf(long events) {
    return Math.max(1, Math.round(events / eventsPerTrace));
  }

  /** The id of trace {@code number}. */
  TraceId id(long number) {
    return new TraceId(round(number).id(base(number).traceId().value()));
  }

  /** Trace {@code number}. */
  FlowTrace trace(long number) {
    return round(number).copy(base(number));
  }

  /** The traces {@code from} to {@code from + count - 1}. */
  List<FlowTrace> traces(long from, int count) {
    List<FlowTrace> traces = new ArrayList<>(count);
    for (long number = from; number < from + count; number++) {
      traces.add(trace(number));
    }
    return traces;
  }

  private FlowTrace base(long number) {
    return pool.get((int) (number % pool.size()));
  }

  private Round round(long number) {
    long round = number / pool.size();
    long bursts = round / 2;
    Duration before =
        span.multipliedBy(round - bursts).plus(span.multipliedBy(bursts).dividedBy(BURST));
    long mask = round == 0 ? 0 : new SplittableRandom(round).nextLong();
    return new Round(begin.plus(before), round % 2 == 1 ? BURST : 1, mask);
  }

  /** One repetition. */
  private final class Round {
    private final Instant start;
    private final int pace;
    private final long mask;

    Round(Instant start, int pace, long mask) {
      this.start = start;
      this.pace = pace;
      this.mask = mask;
    }

    FlowTrace copy(FlowTrace trace) {
      if (mask == 0 && begin.equals(first)) {
        return trace;
      }
      Instant begins = start.plus(Duration.between(first, trace.startTime()).dividedBy(pace));
      Duration later = Duration.between(trace.startTime(), begins);
      List<TraceEvent> events = new ArrayList<>(trace.events().size());
      for (TraceEvent event : trace.events()) {
        events.add(copy(event, later));
      }
      Instant end = trace.endTime();
      return new FlowTrace(
          new TraceId(id(trace.traceId().value())),
          trace.flowId(),
          new ExecutionId(id(trace.executionId().value())),
          trace.version(),
          begins,
          end == null ? null : end.plus(later),
          trace.status(),
          events,
          trace.metadata());
    }

    private TraceEvent copy(TraceEvent event, Duration later) {
      CausalityInfo causality = event.causality();
      EventId parent = causality.parentEventId();
      return new TraceEvent(
          id(event.eventId()),
          event.timestamp().plus(later),
          event.eventType(),
          event.actorId(),
          event.data(),
          new CausalityInfo(
              parent == null ? null : id(parent),
              id(causality.rootCauseEventId()),
              causality.dependencyChain().stream().map(this::id).toList(),
              causality.spanId()));
    }

    private EventId id(EventId id) {
      return new EventId(id(id.value()));
    }

    /** An id that begins with a time keeps beginning with one that ascends. */
    UUID id(UUID id) {
      long high = id.getMostSignificantBits();
      long changed =
          id.version() == 7
              ? high + (Duration.between(first, start).toMillis() << 16)
              : high ^ (mask & ~VERSION_BITS);
      return new UUID(changed, id.getLeastSignificantBits() ^ (mask & ~VARIANT_BITS));
    }
  }
}
