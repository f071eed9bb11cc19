package io.tracestore.bench;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.provider.postgresql.schema.Labels;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.spi.analytics.LatencyHistogram;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.postgresql.PGConnection;

/** The rows that the store writes for some traces, ready to be copied: the least work there is. */
final class PostgresRows {
  private static final byte[] HEAD =
      "PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

  private static final int INT8 = 20;
  private static final int INT4 = 23;

  private final byte[] traces;
  private final byte[] events;

  private PostgresRows(byte[] traces, byte[] events) {
    this.traces = traces;
    this.events = events;
  }

  static PostgresRows of(List<FlowTrace> all) {
    try {
      ByteArrayOutputStream traces = new ByteArrayOutputStream();
      ByteArrayOutputStream events = new ByteArrayOutputStream();
      DataOutputStream traceRows = new DataOutputStream(traces);
      DataOutputStream eventRows = new DataOutputStream(events);
      traceRows.write(HEAD);
      eventRows.write(HEAD);
      for (FlowTrace trace : all) {
        writeTrace(traceRows, trace);
        for (TraceEvent event : trace.events()) {
          writeEvent(eventRows, trace, event);
        }
      }
      traceRows.writeShort(-1);
      eventRows.writeShort(-1);
      return new PostgresRows(traces.toByteArray(), events.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int hour(FlowTrace trace) {
    return (int) Math.floorDiv(trace.startTime().getEpochSecond(), 3600L);
  }

  private static int actor(TraceEvent event) {
    return number(event.actorId());
  }

  private static int number(String actor) {
    return Math.floorMod(actor.hashCode(), 1000);
  }

  private static int type(TraceEvent event) {
    return 1000 + Math.floorMod(event.eventType().typeName().hashCode(), 1000);
  }

  /** Numbers of actors and types; those of receivers are below zero. */
  private static Stream<Integer> facets(TraceEvent event) {
    Stream<Integer> own = Stream.of(actor(event), type(event));
    return event.eventType() instanceof TraceEventType.DataFlow flow
        ? Stream.concat(own, Stream.of(~number(flow.toActor())))
        : own;
  }

  private static void writeTrace(DataOutputStream out, FlowTrace trace) throws IOException {
    out.writeShort(12);
    writeUuid(out, trace.traceId().value());
    writeLong(out, EpochNanos.of(trace.startTime()));
    Instant end = trace.endTime();
    if (end == null) {
      out.writeInt(-1);
    } else {
      writeLong(out, Duration.between(trace.startTime(), end).toNanos());
    }
    writeUuid(out, trace.executionId().value());
    writeUuid(out, trace.events().getLast().eventId().value());
    writeInt(out, hour(trace));
    out.writeInt(Short.BYTES);
    out.writeShort(trace.status().kind() == ExecutionStatus.Kind.FAILED ? 3 : 2);
    writeBytes(out, trace.flowId().getBytes(StandardCharsets.UTF_8));
    writeBytes(out, ("\u0001" + Labels.of(trace).toJson()).getBytes(StandardCharsets.UTF_8));
    int[] facets =
        trace.events().stream()
            .flatMap(PostgresRows::facets)
            .mapToInt(Integer::intValue)
            .distinct()
            .sorted()
            .toArray();
    beginArray(out, facets.length, INT4, Integer.BYTES);
    for (int facet : facets) {
      writeInt(out, facet);
    }
    writeBytes(out, TraceBinary.encodeHeader(trace));
    long[] terms = DataTerms.NONE.of(trace.events());
    beginArray(out, terms.length, INT8, Long.BYTES);
    for (long term : terms) {
      writeLong(out, term);
    }
  }

  private static void beginArray(DataOutputStream out, int length, int type, int size)
      throws IOException {
    out.writeInt(length == 0 ? 12 : 20 + length * (Integer.BYTES + size));
    out.writeInt(length == 0 ? 0 : 1); // dimensions
    out.writeInt(0); // no nulls
    out.writeInt(type);
    if (length > 0) {
      out.writeInt(length);
      out.writeInt(1); // first index
    }
  }

  private static void writeEvent(DataOutputStream out, FlowTrace trace, TraceEvent event)
      throws IOException {
    PerformanceMetrics metrics = event.data().performanceMetrics();
    MessageSnapshot message = event.data().message();
    out.writeShort(17);
    writeLong(out, EpochNanos.of(event.timestamp()));
    writeLong(out, metrics.executionTimeNs());
    writeLong(out, metrics.memoryUsageBytes());
    writeLong(out, metrics.queueDepth());
    writeLong(
        out,
        metrics.throughputMsgsPerSec().stream().mapToLong(Double::doubleToRawLongBits).findFirst());
    if (message == null) {
      out.writeInt(-1);
    } else {
      writeLong(out, message.sizeBytes());
    }
    writeUuid(out, trace.traceId().value());
    writeUuid(out, event.eventId().value());
    EventId parent = event.causality().parentEventId();
    if (parent != null && event.eventType().equals(TraceEventType.MESSAGE_RECEIVED)) {
      writeUuid(out, parent.value());
    } else {
      out.writeInt(-1);
    }
    writeInt(out, hour(trace));
    writeInt(out, actor(event));
    writeInt(out, type(event));
    if (event.eventType() instanceof TraceEventType.DataFlow flow) {
      writeInt(out, number(flow.toActor()));
    } else {
      out.writeInt(-1);
    }
    if (metrics.cpuUsagePercent().isPresent()) {
      writeInt(out, Float.floatToRawIntBits(metrics.cpuUsagePercent().get()));
    } else {
      out.writeInt(-1);
    }
    if (metrics.executionTimeNs().isPresent()) {
      out.writeInt(Short.BYTES);
      out.writeShort(LatencyHistogram.classOf(metrics.executionTimeNs().getAsLong()));
    } else {
      out.writeInt(-1);
    }
    out.writeInt(1);
    out.writeBoolean(event.data().error() != null);
    writeBytes(out, TraceBinary.encodeEvent(event));
  }

  private static void writeInt(DataOutputStream out, int value) throws IOException {
    out.writeInt(Integer.BYTES);
    out.writeInt(value);
  }

  private static void writeLong(DataOutputStream out, long value) throws IOException {
    out.writeInt(Long.BYTES);
    out.writeLong(value);
  }

  private static void writeLong(DataOutputStream out, OptionalLong value) throws IOException {
    if (value.isPresent()) {
      writeLong(out, value.getAsLong());
    } else {
      out.writeInt(-1);
    }
  }

  private static void writeUuid(DataOutputStream out, UUID value) throws IOException {
    out.writeInt(16);
    out.writeLong(value.getMostSignificantBits());
    out.writeLong(value.getLeastSignificantBits());
  }

  private static void writeBytes(DataOutputStream out, byte[] value) throws IOException {
    out.writeInt(value.length);
    out.write(value);
  }

  /** Copies all rows in one transaction. */
  void copy(Connection connection) throws SQLException {
    copy(connection, "traces", traces);
    copy(connection, "events", events);
    connection.commit();
  }

  /** Copies all rows to tables of their columns; without a commit. */
  void copy(Connection connection, String tracesTable, String eventsTable) throws SQLException {
    copy(connection, tracesTable, traces);
    copy(connection, eventsTable, events);
  }

  /** Copies the rows of the events to a table of their columns; without a commit. */
  void copyEvents(Connection connection, String table) throws SQLException {
    copy(connection, table, events);
  }

  private static void copy(Connection connection, String table, byte[] rows) throws SQLException {
    var copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("COPY " + table + " FROM STDIN BINARY");
    int piece = 256 * 1024;
    for (int from = 0; from < rows.length; from += piece) {
      copy.writeToCopy(rows, from, Math.min(piece, rows.length - from));
    }
    copy.endCopy();
  }
}
