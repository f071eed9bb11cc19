package io.tracestore.spring;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.WriterListener;
import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Logs an error for each trace that was not stored, as Spring's own classes log. */
final class LoggingWriterListener implements WriterListener {
  private static final Log LOG = LogFactory.getLog(LoggingWriterListener.class);

  @Override
  public void traceNotWritten(FlowTrace trace, TraceStoreException cause) {
    LOG.error("trace %s was not stored: %s".formatted(trace.traceId(), cause.getMessage()), cause);
  }

  @Override
  public void eventsNotWritten(
      TraceId traceId, List<TraceEvent> events, TraceStoreException cause) {
    LOG.error(
        "%d events of trace %s were not stored: %s"
            .formatted(events.size(), traceId, cause.getMessage()),
        cause);
  }
}
