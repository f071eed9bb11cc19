package io.tracestore.migration;

import io.tracestore.model.TraceId;
import java.util.List;
import java.util.Objects;

/**
 * The comparison of two stores, trace by trace.
 *
 * <p>A digest does not depend on the order of traces: it is the sum, modulo 2<sup>256</sup>, of the
 * SHA-256 of each trace's line of Reflow's JSON, in hexadecimal.
 *
 * @param sourceTraces how many traces the source has
 * @param sourceEvents how many events in them
 * @param sourceDigest of them
 * @param targetTraces how many traces the target has of those, and of no others
 * @param targetEvents how many events in them
 * @param targetDigest of them
 * @param onlyInTarget how many traces the target has beyond; no difference
 * @param earlyTraces how many traces the source has of which only events are stored, and which were
 *     compared; in no other count and in no digest
 * @param earlyEvents how many events in them
 * @param different how many traces of the source, early ones included, are missing in the target or
 *     differ there
 * @param firstDifferences the first {@value #SHOWN_DIFFERENCES} of them
 */
public record VerificationReport(
    long sourceTraces,
    long sourceEvents,
    String sourceDigest,
    long targetTraces,
    long targetEvents,
    String targetDigest,
    long onlyInTarget,
    long earlyTraces,
    long earlyEvents,
    long different,
    List<Difference> firstDifferences) {
  /** How many differences a report names. */
  public static final int SHOWN_DIFFERENCES = 1000;

  /**
   * A trace that is not the same in both stores.
   *
   * @param traceId which
   * @param what differs, in one line
   */
  public record Difference(TraceId traceId, String what) {
    public Difference {
      Objects.requireNonNull(traceId, "traceId");
      Objects.requireNonNull(what, "what");
    }
  }

  public VerificationReport {
    Objects.requireNonNull(sourceDigest, "sourceDigest");
    Objects.requireNonNull(targetDigest, "targetDigest");
    firstDifferences = List.copyOf(firstDifferences);
  }

  /** Whether the target has all traces of the source, equal to the last byte. */
  public boolean isEqual() {
    return different == 0 && sourceDigest.equals(targetDigest);
  }
}
