package io.tracestore.provider.postgresql.write;

import io.tracestore.provider.support.IdentityField;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The stored state of a trace, as far as a write needs it; its row is locked.
 *
 * @param header the part of the header that never changes; null if no header is stored
 * @param startHour the start hour under which its events are stored
 * @param facets the numbers of the actors and types of its events
 * @param terms those of the data of its events, and of events that were replaced
 * @param lastEventId the greatest id of its events; null if there are none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and copied nowhere
record StoredTrace(
    @Nullable Identity header,
    int startHour,
    int[] facets,
    long[] terms,
    @Nullable UUID lastEventId) {
  /** The same trace with its events in another place. */
  StoredTrace at(int hour) {
    return new StoredTrace(header, hour, facets, terms, lastEventId);
  }

  /** The parts of a stored header that decide what a new one does. */
  record Identity(long startNs, UUID executionId, String flowId, boolean terminal) {
    boolean isOf(HeaderRow row) {
      return startNs == row.startNs()
          && executionId.equals(row.executionId())
          && flowId.equals(row.flowId());
    }

    Set<IdentityField> differingFrom(HeaderRow row) {
      return IdentityField.differing(
          flowId.equals(row.flowId()),
          executionId.equals(row.executionId()),
          startNs == row.startNs());
    }
  }
}
