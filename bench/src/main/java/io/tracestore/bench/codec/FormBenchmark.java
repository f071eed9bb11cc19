package io.tracestore.bench.codec;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Nanoseconds per event to encode and decode, as single bodies and as whole traces.
 *
 * <p>Sampled, for the median of short samples stays the same on a busy machine where a mean does
 * not.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@OperationsPerInvocation(SampleTraces.EVENTS)
@State(Scope.Thread)
public class FormBenchmark {
  private static final int TRACES = 50;

  /** The form measured. */
  @Param public Form form;

  /** Bytes of a JSON message in each event. */
  @Param({"0", "2000"})
  public int payload;

  private List<FlowTrace> traces = List.of();
  private List<byte[]> encodedTraces = List.of();
  private List<List<byte[]>> encodedEvents = List.of();
  private int next;

  /** Makes the traces. */
  @Setup
  public void setUp() {
    traces = new SampleTraces(1, payload).next(TRACES);
    encodedTraces = traces.stream().map(form::encode).toList();
    encodedEvents =
        traces.stream().map(t -> t.events().stream().map(form::encodeBody).toList()).toList();
    for (int i = 0; i < TRACES; i++) {
      if (!form.decode(encodedTraces.get(i)).equals(traces.get(i))) {
        throw new IllegalStateException(form + " loses something of a trace");
      }
    }
  }

  /** The bodies of the events of one trace. */
  @Benchmark
  public void encodeEvent(Blackhole hole) {
    for (TraceEvent event : traces.get(nextTrace()).events()) {
      hole.consume(form.encodeBody(event));
    }
  }

  /** The bodies of the events of one trace. */
  @Benchmark
  public void decodeEvent(Blackhole hole) {
    int trace = nextTrace();
    List<TraceEvent> events = traces.get(trace).events();
    List<byte[]> encoded = encodedEvents.get(trace);
    for (int i = 0; i < encoded.size(); i++) {
      hole.consume(form.decodeBody(encoded.get(i), events.get(i)));
    }
  }

  /** A whole trace. */
  @Benchmark
  public byte[] encodeTrace() {
    return form.encode(traces.get(nextTrace()));
  }

  /** A whole trace. */
  @Benchmark
  public FlowTrace decodeTrace() {
    return form.decode(encodedTraces.get(nextTrace()));
  }

  /** The checksums of the bodies of one trace, which are part of {@link Form#OWN}. */
  @Benchmark
  public void checksum(Blackhole hole) {
    for (byte[] body : encodedEvents.get(nextTrace())) {
      CRC32C crc = new CRC32C();
      crc.update(body);
      hole.consume(crc.getValue());
    }
  }

  private int nextTrace() {
    next = next + 1 < TRACES ? next + 1 : 0;
    return next;
  }
}
