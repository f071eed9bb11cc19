package io.tracestore.view;

import io.tracestore.spi.analytics.ActorEdge;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Places actors in layers from left to right, each behind those that send to it (Sugiyama's
 * method). Edges that close a cycle do not count for the layers. An edge over several layers gets a
 * place in each layer between, so that it goes around the actors there. Within a layer, the order
 * is the mean place of the neighbours (barycentres), a few times in each direction.
 */
final class GraphLayout {
  private static final int SWEEPS = 4;

  /**
   * A place.
   *
   * @param layer from 0, the leftmost
   * @param index from 0, the topmost of its layer
   */
  record Place(int layer, int index) {}

  /** Member of a layer: an actor, or the passage of an edge. */
  private record Cell(String actor, int edge, int layer) {
    static Cell of(String actor) {
      return new Cell(actor, -1, -1);
    }
  }

  private final List<ActorEdge> edges;
  private final Map<String, List<String>> successors = new LinkedHashMap<>();
  private final Set<ActorEdge> backward = new HashSet<>();
  private final Map<String, Integer> layers = new HashMap<>();
  private final List<List<Cell>> order = new ArrayList<>();
  private final Map<Cell, List<Cell>> left = new HashMap<>();
  private final Map<Cell, List<Cell>> right = new HashMap<>();

  GraphLayout(List<ActorEdge> edges) {
    this.edges = edges;
    for (ActorEdge edge : edges) {
      successors.computeIfAbsent(edge.from(), actor -> new ArrayList<>()).add(edge.to());
      successors.computeIfAbsent(edge.to(), actor -> new ArrayList<>());
    }
    List<String> sorted = sortedWithoutCycles();
    setLayers(sorted);
    addCells(sorted);
    for (int i = 0; i < SWEEPS; i++) {
      order.forEach(layer -> arrange(layer, left));
      order.reversed().forEach(layer -> arrange(layer, right));
    }
  }

  /** The actors, senders first; what would close a cycle becomes {@link #backward}. */
  private List<String> sortedWithoutCycles() {
    Set<String> done = new HashSet<>();
    Set<String> open = new HashSet<>();
    Deque<String> finished = new ArrayDeque<>();
    List<String> starts = new ArrayList<>(successors.keySet());
    Set<String> receivers = new HashSet<>();
    edges.stream()
        .filter(edge -> !edge.from().equals(edge.to()))
        .forEach(e -> receivers.add(e.to()));
    starts.sort(Comparator.comparing(receivers::contains));
    for (String start : starts) {
      Deque<String> path = new ArrayDeque<>();
      path.push(start);
      while (!path.isEmpty()) {
        String at = path.peek();
        if (done.contains(at)) {
          path.pop();
        } else if (open.add(at)) {
          for (String next : successors.getOrDefault(at, List.of())) {
            if (!open.contains(next)) {
              path.push(next);
            }
          }
        } else {
          path.pop();
          done.add(at);
          finished.push(at);
        }
      }
    }
    List<String> sorted = new ArrayList<>(finished);
    Map<String, Integer> rank = new HashMap<>();
    sorted.forEach(actor -> rank.put(actor, rank.size()));
    for (ActorEdge edge : edges) {
      if (rankOf(rank, edge.to()) <= rankOf(rank, edge.from())) {
        backward.add(edge);
      }
    }
    return sorted;
  }

  private static int rankOf(Map<String, Integer> rank, String actor) {
    return rank.getOrDefault(actor, 0);
  }

  private void setLayers(List<String> sorted) {
    Map<String, List<ActorEdge>> bySender = new HashMap<>();
    edges.forEach(e -> bySender.computeIfAbsent(e.from(), actor -> new ArrayList<>()).add(e));
    for (String actor : sorted) {
      int layer = layerOf(actor);
      layers.put(actor, layer);
      for (ActorEdge edge : bySender.getOrDefault(actor, List.of())) {
        if (!backward.contains(edge)) {
          layers.merge(edge.to(), layer + 1, Math::max);
        }
      }
    }
  }

  private int layerOf(String actor) {
    return layers.getOrDefault(actor, 0);
  }

  private void addCells(List<String> sorted) {
    for (String actor : sorted) {
      layer(layerOf(actor)).add(Cell.of(actor));
    }
    for (int i = 0; i < edges.size(); i++) {
      ActorEdge edge = edges.get(i);
      if (backward.contains(edge)) {
        continue;
      }
      Cell before = Cell.of(edge.from());
      for (int layer = layerOf(edge.from()) + 1; layer < layerOf(edge.to()); layer++) {
        Cell passage = new Cell("", i, layer);
        layer(layer).add(passage);
        connect(before, passage);
        before = passage;
      }
      connect(before, Cell.of(edge.to()));
    }
  }

  private List<Cell> layer(int layer) {
    while (order.size() <= layer) {
      order.add(new ArrayList<>());
    }
    return order.get(layer);
  }

  private void connect(Cell from, Cell to) {
    right.computeIfAbsent(from, cell -> new ArrayList<>()).add(to);
    left.computeIfAbsent(to, cell -> new ArrayList<>()).add(from);
  }

  private void arrange(List<Cell> layer, Map<Cell, List<Cell>> neighbours) {
    Map<Cell, Double> means = new HashMap<>();
    for (int i = 0; i < layer.size(); i++) {
      Cell cell = layer.get(i);
      double own = (i + 0.5) / layer.size();
      means.put(
          cell,
          neighbours.getOrDefault(cell, List.of()).stream()
              .mapToDouble(this::relativePlace)
              .average()
              .orElse(own));
    }
    layer.sort(Comparator.comparingDouble(cell -> means.getOrDefault(cell, 0.0)));
  }

  private double relativePlace(Cell cell) {
    List<Cell> layer = order.get(layerOf(cell));
    return (layer.indexOf(cell) + 0.5) / layer.size();
  }

  private int layerOf(Cell cell) {
    return cell.edge() < 0 ? layerOf(cell.actor()) : cell.layer();
  }

  /** The actors and where they stand. */
  Map<String, Place> actors() {
    Map<String, Place> places = new LinkedHashMap<>();
    for (int layer = 0; layer < order.size(); layer++) {
      List<Cell> cells = order.get(layer);
      for (int i = 0; i < cells.size(); i++) {
        if (cells.get(i).edge() < 0) {
          places.put(cells.get(i).actor(), new Place(layer, i));
        }
      }
    }
    return places;
  }

  /** The places between its two actors that the edge goes through; none for a backward one. */
  List<Place> passages(ActorEdge edge) {
    int index = edges.indexOf(edge);
    List<Place> places = new ArrayList<>();
    for (int layer = 0; layer < order.size(); layer++) {
      int at = order.get(layer).indexOf(new Cell("", index, layer));
      if (at >= 0) {
        places.add(new Place(layer, at));
      }
    }
    return places;
  }

  /** Whether the edge goes from right to left, or from an actor to itself. */
  boolean isBackward(ActorEdge edge) {
    return backward.contains(edge);
  }

  int layers() {
    return order.size();
  }

  /** How many places the layer has. */
  int size(int layer) {
    return order.get(layer).size();
  }
}
