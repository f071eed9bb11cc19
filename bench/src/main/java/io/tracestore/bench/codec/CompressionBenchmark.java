package io.tracestore.bench.codec;

import io.tracestore.model.FlowTrace;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Nanoseconds to compress and decompress one unit, on top of encoding it. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@State(Scope.Thread)
public class CompressionBenchmark {
  /** What is compressed at once. */
  public enum Unit {
    /** One event's body. */
    EVENT,
    /** A trace of twenty events. */
    TRACE
  }

  /** The form compressed. */
  @Param({"OWN", "JSON"})
  public Form form;

  /** What is compressed at once. */
  @Param public Unit unit;

  /** The compressor. */
  @Param public Compression.Kind compression;

  private Compression compressor = new Compression.Lz4();
  private List<byte[]> plain = List.of();
  private List<byte[]> compressed = List.of();
  private int next;

  /** Makes what is compressed. */
  @Setup
  public void setUp() {
    plain = units(1, 50);
    compressor = Compression.of(compression, units(2, 250));
    compressed = plain.stream().map(compressor::compress).toList();
  }

  private List<byte[]> units(long seed, int count) {
    List<FlowTrace> traces = new SampleTraces(seed, 0).next(count);
    return switch (unit) {
      case EVENT ->
          traces.stream().flatMap(t -> t.events().stream()).map(form::encodeBody).toList();
      case TRACE -> traces.stream().map(form::encode).map(PlainContent::of).toList();
    };
  }

  /** Compresses one unit. */
  @Benchmark
  public byte[] compress() {
    return compressor.compress(plain.get(nextIndex()));
  }

  /** Decompresses one unit. */
  @Benchmark
  public byte[] decompress() {
    int i = nextIndex();
    return compressor.decompress(compressed.get(i), plain.get(i).length);
  }

  private int nextIndex() {
    next = next + 1 < plain.size() ? next + 1 : 0;
    return next;
  }
}
