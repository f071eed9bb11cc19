/** Keeps traces in ClickHouse. */
module io.tracestore.provider.clickhouse {
  requires static transitive org.jspecify;
  requires transitive io.tracestore.spi;
  requires io.tracestore.codec;
  requires io.tracestore.provider.support;
  requires com.clickhouse.data;
  requires client.v2;
  requires com.github.luben.zstd_jni;

  exports io.tracestore.provider.clickhouse;

  provides io.tracestore.spi.TraceStoreProvider with
      io.tracestore.provider.clickhouse.ClickHouseTraceStoreProvider;
}
