/**
 * The compatibility kit: tells the author of a store whether it keeps the promises of all stores.
 */
module io.tracestore.compat {
  requires static transitive org.jspecify;
  requires transitive io.tracestore;
  requires transitive net.jqwik.api;
  requires transitive org.junit.jupiter.api;
  requires org.assertj.core;
  requires org.junit.jupiter.params;

  exports io.tracestore.compat;

  // JUnit and jqwik find and call the tests reflectively.
  opens io.tracestore.compat;
}
