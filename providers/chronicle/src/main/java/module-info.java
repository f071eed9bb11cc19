/** Keeps traces in a Chronicle Map. */
module io.tracestore.provider.chronicle {
  requires static transitive org.jspecify;
  requires transitive io.tracestore.spi;
  requires io.tracestore.codec;
  requires io.tracestore.provider.support;
  requires chronicle.map;

  exports io.tracestore.provider.chronicle;

  provides io.tracestore.spi.TraceStoreProvider with
      io.tracestore.provider.chronicle.ChronicleTraceStoreProvider;
}
