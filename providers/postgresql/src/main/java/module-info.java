/** The {@code postgresql:} provider: traces in a PostgreSQL database. */
module io.tracestore.provider.postgresql {
  requires static org.jspecify;
  requires transitive io.tracestore.spi;
  requires com.zaxxer.hikari;
  requires io.tracestore.codec;
  requires io.tracestore.provider.support;
  requires java.sql;
  requires org.jooq;
  requires org.postgresql.jdbc;

  exports io.tracestore.provider.postgresql;

  provides io.tracestore.spi.TraceStoreProvider with
      io.tracestore.provider.postgresql.PostgresTraceStoreProvider;
}
