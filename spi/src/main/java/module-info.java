/** The values of a flow trace and the interfaces between applications, stores and providers. */
@SuppressWarnings("module") // io.tracestore is built after this module
module io.tracestore.spi {
  requires static transitive org.jspecify;

  exports io.tracestore.model;
  exports io.tracestore.spi;
  exports io.tracestore.spi.internal to
      io.tracestore;
}
