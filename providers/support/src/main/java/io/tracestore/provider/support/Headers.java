package io.tracestore.provider.support;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreConflictException;

/** The rules of {@link io.tracestore.spi.TraceStore} for storing a trace's header again. */
public final class Headers {
  private Headers() {}

  /**
   * Whether the header of {@code incoming} takes the place of the stored one: always, unless that
   * is finished and the new one is not.
   *
   * @param storedIsTerminal whether the stored status is terminal
   */
  public static boolean replaces(boolean storedIsTerminal, FlowTrace incoming) {
    return !storedIsTerminal || incoming.status().kind().isTerminal();
  }

  /** The error of a trace stored again with another flow, execution or start. */
  public static StoreConflictException conflict(FlowTrace incoming) {
    return new StoreConflictException(
        "trace %s is stored with another flow id, execution id or start time; these never change"
            .formatted(incoming.traceId()),
        null);
  }
}
