package io.tracestore.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;

/** A written trace is read back equal, in both forms, over the whole space of values. */
@Domain(Traces.class)
class RoundTripTest {
  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void jsonKeepsTraces(@ForAll FlowTrace trace) {
    assertThat(ReflowJson.readTrace(ReflowJson.write(trace))).isEqualTo(trace);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void jsonKeepsEvents(@ForAll TraceEvent event) {
    assertThat(ReflowJson.readEvent(ReflowJson.write(event))).isEqualTo(event);
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void jsonKeepsValues(@ForAll JsonValue value) {
    assertThat(ReflowJson.readValue(ReflowJson.write(value))).isEqualTo(value);
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void jsonKeepsTimes(@ForAll Instant instant) {
    assertThat(Rfc3339.parse(instant.toString())).isEqualTo(instant);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void bytesKeepTraces(@ForAll FlowTrace trace) {
    assertThat(TraceBinary.decode(TraceBinary.encode(trace))).isEqualTo(trace);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void bytesKeepHeaders(@ForAll FlowTrace trace) {
    assertThat(TraceBinary.decodeHeader(TraceBinary.encodeHeader(trace)))
        .isEqualTo(trace.withEvents(List.of()));
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void bytesKeepBlocksOfEvents(@ForAll FlowTrace trace) {
    assertThat(TraceBinary.decodeEvents(TraceBinary.encodeEvents(trace.events())))
        .isEqualTo(trace.events());
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void bytesKeepEvents(@ForAll TraceEvent event) {
    assertThat(TraceBinary.decodeEvent(TraceBinary.encodeEvent(event))).isEqualTo(event);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void bytesKeepBodies(@ForAll TraceEvent event) {
    byte[] body = TraceBinary.encodeEventBody(event);

    TraceEvent read =
        TraceBinary.decodeEventBody(body, event.eventId(), event.timestamp(), event.actorId());

    assertThat(read).isEqualTo(event);
  }
}
