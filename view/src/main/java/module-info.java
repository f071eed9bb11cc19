/** Shows traces to people: as HTML, and the parts that every view of a trace shares. */
@SuppressWarnings("module") // they are built after this module
module io.tracestore.view {
  requires static transitive org.jspecify;
  requires transitive io.tracestore.spi;
  requires io.tracestore.codec;
  requires io.tracestore.provider.support;
  requires com.j2html;

  exports io.tracestore.view to
      io.tracestore.cli,
      io.tracestore.server;
}
