/** The {@code mem:} provider: traces on the heap of this JVM. */
module io.tracestore.provider.mem {
  requires static transitive org.jspecify;
  requires transitive io.tracestore.spi;
  requires io.tracestore.provider.support;

  exports io.tracestore.provider.mem;

  provides io.tracestore.spi.TraceStoreProvider with
      io.tracestore.provider.mem.MemTraceStoreProvider;
}
