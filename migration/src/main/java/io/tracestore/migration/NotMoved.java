package io.tracestore.migration;

import io.tracestore.model.TraceId;
import java.util.Objects;

/**
 * A trace that a migration did not move.
 *
 * @param traceId which
 * @param reason why, in one line
 */
public record NotMoved(TraceId traceId, String reason) {
  public NotMoved {
    Objects.requireNonNull(traceId, "traceId");
    Objects.requireNonNull(reason, "reason");
  }
}
