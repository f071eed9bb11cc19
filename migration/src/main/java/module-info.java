/**
 * Imports traces from files and in pieces, exports them and reads them back, and generates samples.
 */
@SuppressWarnings(
    "module") // the server, the storage for Zipkin and the command are built after this module
module io.tracestore.migration {
  requires static transitive org.jspecify;
  requires transitive io.tracestore.spi;
  requires io.tracestore.codec;
  requires com.github.luben.zstd_jni;
  requires com.google.protobuf;
  requires io.opentelemetry.proto;
  requires java.sql;
  requires tools.jackson.core;

  exports io.tracestore.migration;
  exports io.tracestore.migration.files to
      io.tracestore.cli;
  exports io.tracestore.migration.otlp to
      io.tracestore.opentelemetry,
      io.tracestore.server,
      io.tracestore.zipkin;
  exports io.tracestore.migration.pieces to
      io.tracestore.opentelemetry,
      io.tracestore.server,
      io.tracestore.zipkin;
  exports io.tracestore.migration.spans to
      io.tracestore.opentelemetry,
      io.tracestore.server,
      io.tracestore.zipkin;
  exports io.tracestore.migration.zipkin to
      io.tracestore.server,
      io.tracestore.zipkin;
}
