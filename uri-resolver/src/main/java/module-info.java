/** Opens trace stores by URI: {@link io.tracestore.TraceStores} is the one class to import. */
module io.tracestore {
  requires static transitive org.jspecify;
  requires transitive io.tracestore.spi;
  requires java.management;

  exports io.tracestore;

  uses io.tracestore.spi.TraceStoreProvider;
}
