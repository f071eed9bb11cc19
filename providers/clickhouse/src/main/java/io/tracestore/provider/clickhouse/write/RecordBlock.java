package io.tracestore.provider.clickhouse.write;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceMetadata;
import io.tracestore.provider.clickhouse.connect.Block;
import io.tracestore.provider.clickhouse.jooq.Records;
import io.tracestore.provider.clickhouse.jooq.Section;
import io.tracestore.provider.clickhouse.schema.EventFlags;
import io.tracestore.provider.clickhouse.schema.JsonText;
import io.tracestore.provider.clickhouse.schema.Sections;
import io.tracestore.provider.clickhouse.schema.SpanId;
import io.tracestore.provider.clickhouse.schema.StatusCode;
import io.tracestore.provider.support.Headers;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Rows of the table {@code records} as a block. Not safe for several threads. */
final class RecordBlock implements Block {
  private static final String TIME = "DateTime64(9, 'UTC')";
  private static final String ID = "FixedString(16)";

  // Enumerations are sent as the numbers they stand for.
  private final Column.Fixed section = new Column.Fixed(Records.SECTION, "Int8", Byte.BYTES);
  private final Column.Names name = new Column.Names(Records.NAME);
  private final Column.Fixed age = new Column.Fixed(Records.AGE, "Int64", Long.BYTES);
  private final Column.Fixed traceId = new Column.Fixed(Records.TRACE_ID, ID, 16);
  private final Column.Ids ids = new Column.Ids(Records.IDS);
  private final Column.Fixed rev = new Column.Fixed(Records.REV, "UInt64", Long.BYTES);
  private final Column.Fixed day = new Column.Fixed(Records.DAY, "Int32", Integer.BYTES);
  private final Column.Fixed started = new Column.Fixed(Records.STARTED, TIME, Long.BYTES);
  private final Column.Fixed weight = new Column.Fixed(Records.BYTES, "UInt64", Long.BYTES);

  private final Column.Names flowId = new Column.Names(Records.FLOW_ID);
  private final Column.Text header = new Column.Text(Records.HEADER);
  private final Column.Fixed executionId = new Column.Fixed(Records.EXECUTION_ID, ID, 16);
  private final Column.Fixed status = new Column.Fixed(Records.STATUS, "Int8", Byte.BYTES);
  private final Column.Optional duration = Column.Optional.i64(Records.DURATION_NS);
  private final Column.Names environment = new Column.Names(Records.ENVIRONMENT);
  private final Column.Optional userId = Column.Optional.text(Records.USER_ID);
  private final Column.Optional sessionId = Column.Optional.text(Records.SESSION_ID);
  private final Column.Pairs tags = new Column.Pairs(Records.TAGS);

  private final Column.Fixed ts = new Column.Fixed(Records.TS, TIME, Long.BYTES);
  private final Column.Names eventType = new Column.Names(Records.EVENT_TYPE);
  private final Column.Names actorId = new Column.Names(Records.ACTOR_ID);
  private final Column.Names toActor = new Column.Names(Records.TO_ACTOR);
  private final Column.Names toPort = new Column.Names(Records.TO_PORT);
  private final Column.Names port = new Column.Names(Records.PORT);
  private final Column.Fixed flags = new Column.Fixed(Records.FLAGS, "UInt32", Integer.BYTES);
  private final Column.Fixed span = new Column.Fixed(Records.SPAN, ID, 16);
  private final Column.Text spanText = new Column.Text(Records.SPAN_TEXT);
  private final Column.Names messageType = new Column.Names(Records.MSG_TYPE);
  private final Column.Fixed messageSize = new Column.Fixed(Records.MSG_SIZE, "UInt64", Long.BYTES);
  private final Column.Text messageChecksum = new Column.Text(Records.MSG_CHECKSUM);
  private final Column.Text messageData = new Column.Text(Records.MSG_DATA);
  private final Column.Names messageCodec = new Column.Names(Records.MSG_CODEC);
  private final Column.Fixed messageFormat =
      new Column.Fixed(Records.MSG_FORMAT, "UInt32", Integer.BYTES);
  private final Column.Fixed messageStored =
      new Column.Fixed(Records.MSG_STORED, "UInt64", Long.BYTES);
  private final Column.Text stateBefore = new Column.Text(Records.STATE_BEFORE);
  private final Column.Text stateAfter = new Column.Text(Records.STATE_AFTER);
  private final Column.Text error = new Column.Text(Records.ERROR);
  private final Column.Fixed execution = new Column.Fixed(Records.EXEC_NS, "UInt64", Long.BYTES);
  private final Column.Fixed memory = new Column.Fixed(Records.MEMORY_BYTES, "UInt64", Long.BYTES);
  private final Column.Fixed cpu = new Column.Fixed(Records.CPU_PERCENT, "Float32", Float.BYTES);
  private final Column.Fixed queueDepth =
      new Column.Fixed(Records.QUEUE_DEPTH, "UInt64", Long.BYTES);
  private final Column.Fixed throughput =
      new Column.Fixed(Records.THROUGHPUT, "Float64", Double.BYTES);
  private final Column.Pairs attributes = new Column.Pairs(Records.ATTRIBUTES);

  private final List<Column> columns =
      List.of(
          section,
          name,
          age,
          traceId,
          ids,
          rev,
          day,
          started,
          weight,
          flowId,
          header,
          executionId,
          status,
          duration,
          environment,
          userId,
          sessionId,
          tags,
          ts,
          eventType,
          actorId,
          toActor,
          toPort,
          port,
          flags,
          span,
          spanText,
          messageType,
          messageSize,
          messageChecksum,
          messageData,
          messageCodec,
          messageFormat,
          messageStored,
          stateBefore,
          stateAfter,
          error,
          execution,
          memory,
          cpu,
          queueDepth,
          throughput,
          attributes);

  private long clock;
  private int row;

  /** Sets the {@code rev} of the rows that are added from now on. */
  void setRevision(long revision) {
    clock = revision;
  }

  @Override
  public List<String> columnNames() {
    return columns.stream().map(Column::name).toList();
  }

  int rows() {
    return row;
  }

  /**
   * Adds the rows of a header: the one that goes with its events, and those that queries filter.
   */
  void addHeader(FlowTrace trace) {
    Placement placement = Placement.of(trace);
    byte[] bytes = TraceBinary.encodeHeader(trace);
    placeHeader(Section.TRACE, trace, placement, bytes);
    addOrigin(placement);
    ts.i64(row, placement.startNs()); // among events, so that a granule of old ones is known as one
    weight.i64(row, Weight.ofHeader(trace));
    row++;
    placeHeader(Section.FLOW, trace, placement, bytes);
    name.put(row, trace.flowId());
    addFiltered(trace, placement);
    row++;
    placeHeader(Section.TIME, trace, placement, bytes);
    flowId.put(row, trace.flowId());
    addFiltered(trace, placement);
    row++;
    Long took = Headers.durationNs(trace);
    if (took != null && took >= 0) {
      place(Section.DURATION, trace.traceId().value(), clock, placement);
      age.i64(row, took);
      started.i64(row, placement.startNs());
      row++;
    }
  }

  private void placeHeader(Section inSection, FlowTrace trace, Placement placement, byte[] bytes) {
    long revision = Revisions.ofHeader(clock, trace.status().kind().isTerminal());
    place(inSection, trace.traceId().value(), revision, placement);
    header.put(row, bytes);
  }

  private void addFiltered(FlowTrace trace, Placement placement) {
    age.i64(row, placement.age());
    executionId.id(row, trace.executionId().value());
    status.u8(row, StatusCode.of(trace.status().kind()).number());
    duration.put(row, Headers.durationNs(trace));
    if (trace.status() instanceof ExecutionStatus.Failed failed) {
      error.put(row, failed.error());
    }
    TraceMetadata metadata = trace.metadata();
    environment.put(row, metadata.environment());
    userId.put(row, metadata.userId());
    sessionId.put(row, metadata.sessionId());
    if (!metadata.tags().isEmpty()) {
      tags.begin(row);
      metadata.tags().forEach(tags::add);
      tags.end();
    }
  }

  /** Says that {@code trace} has an event with this actor. */
  void addActor(UUID trace, Placement placement, String actor) {
    addName(Section.ACTOR, trace, placement, actor);
  }

  /** Says that {@code trace} has an event of this type. */
  void addType(UUID trace, Placement placement, String type) {
    addName(Section.TYPE, trace, placement, type);
  }

  /** Says that {@code trace} has an event with this term. */
  void addTerm(UUID trace, Placement placement, long term) {
    addName(Section.TERM, trace, placement, Sections.nameOf(term));
  }

  private void addName(Section inSection, UUID trace, Placement placement, String named) {
    place(inSection, trace, clock, placement);
    name.put(row, named);
    age.i64(row, placement.age());
    row++;
  }

  /** Says that an event of {@code trace} is stored again. */
  void addRepeated(UUID trace, Placement placement) {
    place(Section.REPEATED, trace, clock, placement);
    started.i64(row, placement.startNs());
    row++;
  }

  private void place(Section inSection, UUID trace, long revision, Placement placement) {
    section.u8(row, inSection.number());
    traceId.id(row, trace);
    rev.i64(row, revision);
    day.i32(row, placement.day());
  }

  /** Says of which flow a trace is, and when it started; rows that lie by age need not. */
  private void addOrigin(Placement placement) {
    started.i64(row, placement.startNs());
    if (!placement.flowId().isEmpty()) {
      flowId.put(row, placement.flowId());
    }
  }

  void addEvent(UUID trace, Placement placement, TraceEvent event) {
    place(Section.TRACE, trace, clock, placement);
    addOrigin(placement);
    ts.i64(row, EpochNanos.of(event.timestamp()));
    weight.i64(row, Weight.ofEvent(event));
    actorId.put(row, event.actorId());
    addEventType(event.eventType());
    String spanId = event.causality().spanId();
    int spanForm = SpanId.formOf(spanId);
    flags.i32(row, EventFlags.of(event, spanForm));
    addIds(event);
    if (spanForm == SpanId.TEXT) {
      spanText.put(row, spanId);
    } else if (spanForm != SpanId.EMPTY) {
      span.id(row, SpanId.toId(spanForm, spanId));
    }
    addData(event.data());
    row++;
  }

  private void addEventType(TraceEventType type) {
    eventType.put(row, type.typeName());
    if (type instanceof TraceEventType.DataFlow flow) {
      toActor.put(row, flow.toActor());
      toPort.put(row, flow.toPort());
    }
  }

  /** Its own id, then its parent's and its root's where they are others, then its chain. */
  private void addIds(TraceEvent event) {
    CausalityInfo causality = event.causality();
    EventId self = event.eventId();
    EventId parent = causality.parentEventId();
    EventId root = causality.rootCauseEventId();
    ids.begin(row);
    ids.add(self.value());
    if (parent != null) {
      ids.add(parent.value());
    }
    if (!root.equals(self) && !root.equals(parent)) {
      ids.add(root.value());
    }
    for (EventId id : causality.dependencyChain()) {
      ids.add(id.value());
    }
    ids.end();
  }

  private void addData(TraceEventData data) {
    if (data.port() != null) {
      port.put(row, data.port());
    }
    if (data.message() != null) {
      addMessage(data.message());
    }
    if (data.stateDiff() != null) {
      addState(data.stateDiff());
    }
    if (data.error() != null) {
      error.put(row, data.error());
    }
    addMetrics(data.performanceMetrics());
    if (!data.customAttributes().isEmpty()) {
      attributes.begin(row);
      for (Map.Entry<String, JsonValue> attribute : data.customAttributes().entrySet()) {
        attributes.add(attribute.getKey(), JsonText.write(attribute.getValue()));
      }
      attributes.end();
    }
  }

  private void addMessage(MessageSnapshot message) {
    messageType.put(row, message.messageType());
    messageSize.i64(row, message.sizeBytes());
    messageChecksum.put(row, message.checksum());
    Bytes content = message.serializedData();
    if (content != null) {
      messageData.put(row, content.toArray());
    }
    messageCodec.put(row, message.contentCodec());
    if (message.contentFormatVersion() != 0) {
      messageFormat.i32(row, (int) message.contentFormatVersion());
    }
    if (message.storedBytes().isPresent()) {
      messageStored.i64(row, message.storedBytes().getAsLong());
    }
  }

  private void addState(StateDiff diff) {
    Bytes before = diff.before();
    if (before != null) {
      stateBefore.put(row, before.toArray());
    }
    stateAfter.put(row, diff.after().toArray());
  }

  private void addMetrics(PerformanceMetrics metrics) {
    if (metrics.isNone()) {
      return;
    }
    metrics.executionTimeNs().ifPresent(value -> execution.i64(row, value));
    metrics.memoryUsageBytes().ifPresent(value -> memory.i64(row, value));
    metrics.cpuUsagePercent().ifPresent(value -> cpu.i32(row, Float.floatToRawIntBits(value)));
    metrics.queueDepth().ifPresent(value -> queueDepth.i64(row, value));
    metrics
        .throughputMsgsPerSec()
        .ifPresent(value -> throughput.i64(row, Double.doubleToRawLongBits(value)));
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    NativeOutput head = new NativeOutput(32);
    head.varint(columns.size());
    head.varint(row);
    head.writeTo(out);
    for (Column column : columns) {
      column.writeTo(out, row);
    }
  }
}
