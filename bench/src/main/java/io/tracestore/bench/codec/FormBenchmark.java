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

/** Nanoseconds per event to encode and decode, as single bodies and as whole traces. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class FormBenchmark {
  private static final int TRACES = 50;
  private static final int EVENTS = SampleTraces.EVENTS;

  /** The form measured. */
  @Param public Form form;

  /** Bytes of a JSON message in each event. */
  @Param({"0", "2000"})
  public int payload;

  private List<FlowTrace> traces = List.of();
  private List<TraceEvent> events = List.of();
  private List<byte[]> encodedTraces = List.of();
  private List<byte[]> encodedEvents = List.of();
  private int next;

  /** Makes the traces. */
  @Setup
  public void setUp() {
    traces = new SampleTraces(1, payload).next(TRACES);
    events = traces.stream().flatMap(trace -> trace.events().stream()).toList();
    encodedTraces = traces.stream().map(form::encode).toList();
    encodedEvents = events.stream().map(form::encodeBody).toList();
    for (int i = 0; i < TRACES; i++) {
      if (!form.decode(encodedTraces.get(i)).equals(traces.get(i))) {
        throw new IllegalStateException(form + " loses something of a trace");
      }
    }
  }

  /** One event's body. */
  @Benchmark
  public byte[] encodeEvent() {
    return form.encodeBody(events.get(nextOf(events.size())));
  }

  /** One event's body. */
  @Benchmark
  public TraceEvent decodeEvent() {
    int i = nextOf(events.size());
    return form.decodeBody(encodedEvents.get(i), events.get(i));
  }

  /** Whole traces, per event. */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public byte[] encodeTrace() {
    return form.encode(traces.get(nextOf(TRACES)));
  }

  /** Whole traces, per event. */
  @Benchmark
  @OperationsPerInvocation(EVENTS)
  public FlowTrace decodeTrace() {
    return form.decode(encodedTraces.get(nextOf(TRACES)));
  }

  /** The checksum of one event's body, which is part of {@link Form#OWN}. */
  @Benchmark
  public long checksum() {
    CRC32C crc = new CRC32C();
    crc.update(encodedEvents.get(nextOf(events.size())));
    return crc.getValue();
  }

  private int nextOf(int size) {
    next = next + 1 < size ? next + 1 : 0;
    return next;
  }
}
