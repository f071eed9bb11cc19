package io.tracestore.spring;

import java.util.Map;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/** Where the traces are. A bean of this type goes before the properties {@code tracestore.*}. */
public interface TraceStoreConnectionDetails extends ConnectionDetails {
  /** The store, such as {@code sqlite:traces.db}. */
  String uri();

  /** Options of the store, beside those in the URI; plain, not percent-encoded. */
  default Map<String, String> options() {
    return Map.of();
  }
}
