/** Shows the metrics of trace stores to Micrometer. */
module io.tracestore.metrics.micrometer {
  requires static transitive org.jspecify;
  requires transitive io.tracestore.spi;
  requires transitive micrometer.core;

  exports io.tracestore.metrics.micrometer;
}
