package io.tracestore.migration;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Exact counts of an import.
 *
 * @param read traces read
 * @param stored traces stored, those that were there before included
 * @param storedEvents events of the stored traces
 * @param rejected things not stored: traces, parts of traces, and files not read to their end
 * @param firstRejections the first {@value #SHOWN_REJECTIONS} of them
 * @param passedOver how many things were read that are no part of a trace, such as {@code metrics}
 */
public record ImportReport(
    long read,
    long stored,
    long storedEvents,
    long rejected,
    List<Rejection> firstRejections,
    Map<String, Long> passedOver) {
  /** How many rejections a report holds; a listener gets all. */
  public static final int SHOWN_REJECTIONS = 100;

  public ImportReport {
    firstRejections = List.copyOf(firstRejections);
    passedOver = Collections.unmodifiableMap(new TreeMap<>(passedOver));
  }

  /** Whether everything in the files is stored now. */
  public boolean isComplete() {
    return rejected == 0;
  }
}
