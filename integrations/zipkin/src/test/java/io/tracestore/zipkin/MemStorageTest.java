package io.tracestore.zipkin;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStore;

class MemStorageTest extends StorageContract {
  @Override
  TraceStore open() {
    return TraceStores.open("mem:");
  }
}
