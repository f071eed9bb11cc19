package io.tracestore.provider.redis;

/** Whether the servers are a Redis Cluster. */
public enum ClusterMode {
  /** Ask the first server. */
  AUTO,
  /** They are; the hosts are some of its nodes. */
  ON,
  /** They are not. */
  OFF
}
