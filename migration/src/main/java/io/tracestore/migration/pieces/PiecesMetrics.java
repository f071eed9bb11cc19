package io.tracestore.migration.pieces;

/**
 * Numbers of a {@link TracePieces} since it was made.
 *
 * @param spans how many spans were stored
 * @param completed how many traces were completed
 * @param failures how many attempts to complete a trace failed
 * @param incomplete how many traces are not complete now
 */
public record PiecesMetrics(long spans, long completed, long failures, int incomplete) {}
