package io.tracestore.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The version of the flow that ran.
 *
 * @param major 0 to 4294967295
 * @param minor 0 to 4294967295
 * @param patch 0 to 4294967295
 * @param gitHash the commit it was built from, if known
 * @param timestamp when this version was made
 */
public record FlowVersion(
    long major, long minor, long patch, @Nullable String gitHash, Instant timestamp) {
  public FlowVersion {
    Checks.u32("version.major", major);
    Checks.u32("version.minor", minor);
    Checks.u32("version.patch", patch);
    if (gitHash != null) {
      Checks.text("version.gitHash", gitHash);
    }
    Checks.instant("version.timestamp", timestamp);
  }

  /** A version without a commit, made at the epoch. */
  public static FlowVersion of(long major, long minor, long patch) {
    return new FlowVersion(major, minor, patch, null, Instant.EPOCH);
  }
}
