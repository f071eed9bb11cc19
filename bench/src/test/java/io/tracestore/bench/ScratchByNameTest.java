package io.tracestore.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.TraceStores;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.config.StoreUri;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backend that the benchmarks do not know is measured where its URI says. */
class ScratchByNameTest {
  @TempDir private Path folder;

  @Test
  void the_name_of_a_place_is_put_where_the_uri_has_the_mark() {
    Scratch.Places places =
        ScratchByName.of(StoreUri.parse("acme://host/{scratch}/x?prefix={scratch}_&size=1"));

    assertThat(places.uri("here"))
        .isEqualTo(StoreUri.parse("acme://host/here/x?prefix=here_&size=1"));
  }

  @Test
  void a_place_is_empty_after_it_was_removed() {
    Scratch.Places places = ScratchByName.of(StoreUri.parse("sqlite:" + folder + "/{scratch}.db"));
    try (TraceStore store = TraceStores.open(places.uri("here"))) {
      store.storeTraces(Workload.load().traces(0, 10));
    }

    places.remove("here");

    try (TraceStore store = TraceStores.open(places.uri("here"))) {
      assertThat(store.count(TraceQuery.ALL)).isZero();
    }
  }

  @Test
  void a_persistent_store_without_the_mark_is_refused() {
    StoreUri own = StoreUri.parse("sqlite:" + folder.resolve("own.db"));

    assertThatThrownBy(() -> ScratchByName.of(own))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage(
            "bench must not write into your data: put {scratch} into '%s' where a scratch place is"
                + " named",
            own);
  }

  @Test
  void a_store_that_keeps_nothing_needs_no_mark() {
    StoreUri memory = StoreUri.parse("mem:");

    assertThat(ScratchByName.of(memory).uri("here")).isEqualTo(memory);
  }
}
