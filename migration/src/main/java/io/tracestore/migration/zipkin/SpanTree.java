package io.tracestore.migration.zipkin;

import io.tracestore.migration.zipkin.ZipkinSpan.Annotation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
  SpanTree(List<ZipkinSpan> spans) {
    Map<List<Object>, Integer> occurrences = new HashMap<>();
    for (ZipkinSpan span : spans) {
      int occurrence = occurrences.merge(identity(span), 1, Integer::sum) - 1;
      SpanNode node = new SpanNode(span, occurrence);
      nodes.add(node);
      byId.computeIfAbsent(span.id(), id -> new ArrayList<>()).add(node);
    }
    nodes.forEach(node -> node.parent = parentOf(node));
    nodes.forEach(this::cutCycle);
    this.root = findRoot();
    findTimes();
  }

  private static List<Object> identity(ZipkinSpan span) {
    return List.of(
        span.id(),
        Boolean.TRUE.equals(span.shared()),
        String.valueOf(span.kind()),
        String.valueOf(span.localEndpoint()));
  }

  /** Every node, in the order of the spans. */
  List<SpanNode> nodes() {
    return nodes;
  }

  /** Where the trace began. */
  SpanNode root() {
    return root;
  }

  private @Nullable SpanNode parentOf(SpanNode node) {
    List<SpanNode> sameId = byId.getOrDefault(node.span.id(), List.of());
    if (node.isSharedHalf(sameId)) {
      for (SpanNode other : sameId) {
        if (other != node && !other.isSharedHalf(sameId)) {
          return other;
        }
      }
    }
    String parentId = node.span.parentId();
    List<SpanNode> candidates = parentId == null ? List.of() : byId.getOrDefault(parentId, List.of());
    return candidates.stream()
        .filter(candidate -> candidate != node)
        .max(nearestTo(node))
        .orElse(null);
  }

  /** A half in the same service first, then a receiving half, then the last that began before. */
  private Comparator<SpanNode> nearestTo(SpanNode node) {
    Comparator<SpanNode> bySame =
        Comparator.comparing(
            other -> node.span.service() != null && other.actor().equals(node.actor()));
    return bySame
        .thenComparing(other -> other.isSharedHalf(byId.getOrDefault(other.span.id(), List.of())))
        .thenComparing(other -> began(other) <= began(node))
        .thenComparing(SpanTree::began);
  }

  private static long began(SpanNode node) {
    Long timestamp = node.span.timestamp();
    return timestamp == null ? 0 : timestamp;
  }

  /** Makes a node a top one if its ancestors lead back to it. */
  private void cutCycle(SpanNode node) {
    Set<SpanNode> seen = new HashSet<>();
    for (SpanNode at = node; at != null && seen.add(at); at = at.parent) {
      if (at.parent == node) {
        node.parent = null;
      }
    }
  }

  private SpanNode findRoot() {
    Comparator<SpanNode> order =
        Comparator.comparing((SpanNode node) -> node.span.parentId() != null)
            .thenComparing(node -> node.span.timestamp() == null)
            .thenComparing(SpanTree::began);
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
    Set<SpanNode> seen = new HashSet<>();
    for (SpanNode at = node; at != null && seen.add(at); at = at.parent) {
      Long timestamp = at.span.timestamp();
      if (timestamp != null) {
        return timestamp;
      }
      if (!at.span.annotations().isEmpty()) {
        return at.span.annotations().stream().mapToLong(Annotation::timestamp).min().orElseThrow();
      }
    }
    return first;
  }
}
