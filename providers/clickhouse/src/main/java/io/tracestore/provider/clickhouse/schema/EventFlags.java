package io.tracestore.provider.clickhouse.schema;

import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.StateDiff.DiffType;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import org.jspecify.annotations.Nullable;

/**
 * The parts that an event has, as the bits of the column {@code flags}: absent and empty are not
 * the same.
 */
public final class EventFlags {
  public static final int PARENT = 1;

  /** Two bits: the event itself, its parent, or another, which then follows in {@code ids}. */
  private static final int ROOT_SHIFT = 1;

  public static final int ROOT_IS_SELF = 0;
  public static final int ROOT_IS_PARENT = 1;
  public static final int ROOT_IS_OTHER = 2;

  public static final int PORT = 1 << 3;
  public static final int MESSAGE = 1 << 4;
  public static final int STATE = 1 << 5;
  public static final int STATE_BEFORE = 1 << 6;
  private static final int DIFF_SHIFT = 7;
  public static final int ERROR = 1 << 9;
  private static final int SPAN_SHIFT = 10;
  public static final int EXECUTION_TIME = 1 << 13;
  public static final int MEMORY_USAGE = 1 << 14;
  public static final int CPU_USAGE = 1 << 15;
  public static final int QUEUE_DEPTH = 1 << 16;
  public static final int THROUGHPUT = 1 << 17;
  public static final int NO_CONTENT = 1 << 18;
  public static final int STORED_BYTES = 1 << 19;

  private static final DiffType[] DIFF_TYPES = {
    DiffType.FULL, DiffType.INCREMENTAL, DiffType.MEMORY_ONLY
  };

  private EventFlags() {}

  public static int of(TraceEvent event, int spanForm) {
    TraceEventData data = event.data();
    CausalityInfo causality = event.causality();
    StateDiff diff = data.stateDiff();
    return (causality.parentEventId() != null ? PARENT : 0)
        | rootForm(causality, event.eventId()) << ROOT_SHIFT
        | (data.port() != null ? PORT : 0)
        | message(data.message())
        | metrics(data.performanceMetrics())
        | (diff != null ? STATE | code(diff.diffType()) << DIFF_SHIFT : 0)
        | (diff != null && diff.before() != null ? STATE_BEFORE : 0)
        | (data.error() != null ? ERROR : 0)
        | spanForm << SPAN_SHIFT;
  }

  private static int message(@Nullable MessageSnapshot message) {
    return message == null
        ? 0
        : MESSAGE
            | (message.serializedData() == null ? NO_CONTENT : 0)
            | (message.storedBytes().isPresent() ? STORED_BYTES : 0);
  }

  private static int metrics(PerformanceMetrics metrics) {
    return (metrics.executionTimeNs().isPresent() ? EXECUTION_TIME : 0)
        | (metrics.memoryUsageBytes().isPresent() ? MEMORY_USAGE : 0)
        | (metrics.cpuUsagePercent().isPresent() ? CPU_USAGE : 0)
        | (metrics.queueDepth().isPresent() ? QUEUE_DEPTH : 0)
        | (metrics.throughputMsgsPerSec().isPresent() ? THROUGHPUT : 0);
  }

  private static int rootForm(CausalityInfo causality, EventId self) {
    EventId root = causality.rootCauseEventId();
    @Nullable EventId parent = causality.parentEventId();
    if (root.equals(self)) {
      return ROOT_IS_SELF;
    }
    return root.equals(parent) ? ROOT_IS_PARENT : ROOT_IS_OTHER;
  }

  private static int code(DiffType type) {
    return switch (type) {
      case FULL -> 0;
      case INCREMENTAL -> 1;
      case MEMORY_ONLY -> 2;
    };
  }

  public static boolean has(int flags, int flag) {
    return (flags & flag) != 0;
  }

  public static int rootForm(int flags) {
    return flags >> ROOT_SHIFT & 3;
  }

  /**
   * The type of the change of state.
   *
   * @throws IllegalArgumentException if there is none of that code
   */
  public static DiffType diffType(int flags) {
    int code = flags >> DIFF_SHIFT & 3;
    if (code >= DIFF_TYPES.length) {
      throw new IllegalArgumentException("no diff type: " + code);
    }
    return DIFF_TYPES[code];
  }

  public static int spanForm(int flags) {
    return flags >> SPAN_SHIFT & 7;
  }
}
