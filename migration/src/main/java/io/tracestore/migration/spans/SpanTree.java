package io.tracestore.migration.spans;

import io.tracestore.migration.spans.Span.Annotation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The spans of one trace, each below the one that called it. */
final class SpanTree {
  private final List<SpanNode> nodes = new ArrayList<>();
  private final Map<String, List<SpanNode>> byId = new HashMap<>();
  private final SpanNode root;

  /**
   * @param spans all spans of one trace, none twice, in an order that does not depend on the file's
   */
  SpanTree(List<Span> spans) {
    Map<List<Object>, Integer> occurrences = new HashMap<>();
    for (Span span : spans) {
      int occurrence = occurrences.merge(identity(span), 1, Integer::sum) - 1;
      SpanNode node = new SpanNode(span, occurrence);
      nodes.add(node);
      byId.computeIfAbsent(span.id(), id -> new ArrayList<>()).add(node);
    }
    byId.values().forEach(SpanTree::findSharedHalves);
    nodes.forEach(node -> node.parent = parentOf(node));
    cutCycles();
    this.root = findRoot();
    findTimes();
  }

  private static List<Object> identity(Span span) {
    return List.of(span.id(), span.shared(), String.valueOf(span.kind()), span.place());
  }

  /** Every node, in the order of the spans. */
  List<SpanNode> nodes() {
    return nodes;
  }

  /** Where the trace began. */
  SpanNode root() {
    return root;
  }

  /** Some report shared halves without saying so. */
  private static void findSharedHalves(List<SpanNode> sameId) {
    boolean hasSender = sameId.stream().anyMatch(node -> node.span.isSender());
    for (SpanNode node : sameId) {
      node.isSharedHalf = node.span.shared() || (hasSender && node.span.isReceiver());
    }
  }

  private @Nullable SpanNode parentOf(SpanNode node) {
    if (node.isSharedHalf) {
      for (SpanNode other : byId.getOrDefault(node.span.id(), List.of())) {
        if (!other.isSharedHalf) {
          return other;
        }
      }
    }
    String parentId = node.span.parentId();
    List<SpanNode> candidates =
        parentId == null ? List.of() : byId.getOrDefault(parentId, List.of());
    return candidates.stream()
        .filter(candidate -> candidate != node)
        .max(nearestTo(node))
        .orElse(null);
  }

  /** A half in the same service first, then a receiving half, then the last that began before. */
  private static Comparator<SpanNode> nearestTo(SpanNode node) {
    Comparator<SpanNode> bySame =
        Comparator.comparing(
            other -> node.span.service() != null && other.actor().equals(node.actor()));
    return bySame
        .thenComparing(other -> other.isSharedHalf)
        .thenComparing(other -> began(other) <= began(node))
        .thenComparingLong(SpanTree::began);
  }

  private static long began(SpanNode node) {
    Long timestamp = node.span.timestamp();
    return timestamp == null ? 0 : timestamp;
  }

  /** Makes one node of every cycle a top one. */
  private void cutCycles() {
    Set<SpanNode> leadToTop = new HashSet<>();
    for (SpanNode node : nodes) {
      Set<SpanNode> path = new HashSet<>();
      SpanNode at = node;
      while (at.parent != null && !leadToTop.contains(at.parent)) {
        path.add(at);
        if (path.contains(at.parent)) {
          at.parent = null;
        } else {
          at = at.parent;
        }
      }
      leadToTop.addAll(path);
      leadToTop.add(node);
    }
  }

  private SpanNode findRoot() {
    Comparator<SpanNode> order =
        Comparator.comparing((SpanNode node) -> node.span.parentId() != null)
            .thenComparing(node -> node.span.timestamp() == null)
            .thenComparingLong(SpanTree::began);
    return nodes.stream().filter(node -> node.parent == null).min(order).orElseThrow();
  }

  private void findTimes() {
    long first =
        nodes.stream()
            .map(node -> node.span.timestamp())
            .filter(timestamp -> timestamp != null)
            .mapToLong(Long::longValue)
            .min()
            .orElse(0);
    for (SpanNode node : nodes) {
      node.timestamp = timeOf(node, first);
    }
  }

  /** As reported, else that of its first annotation, of its nearest ancestor, of the trace. */
  private static long timeOf(SpanNode node, long first) {
    for (SpanNode at = node; at != null; at = at.parent) {
      Long timestamp = at.span.timestamp();
      if (timestamp != null) {
        return timestamp;
      }
      OptionalLong annotated =
          at.span.annotations().stream()
              .map(Annotation::timestamp)
              .filter(Objects::nonNull)
              .mapToLong(Long::longValue)
              .min();
      if (annotated.isPresent()) {
        return annotated.getAsLong();
      }
    }
    return first;
  }
}
