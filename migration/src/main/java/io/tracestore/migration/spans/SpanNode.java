package io.tracestore.migration.spans;

import io.tracestore.migration.spans.EventIds.Role;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A span, or one half of a shared one, at its place in the tree of its trace. */
final class SpanNode {
  /** How many of the nearest ancestors a start names; the others are theirs to name. */
  static final int MAX_CHAIN = 64;

  private static final String UNKNOWN = "unknown";

  final Span span;
  final EventIds ids;
  final EventId start;

  /** The span that called it; null at the top. */
  @Nullable SpanNode parent;

  /** When it began, in nanoseconds: as reported, or estimated from its other events. */
  long timestamp;

  /** Whether it is the receiving half of a span whose sending half may be there too. */
  boolean isSharedHalf;

  /** Whether it called another service of which a span is there. */
  boolean callsOtherService;

  private @Nullable List<EventId> chainBelow;

  SpanNode(Span span, int occurrence) {
    this.span = span;
    this.ids = new EventIds(span, occurrence);
    this.start = ids.of(Role.STARTED, 0);
  }

  /** The actor: the service it ran in. */
  String actor() {
    String service = span.service();
    return service != null ? service : UNKNOWN;
  }

  /** The causality of its start. */
  CausalityInfo causalityOfStart(SpanNode root) {
    return parent == null
        ? new CausalityInfo(null, root.start, List.of(), span.id())
        : new CausalityInfo(parent.start, root.start, parent.chainBelow(root), span.id());
  }

  /** The causality of what happens because it started, whose ancestors its start names. */
  CausalityInfo causalityBelow(SpanNode root, String spanId) {
    return new CausalityInfo(start, root.start, List.of(), spanId);
  }

  /** The starts between the root and what happens below this node: its ancestors and itself. */
  private List<EventId> chainBelow(SpanNode root) {
    if (chainBelow == null) {
      List<EventId> nearestFirst = new ArrayList<>();
      for (SpanNode node = this;
          node != null && node != root && nearestFirst.size() < MAX_CHAIN;
          node = node.parent) {
        nearestFirst.add(node.start);
      }
      chainBelow = List.copyOf(nearestFirst.reversed());
    }
    return chainBelow;
  }
}
