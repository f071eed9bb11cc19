/** The Reflow JSON format, and the compact binary form for stores that keep blobs. */
module io.tracestore.codec {
  requires transitive io.tracestore.spi;
  requires static transitive org.jspecify;
  requires com.github.luben.zstd_jni;
  requires tools.jackson.core;

  exports io.tracestore.codec;
}
