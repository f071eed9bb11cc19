package io.tracestore.system.selftest;

import io.tracestore.spi.ForwardingTraceStore;
import io.tracestore.spi.TraceStore;

/** Passes every call on to another store, so that a defect is only what it does differently. */
class ForwardingStore extends ForwardingTraceStore {
  final TraceStore store;

  ForwardingStore(TraceStore store) {
    super(store);
    this.store = store;
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return type.isInstance(this) ? type.cast(this) : super.unwrap(type);
  }
}
