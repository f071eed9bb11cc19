package io.tracestore.provider.clickhouse;

/** How what is sent to the server, and what it answers, is compressed on the way. */
public enum Compression {
  /** Fast; both ways. */
  LZ4,
  /** Smaller, for slow networks; what is sent. Answers come as LZ4. */
  ZSTD,
  /** Not at all; for a server on the same machine. */
  NONE
}
