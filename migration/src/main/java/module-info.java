/** Imports traces from files, exports them and reads them back, and generates samples. */
module io.tracestore.migration {
  requires static transitive org.jspecify;
  requires transitive io.tracestore.spi;
  requires io.tracestore.codec;
  requires com.github.luben.zstd_jni;
  requires com.google.protobuf;
  requires io.opentelemetry.proto;
  requires tools.jackson.core;

  exports io.tracestore.migration;
}
