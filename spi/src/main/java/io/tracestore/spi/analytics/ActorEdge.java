package io.tracestore.spi.analytics;

import java.util.Comparator;
import java.util.Objects;

/**
 * The messages that one actor sent to another, or to itself, summed up. {@link ActorGraphQuery}
 * says which events count.
 *
 * @param from the sender's actor id
 * @param to the receiver's actor id
 * @param count how many messages, at least one
 * @param bytes the sum of their sizes; {@link Long#MAX_VALUE} if it is greater
 * @param errors how many of them carry an error
 */
public record ActorEdge(String from, String to, long count, long bytes, long errors) {
  /** By sender and receiver, as {@link String#compareTo} orders them. */
  public static final Comparator<ActorEdge> ORDER =
      Comparator.comparing(ActorEdge::from).thenComparing(ActorEdge::to);

  public ActorEdge {
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(to, "to");
  }
}
