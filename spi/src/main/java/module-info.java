/** The values of a flow trace and the interfaces between applications, stores and providers. */
@SuppressWarnings("module") // they are built after this module
module io.tracestore.spi {
  requires static transitive org.jspecify;

  exports io.tracestore.model;
  exports io.tracestore.spi;
  exports io.tracestore.spi.analytics;
  exports io.tracestore.spi.config;
  exports io.tracestore.spi.internal to
      io.tracestore,
      io.tracestore.codec,
      io.tracestore.migration,
      io.tracestore.cli,
      io.tracestore.server,
      io.tracestore.compat,
      io.tracestore.provider.support,
      io.tracestore.provider.mem,
      io.tracestore.provider.sqlite,
      io.tracestore.provider.postgresql,
      io.tracestore.provider.clickhouse,
      io.tracestore.provider.redis,
      io.tracestore.provider.chronicle;
}
