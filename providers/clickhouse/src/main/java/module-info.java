/** Keeps traces in ClickHouse. */
module io.tracestore.provider.clickhouse {
  requires static transitive org.jspecify;
  requires transitive io.tracestore.spi;
  requires io.tracestore.codec;
  requires io.tracestore.provider.support;
  requires com.clickhouse.data;
  requires client.v2;
  // Of the client, which is an automatic module and requires nothing.
  requires com.clickhouse.client;
  requires com.google.common;
  requires org.apache.commons.compress;
  requires org.apache.commons.lang3;
  requires java.sql;
  requires org.jooq;
  requires org.objectweb.asm;
  requires org.slf4j;
  requires com.github.luben.zstd_jni;

  exports io.tracestore.provider.clickhouse;

  provides io.tracestore.spi.TraceStoreProvider with
      io.tracestore.provider.clickhouse.ClickHouseTraceStoreProvider;
}
