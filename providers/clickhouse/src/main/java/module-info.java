/** Keeps traces in ClickHouse. */
module io.tracestore.provider.clickhouse {
  requires static transitive org.jspecify;
  requires transitive io.tracestore.spi;
  requires io.tracestore.codec;
  requires io.tracestore.provider.support;
  requires clickhouse.data;
  requires client.v2;

  exports io.tracestore.provider.clickhouse;

  provides io.tracestore.spi.TraceStoreProvider with
      io.tracestore.provider.clickhouse.ClickHouseTraceStoreProvider;
}
