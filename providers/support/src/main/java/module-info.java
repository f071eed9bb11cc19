/** What providers share that is neither a format nor a database language. */
module io.tracestore.provider.support {
  requires static transitive org.jspecify;
  requires transitive io.tracestore.spi;

  exports io.tracestore.provider.support;
}
