package io.tracestore.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.jspecify.annotations.Nullable;

/** Promises 3 and 4 for any combination of filters, pages and headers only. */
abstract class FilterProperties {
  private static final int TRACES = 150;

  private final List<FlowTrace> traces = FilterDimension.traces(3, TRACES);
  private KitStore kitStore;

  abstract StoreFixture fixture();

  @BeforeProperty
  void fillStore() {
    kitStore = KitStore.open(fixture());
    kitStore.store().storeTraces(traces);
  }

  @AfterProperty
  void removeStore() {
    kitStore.close();
  }

  /** One value, by number, for some of the filters. */
  @Provide
  Arbitrary<Map<FilterDimension, Integer>> filters() {
    return Arbitraries.maps(
            Arbitraries.of(FilterDimension.class), Arbitraries.integers().between(0, 11))
        .ofMaxSize(4);
  }

  /**
   * A page of a query: limit (or none), offset, number of the trace after which it begins (or
   * none), and whether with events.
   */
  record Page(@Nullable Integer limit, int offset, @Nullable Integer after, boolean withEvents) {}

  @Provide
  Arbitrary<Page> page() {
    return Combinators.combine(
            Arbitraries.integers().between(1, TRACES + 1).injectNull(0.2),
            Arbitraries.integers()
                .between(0, TRACES + 1)
                .injectNull(0.7)
                .map(n -> n == null ? 0 : n),
            Arbitraries.integers().between(0, TRACES - 1).injectNull(0.7),
            Arbitraries.of(true, false))
        .as(Page::new);
  }

  @Property(
      tries = ConfiguredTries.MANY,
      generation = GenerationMode.RANDOMIZED,
      edgeCases = EdgeCasesMode.NONE)
  @AddLifecycleHook(ConfiguredTries.class)
  void anyQueryIsAnsweredAsItsDefinitionSays(
      @ForAll("filters") Map<FilterDimension, Integer> filters, @ForAll("page") Page page) {
    TraceQuery query = query(filters, page);
    List<FlowTrace> matching =
        traces.stream().filter(query::matches).sorted(FlowTrace.NEWEST_FIRST).toList();
    List<FlowTrace> behind =
        matching.stream()
            .filter(trace -> query.after() == null || query.after().isBefore(trace))
            .skip(query.offset())
            .map(trace -> query.withEvents() ? trace : trace.withEvents(List.of()))
            .toList();
    assertThat(kitStore.store().count(query)).isEqualTo(matching.size());
    assertThat(kitStore.store().queryTraces(query))
        .isEqualTo(behind.stream().limit(query.limitOrDefault()).toList());
    assertThat(cursor(query))
        .isEqualTo(query.limit() == null ? behind : behind.stream().limit(query.limit()).toList());
  }

  private TraceQuery query(Map<FilterDimension, Integer> filters, Page page) {
    TraceQuery.Builder builder = TraceQuery.builder();
    filters.forEach((dimension, number) -> {
      if (dimension == FilterDimension.ERROR && filters.containsKey(FilterDimension.STATUS)) {
        return;
      }
      if (dimension == FilterDimension.LONGEST && filters.containsKey(FilterDimension.DURATION)) {
        return; // a query whose bounds contradict each other cannot be built
      }
      List<FilterDimension.Filter> choices = dimension.choices();
      choices.get(number % choices.size()).addTo(builder);
    });
    if (page.after() != null) {
      builder.after(TraceQuery.Position.of(traces.get(page.after())));
    }
    return builder.limit(page.limit()).offset(page.offset()).withEvents(page.withEvents()).build();
  }

  private List<FlowTrace> cursor(TraceQuery query) {
    List<FlowTrace> read = new ArrayList<>();
    try (TraceCursor cursor = kitStore.store().openCursor(query)) {
      cursor.forEachRemaining(read::add);
    }
    return read;
  }
}
