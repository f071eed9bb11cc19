package io.tracestore.migration;

import java.util.List;

/**
 * What an import did, exactly.
 *
 * @param read traces read
 * @param stored traces stored, those that were there before included
 * @param storedEvents events of the stored traces
 * @param rejected things not stored: traces, parts of traces, and files not read to their end
 * @param firstRejections the first {@value #SHOWN_REJECTIONS} of them
 */
public record ImportReport(
    long read, long stored, long storedEvents, long rejected, List<Rejection> firstRejections) {
  /** How many rejections a report holds; a listener is told all. */
  public static final int SHOWN_REJECTIONS = 100;

  public ImportReport {
    firstRejections = List.copyOf(firstRejections);
  }

  /** Whether everything in the files is stored now. */
  public boolean isComplete() {
    return rejected == 0;
  }
}
