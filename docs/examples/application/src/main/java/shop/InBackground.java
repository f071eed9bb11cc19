package shop;

import io.tracestore.FlowRecorder;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceWriter;
import io.tracestore.spi.WriterListener;
import io.tracestore.spi.WriterOptions;
import java.util.List;

/** Records without waiting for the store. */
public final class InBackground {
  private InBackground() {}

  /** Prints why something could not be stored. */
  private static final class Losses implements WriterListener {
    @Override
    public void traceNotWritten(FlowTrace trace, TraceStoreException cause) {
      System.err.println(cause.getMessage());
    }

    @Override
    public void eventsNotWritten(TraceId id, List<TraceEvent> events, TraceStoreException cause) {
      System.err.println(cause.getMessage());
    }
  }

  /** Records {@code runs} runs of the flow "tick". */
  public static void record(TraceStore store, int runs) {
    WriterOptions options = WriterOptions.builder(new Losses()).build();
    try (TraceWriter writer = store.writer(options)) {
      for (int run = 0; run < runs; run++) {
        FlowRecorder flow = FlowRecorder.start(writer, "tick");
        flow.actor("clock").started().record();
        flow.complete();
      }
    } // waits until all is stored, for 30 s at most; the listener gets the rest
  }
}
