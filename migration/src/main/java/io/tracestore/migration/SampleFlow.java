package io.tracestore.migration;

import java.util.List;

/**
 * A flow of the samples: its id, and its actors as each calls the next.
 *
 * @param root where it begins
 */
record SampleFlow(String id, Actor root) {
  /** From the one that runs most often to the rarest. */
  static final List<SampleFlow> ALL =
      List.of(
          new SampleFlow(
              "checkout",
              actor(
                  "gateway",
                  900,
                  actor("cart-loader", 700, actor("cart-db", 1_500)),
                  state("pricing", 400),
                  actor("payment", 9_000, actor("fraud-check", 6_000)))),
          new SampleFlow(
              "search",
              actor(
                  "query-parser",
                  150,
                  actor("index-reader", 2_500).repeated(),
                  actor("ranker", 1_200))),
          new SampleFlow(
              "orders-etl",
              actor(
                  "reader",
                  3_000,
                  actor("validator", 300, state("enricher", 2_000, actor("writer", 4_000)))
                      .repeated())),
          new SampleFlow(
              "thumbnails",
              actor(
                  "fetcher",
                  12_000,
                  actor("scaler", 30_000, actor("uploader", 15_000)).repeated())),
          new SampleFlow(
              "signup", actor("form", 500, state("account", 2_500), actor("mailer", 20_000))),
          new SampleFlow(
              "fraud-model", actor("features", 5_000, state("model", 50_000), actor("alert", 800))),
          new SampleFlow("nightly-report", actor("scheduler", 100, actor("report", 400_000))));

  /**
   * An actor of a flow.
   *
   * @param medianMicros its own work, in microseconds
   * @param hasState whether it changes its state
   * @param repeats whether it is called several times
   * @param next what it calls
   */
  record Actor(
      String name, double medianMicros, boolean hasState, boolean repeats, List<Actor> next) {
    Actor repeated() {
      return new Actor(name, medianMicros, hasState, true, next);
    }

    int count() {
      return 1 + next.stream().mapToInt(Actor::count).sum();
    }
  }

  int countActors() {
    return root.count();
  }

  private static Actor actor(String name, double medianMicros, Actor... next) {
    return new Actor(name, medianMicros, false, false, List.of(next));
  }

  private static Actor state(String name, double medianMicros, Actor... next) {
    return new Actor(name, medianMicros, true, false, List.of(next));
  }
}
