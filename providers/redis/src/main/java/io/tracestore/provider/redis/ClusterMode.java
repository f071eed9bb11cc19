package io.tracestore.provider.redis;

/** The ways to know whether the servers are a Redis Cluster. */
public enum ClusterMode {
  /** Ask the first server. */
  AUTO,
  /** They are; the hosts are some of its nodes. */
  ON,
  /** They are not. */
  OFF
}
