package io.tracestore.bench.codec;

import io.tracestore.model.FlowTrace;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

/** Nanoseconds per event to compress and decompress, on top of encoding and decoding. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@OperationsPerInvocation(SampleTraces.EVENTS)
@State(Scope.Thread)
public class CompressionBenchmark {
  /** The unit of compression. */
  public enum Unit {
    /** One event's body. */
    EVENT,
    /** A trace of twenty events. */
    TRACE
  }

  /** The form compressed. */
  @Param({"OWN", "JSON"})
  public Form form;

  /** The unit of compression. */
  @Param public Unit unit;

  /** The compressor. */
  @Param public Compression.Kind compression;

  /** Bytes of a JSON message in each event. */
  @Param({"0", "2000"})
  public int payload;

  private Compression compressor = new Compression.Lz4();
  private List<List<byte[]>> plain = List.of();
  private List<List<byte[]>> compressed = List.of();
  private int next;

  /** Makes what is compressed. */
  @Setup
  public void setUp() {
    plain = units(1, 50);
    compressor = Compression.of(compression, units(2, 250).stream().flatMap(List::stream).toList());
    compressed =
        plain.stream().map(units -> units.stream().map(compressor::compress).toList()).toList();
  }

  /** For each trace the units of it. */
  private List<List<byte[]>> units(long seed, int count) {
    return new SampleTraces(seed, payload).next(count).stream().map(this::units).toList();
  }

  private List<byte[]> units(FlowTrace trace) {
    return switch (unit) {
      case EVENT -> trace.events().stream().map(form::encodeBody).map(PlainContent::of).toList();
      case TRACE -> List.of(PlainContent.of(form.encode(trace)));
    };
  }

  /** Compresses the units of one trace. */
  @Benchmark
  public void compress(Blackhole hole) {
    for (byte[] unit : plain.get(nextIndex())) {
      hole.consume(compressor.compress(unit));
    }
  }

  /** Decompresses the units of one trace. */
  @Benchmark
  public void decompress(Blackhole hole) {
    int trace = nextIndex();
    List<byte[]> units = compressed.get(trace);
    for (int i = 0; i < units.size(); i++) {
      hole.consume(compressor.decompress(units.get(i), plain.get(trace).get(i).length));
    }
  }

  private int nextIndex() {
    next = next + 1 < plain.size() ? next + 1 : 0;
    return next;
  }
}
