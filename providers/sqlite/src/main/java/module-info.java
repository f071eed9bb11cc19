/** The {@code sqlite:} provider: traces in a SQLite file. */
module io.tracestore.provider.sqlite {
  requires static org.jspecify;
  requires transitive io.tracestore.spi;
  requires io.tracestore.codec;
  requires io.tracestore.provider.support;
  requires java.sql;
  requires org.jooq;
  requires org.xerial.sqlitejdbc;

  exports io.tracestore.provider.sqlite;

  provides io.tracestore.spi.TraceStoreProvider with
      io.tracestore.provider.sqlite.SqliteTraceStoreProvider;
}
