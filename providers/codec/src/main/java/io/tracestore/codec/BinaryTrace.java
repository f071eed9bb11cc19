package io.tracestore.codec;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Headers and whole traces in the binary form. */
final class BinaryTrace {
  private static final int END_TIME = 1;
  private static final int GIT_HASH = 1 << 1;
  private static final int USER_ID = 1 << 2;
  private static final int SESSION_ID = 1 << 3;
  private static final int ALL = (1 << 4) - 1;

  private static final int UUID_BYTES = 16;

  private BinaryTrace() {}

  // ---- header ----

  static void writeHeader(BinaryOutput out, FlowTrace trace) {
    FlowVersion version = trace.version();
    TraceMetadata metadata = trace.metadata();
    Instant endTime = trace.endTime();
    out.u8(
        (endTime != null ? END_TIME : 0)
            | (version.gitHash() != null ? GIT_HASH : 0)
            | (metadata.userId() != null ? USER_ID : 0)
            | (metadata.sessionId() != null ? SESSION_ID : 0));
    out.uuid(trace.traceId().value());
    out.uuid(trace.executionId().value());
    out.text(trace.flowId());
    long start = EpochNanos.of(trace.startTime());
    out.i64(start);
    if (endTime != null) {
      out.zigzag(EpochNanos.of(endTime) - start); // may wrap around, and back when read
    }
    writeStatus(out, trace.status());
    writeVersion(out, version);
    writeMetadata(out, metadata);
  }

  static FlowTrace readHeader(BinaryInput in) {
    int flags = in.u8();
    if ((flags & ~ALL) != 0) {
      throw in.corrupt("unknown flags: " + flags);
    }
    TraceId traceId = new TraceId(in.uuid());
    ExecutionId executionId = new ExecutionId(in.uuid());
    String flowId = in.text();
    long start = in.i64();
    Instant endTime = (flags & END_TIME) != 0 ? EpochNanos.toInstant(start + in.zigzag()) : null;
    ExecutionStatus status = readStatus(in);
    FlowVersion version = readVersion(in, flags);
    TraceMetadata metadata = readMetadata(in, flags);
    Instant startTime = EpochNanos.toInstant(start);
    return new FlowTrace(
        traceId, flowId, executionId, version, startTime, endTime, status, List.of(), metadata);
  }

  private static void writeStatus(BinaryOutput out, ExecutionStatus status) {
    switch (status) {
      case ExecutionStatus.Pending pending -> out.u8(0);
      case ExecutionStatus.Running running -> out.u8(1);
      case ExecutionStatus.Completed completed -> out.u8(2);
      case ExecutionStatus.Failed failed -> {
        out.u8(3);
        out.text(failed.error());
      }
      case ExecutionStatus.Cancelled cancelled -> out.u8(4);
    }
  }

  private static ExecutionStatus readStatus(BinaryInput in) {
    int code = in.u8();
    return switch (code) {
      case 0 -> ExecutionStatus.pending();
      case 1 -> ExecutionStatus.running();
      case 2 -> ExecutionStatus.completed();
      case 3 -> ExecutionStatus.failed(in.text());
      case 4 -> ExecutionStatus.cancelled();
      default -> throw in.corrupt("no status: " + code);
    };
  }

  private static void writeVersion(BinaryOutput out, FlowVersion version) {
    out.varint(version.major());
    out.varint(version.minor());
    out.varint(version.patch());
    if (version.gitHash() != null) {
      out.text(version.gitHash());
    }
    out.zigzag(EpochNanos.of(version.timestamp()));
  }

  private static FlowVersion readVersion(BinaryInput in, int flags) {
    long major = in.varint();
    long minor = in.varint();
    long patch = in.varint();
    String gitHash = (flags & GIT_HASH) != 0 ? in.text() : null;
    return new FlowVersion(major, minor, patch, gitHash, EpochNanos.toInstant(in.zigzag()));
  }

  private static void writeMetadata(BinaryOutput out, TraceMetadata metadata) {
    if (metadata.userId() != null) {
      out.text(metadata.userId());
    }
    if (metadata.sessionId() != null) {
      out.text(metadata.sessionId());
    }
    out.text(metadata.environment());
    out.text(metadata.hostname());
    out.varint(metadata.processId());
    out.text(metadata.threadId());
    out.varint(metadata.tags().size());
    metadata
        .tags()
        .forEach((key, value) -> {
          out.text(key);
          out.text(value);
        });
  }

  private static TraceMetadata readMetadata(BinaryInput in, int flags) {
    String userId = (flags & USER_ID) != 0 ? in.text() : null;
    String sessionId = (flags & SESSION_ID) != 0 ? in.text() : null;
    String environment = in.text();
    String hostname = in.text();
    long processId = in.varint();
    String threadId = in.text();
    int count = in.count(2);
    Map<String, String> tags = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      String key = in.text();
      if (tags.put(key, in.text()) != null) {
        throw in.corrupt("a tag comes twice");
      }
    }
    return new TraceMetadata(userId, sessionId, environment, hostname, processId, threadId, tags);
  }

  // ---- trace ----

  static int expectedSize(List<TraceEvent> events) {
    long size = 512;
    for (TraceEvent event : events) {
      size += BinaryEvent.expectedSize(event);
    }
    return (int) Math.min(size, 1 << 26);
  }

  static void write(BinaryOutput out, FlowTrace trace) {
    writeHeader(out, trace);
    writeEvents(out, trace.events(), EpochNanos.of(trace.startTime()));
  }

  /**
   * All event ids, then each event with the time since the one before.
   *
   * @param start what stands for the time before the first
   */
  static void writeEvents(BinaryOutput out, List<TraceEvent> events, long start) {
    out.varint(events.size());
    for (TraceEvent event : events) {
      out.uuid(event.eventId().value());
    }
    EventIds ids = EventIds.writing(events);
    long before = start;
    for (TraceEvent event : events) {
      long timestamp = EpochNanos.of(event.timestamp());
      out.zigzag(timestamp - before);
      before = timestamp;
      out.name(event.actorId());
      BinaryEvent.write(out, event, ids);
    }
  }

  static FlowTrace read(BinaryInput in) {
    FlowTrace header = readHeader(in);
    return header.withEvents(readEvents(in, EpochNanos.of(header.startTime())));
  }

  static List<TraceEvent> readEvents(BinaryInput in, long start) {
    int count = in.count(UUID_BYTES);
    List<EventId> eventIds = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      eventIds.add(new EventId(in.uuid()));
    }
    EventIds ids = EventIds.reading(eventIds);
    List<TraceEvent> events = new ArrayList<>(count);
    long timestamp = start;
    for (EventId id : eventIds) {
      timestamp += in.zigzag();
      String actorId = in.name();
      events.add(BinaryEvent.read(in, id, EpochNanos.toInstant(timestamp), actorId, ids));
    }
    return events;
  }
}
