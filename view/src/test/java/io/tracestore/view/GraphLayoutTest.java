package io.tracestore.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.view.GraphLayout.Place;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GraphLayoutTest {
  private static ActorEdge edge(String from, String to) {
    return new ActorEdge(from, to, 1, 0, 0);
  }

  @Test
  void a_receiver_stands_right_of_every_sender() {
    GraphLayout layout = new GraphLayout(List.of(edge("a", "b"), edge("b", "c"), edge("a", "c")));

    assertThat(layout.actors())
        .containsEntry("a", new Place(0, 0))
        .hasEntrySatisfying("b", place -> assertThat(place.layer()).isEqualTo(1))
        .containsEntry("c", new Place(2, 0));
  }

  @Test
  void an_edge_over_a_layer_passes_beside_the_actors_in_it() {
    ActorEdge over = edge("a", "c");
    GraphLayout layout = new GraphLayout(List.of(edge("a", "b"), edge("b", "c"), over));
    Map<String, Place> actors = layout.actors();

    assertThat(layout.passages(over)).hasSize(1).doesNotContain(actors.get("b"));
    assertThat(layout.size(1)).isEqualTo(2);
  }

  @Test
  void one_edge_of_a_cycle_goes_backward_and_so_does_a_loop() {
    ActorEdge back = edge("c", "a");
    ActorEdge loop = edge("b", "b");
    GraphLayout layout = new GraphLayout(List.of(edge("a", "b"), edge("b", "c"), back, loop));

    assertThat(layout.isBackward(back)).isTrue();
    assertThat(layout.isBackward(loop)).isTrue();
    assertThat(layout.layers()).isEqualTo(3);
  }

  @Test
  void every_actor_has_a_place_of_its_own() {
    List<ActorEdge> edges =
        List.of(edge("a", "b"), edge("a", "c"), edge("b", "d"), edge("c", "d"), edge("d", "a"));

    assertThat(new GraphLayout(edges).actors().values()).hasSize(4).doesNotHaveDuplicates();
  }
}
