package io.tracestore.migration;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Makes traces that look like those of a system in production: a few flows run most of the time,
 * actors call each other, durations have a long tail, some executions fail, messages and states are
 * carried along.
 *
 * <p>The same seed gives the same traces, ids and times included, on every machine. Endless, each
 * trace starting a little later than the one before. Not safe for several threads.
 */
public final class SampleTraces {
  /** When the first trace starts, unless said otherwise: 2026-01-05T08:00:00Z. */
  public static final Instant DEFAULT_START = Instant.parse("2026-01-05T08:00:00Z");

  private static final List<SampleFlow> FLOWS = SampleFlow.ALL;
  private static final String[] HOSTS = {"node-1", "node-2", "node-3", "node-4"};
  private static final String[] ENVIRONMENTS = {
    "production", "production", "production", "staging"
  };
  private static final String[] REGIONS = {"eu-central", "us-east", "ap-south"};
  private static final String[] ERRORS = {
    "connection reset by peer",
    "timeout after 5000 ms",
    "schema mismatch: field 'amount' is missing",
    "quota exceeded"
  };
  private static final int USERS = 500;
  private static final int FAILED_PERCENT = 4;
  private static final int CANCELLED_PERCENT = 1;
  private static final int RUNNING_PERCENT = 2;
  private static final double MICRO = 1e3;
  private static final double MEAN_GAP_NANOS = 40e6;

  private final Random random;
  private Instant clock;

  private SampleTraces(long seed, Instant start) {
    this.random = new Random(seed);
    this.clock = Objects.requireNonNull(start, "start");
  }

  /** The traces of {@code seed}, from {@link #DEFAULT_START} on. */
  public static SampleTraces of(long seed) {
    return new SampleTraces(seed, DEFAULT_START);
  }

  /** The traces of {@code seed}, from {@code start} on. */
  public static SampleTraces of(long seed, Instant start) {
    return new SampleTraces(seed, start);
  }

  /** The next trace, with 4 to about 120 events, 20 on average. */
  public FlowTrace next() {
    clock = clock.plusNanos((long) (-Math.log(1 - random.nextDouble()) * MEAN_GAP_NANOS));
    return new Execution(pickFlow(), clock).run();
  }

  /** The next {@code count} traces. */
  public List<FlowTrace> next(int count) {
    List<FlowTrace> traces = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      traces.add(next());
    }
    return traces;
  }

  /** Few flows run often: the n-th is n times as rare as the first. */
  private SampleFlow pickFlow() {
    double total = 0;
    for (int i = 0; i < FLOWS.size(); i++) {
      total += 1.0 / (i + 1);
    }
    double at = random.nextDouble() * total;
    int flow = 0;
    while (flow < FLOWS.size() - 1 && (at -= 1.0 / (flow + 1)) > 0) {
      flow++;
    }
    return FLOWS.get(flow);
  }

  private boolean percent(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T pick(T[] values) {
    return values[random.nextInt(values.length)];
  }

  /** A version 7 UUID of {@code time}. */
  private UUID uuid(Instant time) {
    long high = (time.toEpochMilli() << 16) | 0x7000L | random.nextInt(1 << 12);
    long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  /** A duration with a long tail around {@code medianMicros}, in nanoseconds. */
  private long nanosAround(double medianMicros) {
    return (long) (medianMicros * MICRO * Math.exp(random.nextGaussian()));
  }

  private Bytes payload(String kind) {
    int size = (int) Math.min(8192, 40 * Math.exp(random.nextGaussian() * 1.2 + 1));
    StringBuilder text = new StringBuilder("{\"kind\":\"").append(kind).append("\",\"items\":[");
    while (text.length() < size) {
      text.append("{\"id\":").append(random.nextInt(100_000)).append(",\"ok\":true},");
    }
    return Bytes.of(text.append("null]}").toString().getBytes(StandardCharsets.UTF_8));
  }

  /** One run of a flow: actors call actors, and time goes on. */
  private final class Execution {
    private final SampleFlow flow;
    private final Instant start;
    private final List<TraceEvent> events = new ArrayList<>();
    private final Deque<EventId> ancestors = new ArrayDeque<>();
    private final @Nullable String error;
    private final boolean unfinished;
    private final int lastActor;
    private Instant now;
    private int actorsRun;
    private boolean stopped;

    Execution(SampleFlow flow, Instant start) {
      this.flow = flow;
      this.start = start;
      this.now = start;
      this.error = percent(FAILED_PERCENT) ? pick(ERRORS) : null;
      this.unfinished = error == null && percent(RUNNING_PERCENT + CANCELLED_PERCENT);
      int actors = flow.countActors();
      this.lastActor = error != null || unfinished ? 1 + random.nextInt(actors) : Integer.MAX_VALUE;
    }

    FlowTrace run() {
      runActor(flow.root(), null);
      return FlowTrace.builder(flow.id())
          .traceId(new TraceId(uuid(start)))
          .executionId(new ExecutionId(uuid(start)))
          .version(new FlowVersion(2, flow.id().length() % 5, 1, "9f2c1e7", DEFAULT_START))
          .startTime(start)
          .endTime(stopped && unfinished ? null : now)
          .status(status())
          .events(events)
          .metadata(metadata())
          .build();
    }

    private ExecutionStatus status() {
      if (!stopped) {
        return ExecutionStatus.completed();
      }
      if (error != null) {
        return ExecutionStatus.failed(error);
      }
      return random.nextInt(RUNNING_PERCENT + CANCELLED_PERCENT) < RUNNING_PERCENT
          ? ExecutionStatus.running()
          : ExecutionStatus.cancelled();
    }

    private TraceMetadata metadata() {
      int user = (int) (Math.pow(random.nextDouble(), 3) * USERS);
      return TraceMetadata.builder()
          .userId("user-" + user)
          .sessionId(percent(70) ? "session-" + user + "-" + random.nextInt(4) : null)
          .environment(pick(ENVIRONMENTS))
          .hostname(pick(HOSTS))
          .processId(1000 + random.nextInt(8))
          .threadId("worker-" + random.nextInt(16))
          .tag("region", pick(REGIONS))
          .tag("priority", percent(10) ? "high" : "normal")
          .build();
    }

    private void runActor(SampleFlow.Actor actor, @Nullable EventId cause) {
      Instant began = now;
      String span = HexFormat.of().toHexDigits(random.nextLong());
      EventId started = emit(TraceEventType.ACTOR_STARTED, actor, cause, span, data());
      ancestors.push(started);
      if (cause != null) {
        emit(
            TraceEventType.MESSAGE_RECEIVED,
            actor,
            started,
            span,
            data().port("in").message(message(actor.name())));
      }
      pass(actor.medianMicros() / 2);
      if (actor.hasState()) {
        emit(TraceEventType.STATE_CHANGED, actor, started, span, data().stateDiff(stateDiff()));
      }
      if (++actorsRun == lastActor) {
        stopped = true;
      }
      for (SampleFlow.Actor next : actor.next()) {
        callNext(actor, next, started, span);
      }
      pass(actor.medianMicros() / 2);
      end(actor, started, span, Duration.between(began, now).toNanos());
      ancestors.pop();
    }

    private void callNext(
        SampleFlow.Actor actor, SampleFlow.Actor next, EventId started, String span) {
      int calls = next.repeats() ? 1 + random.nextInt(3) : 1;
      for (int i = 0; i < calls && !stopped; i++) {
        EventId sent =
            emit(
                TraceEventType.dataFlow(next.name(), "in"),
                actor,
                started,
                span,
                data().port("out"));
        pass(120);
        runActor(next, sent);
      }
    }

    private void end(SampleFlow.Actor actor, EventId started, String span, long nanos) {
      if (stopped && unfinished) {
        return;
      }
      boolean failed = stopped && error != null;
      PerformanceMetrics metrics =
          PerformanceMetrics.of(
              nanos,
              (1L << 20) * (16 + random.nextInt(240)),
              random.nextInt(1000) / 10f,
              random.nextInt(12),
              random.nextInt(50_000) / 10.0);
      emit(
          failed ? TraceEventType.ACTOR_FAILED : TraceEventType.ACTOR_COMPLETED,
          actor,
          started,
          span,
          data()
              .performanceMetrics(metrics)
              .error(failed ? error : null)
              .attribute("attempt", 1 + (percent(5) ? 1 : 0))
              .attribute("cache_hit", percent(60)));
    }

    private EventId emit(
        TraceEventType type,
        SampleFlow.Actor actor,
        @Nullable EventId cause,
        String span,
        TraceEventData.Builder data) {
      EventId id = new EventId(uuid(now));
      EventId root = events.isEmpty() ? id : events.getFirst().eventId();
      List<EventId> chain = new ArrayList<>(ancestors);
      chain.remove(root);
      events.add(
          new TraceEvent(
              id,
              now,
              type,
              actor.name(),
              data.build(),
              new CausalityInfo(cause, root, chain.reversed(), span)));
      now = now.plusNanos(1000 + random.nextInt(9000));
      return id;
    }

    private void pass(double medianMicros) {
      now = now.plusNanos(nanosAround(medianMicros));
    }

    private TraceEventData.Builder data() {
      return TraceEventData.builder();
    }

    private MessageSnapshot message(String type) {
      Bytes content = payload(type);
      CRC32 crc = new CRC32();
      crc.update(content.toArray());
      return new MessageSnapshot(
          type, content.length(), HexFormat.of().toHexDigits((int) crc.getValue()), content);
    }

    private StateDiff stateDiff() {
      boolean incremental = percent(70);
      return new StateDiff(
          incremental ? null : payload("before"),
          payload("after"),
          incremental ? StateDiff.DiffType.INCREMENTAL : StateDiff.DiffType.FULL);
    }
  }
}
