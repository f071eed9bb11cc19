/** Code that providers share and that is neither a format nor a database language. */
module io.tracestore.provider.support {
  requires static transitive org.jspecify;
  requires transitive io.tracestore.spi;
  requires static org.jooq; // of those that have it

  exports io.tracestore.provider.support;
  exports io.tracestore.provider.support.call;
  exports io.tracestore.provider.support.index;
  exports io.tracestore.provider.support.read;
  exports io.tracestore.provider.support.write;
}
