package io.tracestore.migration;

import java.util.List;

/**
 * The content of a file of traces, in numbers.
 *
 * @param traces how many traces
 * @param events how many events in them
 * @param customEventsLeftOut how many events of their traces are not in the file, since its layout
 *     leaves out custom events
 * @param unreadable how many traces of the store could not be read, and are not in the file
 * @param firstUnreadable the first {@value #SHOWN_UNREADABLE} of them
 */
public record BackupReport(
    long traces,
    long events,
    long customEventsLeftOut,
    long unreadable,
    List<NotMoved> firstUnreadable) {
  /** How many traces a report names that could not be read. */
  public static final int SHOWN_UNREADABLE = 1000;

  public BackupReport {
    firstUnreadable = List.copyOf(firstUnreadable);
  }

  /** Whether the file holds everything that was asked for; its layout may ask for less. */
  public boolean isComplete() {
    return unreadable == 0;
  }
}
