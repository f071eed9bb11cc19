package io.tracestore.bench.codec;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import java.util.List;
import java.util.Locale;

/** Prints the bytes per event of every form and compressor. */
public final class CodecSizes {
  private static final int TRACES = 200;

  private CodecSizes() {}

  /** Takes no arguments. */
  public static void main(String[] args) {
    for (int payload : new int[] {0, 2000}) {
      System.out.printf("events with %d bytes of payload%n", payload);
      List<FlowTrace> traces = new SampleTraces(1, payload).next(TRACES);
      List<FlowTrace> others = new SampleTraces(2, payload).next(TRACES);
      for (Form form : Form.values()) {
        print(form + " event", bodies(form, traces), bodies(form, others));
        print(form + " trace", wholes(form, traces), wholes(form, others));
      }
    }
  }

  private static List<byte[]> bodies(Form form, List<FlowTrace> traces) {
    return events(traces).stream().map(form::encodeBody).map(PlainContent::of).toList();
  }

  private static List<byte[]> wholes(Form form, List<FlowTrace> traces) {
    return traces.stream().map(form::encode).map(PlainContent::of).toList();
  }

  private static List<TraceEvent> events(List<FlowTrace> traces) {
    return traces.stream().flatMap(trace -> trace.events().stream()).toList();
  }

  private static void print(String what, List<byte[]> units, List<byte[]> training) {
    StringBuilder line = new StringBuilder("%-12s plain %.1f".formatted(what, perEvent(units)));
    for (Compression.Kind kind : Compression.Kind.values()) {
      Compression compression = Compression.of(kind, training);
      double size = perEvent(units.stream().map(compression::compress).toList());
      line.append(String.format(Locale.ROOT, ", %s %.1f", kind, size));
    }
    System.out.println(line);
  }

  private static double perEvent(List<byte[]> units) {
    long bytes = units.stream().mapToLong(unit -> unit.length).sum();
    return (double) bytes / (TRACES * SampleTraces.EVENTS);
  }
}
