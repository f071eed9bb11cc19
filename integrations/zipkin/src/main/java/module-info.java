/** Lets a Zipkin server, and all that speaks its API, write into any store and read from it. */
module io.tracestore.zipkin {
  requires static transitive org.jspecify;
  requires transitive io.tracestore.spi;
  requires transitive zipkin2;
  requires io.tracestore.codec;
  requires io.tracestore.migration;
  requires io.tracestore;
  requires static spring.beans;
  requires static spring.boot.autoconfigure;
  requires static spring.context;

  exports io.tracestore.zipkin;
}
