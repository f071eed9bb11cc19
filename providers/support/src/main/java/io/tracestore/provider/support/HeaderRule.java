package io.tracestore.provider.support;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreConflictException;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The upsert rule of all stores: the last header wins, but an unfinished one never replaces a
 * finished one, and flow id, execution id and start never change. Events are stored in any case but
 * {@link #REFUSE}.
 */
public enum HeaderRule {
  /** The incoming header is stored. */
  REPLACE,

  /** The stored header stays. */
  KEEP,

  /** Nothing of the write is stored; it fails with {@link #conflict}. */
  REFUSE;

  /**
   * Decides on an incoming header for a trace that has one.
   *
   * @param sameIdentity whether the stored flow id, execution id and start are the incoming ones
   * @param storedIsTerminal whether the stored status is terminal
   */
  public static HeaderRule decide(
      boolean sameIdentity, boolean storedIsTerminal, FlowTrace incoming) {
    if (!sameIdentity) {
      return REFUSE;
    }
    return storedIsTerminal && !incoming.status().kind().isTerminal() ? KEEP : REPLACE;
  }

  /**
   * Decides on an incoming header.
   *
   * @param stored the stored header; null if only events are stored, or nothing
   */
  public static HeaderRule decide(@Nullable FlowTrace stored, FlowTrace incoming) {
    return stored == null
        ? REPLACE
        : decide(stored.hasIdentityOf(incoming), stored.status().kind().isTerminal(), incoming);
  }

  /**
   * Whether {@code incoming} is stored as the header.
   *
   * @param stored the stored header; null if only events are stored, or nothing
   * @throws StoreConflictException if the incoming one has another flow, execution or start
   */
  public static boolean replaces(@Nullable FlowTrace stored, FlowTrace incoming) {
    HeaderRule decision = decide(stored, incoming);
    if (stored != null && decision == REFUSE) {
      throw conflict(incoming, IdentityField.differing(stored, incoming));
    }
    return decision == REPLACE;
  }

  /**
   * The error of a trace stored again with another flow, execution or start.
   *
   * @param differing the fields that are stored with another value
   */
  public static StoreConflictException conflict(
      FlowTrace incoming, Collection<IdentityField> differing) {
    String fields =
        differing.stream()
            .map(IdentityField::toString)
            .collect(Collectors.joining(" and another "));
    return new StoreConflictException(
        "trace %s is stored with another %s, and no write changes that; give this trace an id of its own, or delete the stored one first"
            .formatted(incoming.traceId(), fields),
        null);
  }
}
