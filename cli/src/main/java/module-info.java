/** The {@code tracestore} command. */
module io.tracestore.cli {
  requires static transitive org.jspecify;
  requires io.tracestore;
  requires io.tracestore.codec;
  requires io.tracestore.migration;
  requires io.tracestore.provider.sqlite;
  requires io.tracestore.server;
  requires io.tracestore.view;
  requires info.picocli;
  requires me.tongfei.progressbar;
  requires org.jline.terminal;

  opens io.tracestore.cli to
      info.picocli;
}
