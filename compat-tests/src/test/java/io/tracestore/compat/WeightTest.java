package io.tracestore.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.internal.TraceWeight;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A bound counts what is held: an estimate is never below the encoded size of the same. */
class WeightTest {
  @Provide
  Arbitrary<FlowTrace> anyTraces() {
    return TraceGenerator.traces();
  }

  @Property(tries = 500)
  void aTraceWeighsAtLeastItsEncodedSize(@ForAll("anyTraces") FlowTrace trace) {
    assertThat(TraceWeight.of(trace)).isGreaterThanOrEqualTo(encoded(trace));
    assertThat(TraceWeight.ofHeader(trace))
        .isGreaterThanOrEqualTo(TraceBinary.encodeHeader(trace).length);
    for (TraceEvent event : trace.events()) {
      assertThat(TraceWeight.of(event))
          .isGreaterThanOrEqualTo(TraceBinary.encodeEvent(event).length);
    }
  }

  private static long encoded(FlowTrace trace) {
    long size = TraceBinary.encodeHeader(trace).length;
    for (TraceEvent event : trace.events()) {
      size += TraceBinary.encodeEvent(event).length;
    }
    return size;
  }
}
