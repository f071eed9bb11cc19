package io.tracestore.provider.clickhouse;

/** The compression of requests to the server and of its answers. */
public enum Compression {
  /** Fast; both ways. */
  LZ4,
  /** Smaller, for slow networks; what is sent. Answers come as LZ4. */
  ZSTD,
  /** No compression; for a server on the same machine. */
  NONE
}
