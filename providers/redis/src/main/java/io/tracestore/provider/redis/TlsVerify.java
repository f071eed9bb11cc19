package io.tracestore.provider.redis;

/** The checks of a server's certificate. */
public enum TlsVerify {
  /** That a trusted authority made it, for the host that was asked. */
  FULL,
  /** That a trusted authority made it, for any host. */
  CA,
  /** Nothing: protects from listening, not from a false server. */
  NONE
}
