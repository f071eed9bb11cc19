package io.tracestore.zipkin;

import io.tracestore.TraceStores;
import io.tracestore.migration.pieces.TracePieces;
import io.tracestore.spi.TraceStore;

/** The contract with traces whose headers are stored when a reader comes. */
class CompletedTracesTest extends StorageContract {
  @Override
  TraceStore open() {
    return TraceStores.open("mem:");
  }

  @Override
  void written(TracePieces pieces) {
    pieces.close();
  }
}
