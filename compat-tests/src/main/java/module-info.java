/** The compatibility kit: tells the author of a store whether it keeps the promises of all stores. */
open module io.tracestore.compat { // open: JUnit and jqwik find and call the tests reflectively
  requires static transitive org.jspecify;
  requires transitive io.tracestore;
  requires transitive net.jqwik.api;
  requires transitive org.junit.jupiter.api;
  requires org.assertj.core;
  requires org.junit.jupiter.params;

  exports io.tracestore.compat;
}
