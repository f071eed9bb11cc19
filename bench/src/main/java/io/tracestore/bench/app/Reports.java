package io.tracestore.bench.app;

import io.tracestore.model.JsonValue;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes what people read of what was measured. */
final class Reports {
  private Reports() {}

  /** Prints the table and the advice, and writes the page. */
  static void write(
      JsonValue json,
      Machine machine,
      List<StoreFacts> known,
      Need need,
      Path page,
      PrintStream out)
      throws IOException {
    Results results = new Results(Measurement.ofJson(json));
    if (results.isEmpty()) {
      throw new BenchException("there are no results of the suite to report on");
    }
    List<StoreFacts> stores = facts(known, results);
    Recommendation recommendation =
        Recommendation.of(need, stores, results, machine.memoryBytes(), machine.diskBytes());
    out.println();
    ResultTable.lines(ResultTable.COLUMNS, ResultTable.rows(results)).forEach(out::println);
    out.println();
    print(Goal.of(stores, results), out);
    print(recommendation, out);
    Json.write(page, new ReportPage(results, machine, stores, recommendation).html());
  }

  /**
   * The known facts about the measured stores; for a store with results only, the facts that its
   * label shows.
   */
  private static List<StoreFacts> facts(List<StoreFacts> known, Results results) {
    Map<String, StoreFacts> byLabel = new LinkedHashMap<>();
    for (String label : results.stores()) {
      String scheme = label.contains(":") ? label.substring(0, label.indexOf(':')) : label;
      byLabel.put(label, new StoreFacts(label, scheme, Set.of()));
    }
    known.forEach(store -> byLabel.replace(store.label(), store));
    return List.copyOf(byLabel.values());
  }

  private static void print(List<Goal.Row> goals, PrintStream out) {
    if (goals.stream().allMatch(row -> row.outcome() == Goal.Outcome.NOT_MEASURED)) {
      return;
    }
    out.println("what the library costs:");
    ResultTable.lines(Goal.COLUMNS, goals.stream().map(Goal.Row::texts).toList())
        .forEach(out::println);
    out.println();
  }

  private static void print(Recommendation recommendation, PrintStream out) {
    out.println("needed: " + recommendation.need());
    for (Recommendation.Verdict verdict : recommendation.verdicts()) {
      out.printf("%-12s %s%n", verdict.store(), verdict.fits() ? "fits" : "does not fit");
      verdict.reasons().forEach(reason -> out.println("  " + reason));
    }
  }

  /** Makes the page of a run again, such as for another need. */
  static void rewrite(Path results, Need need, Path page, PrintStream out) throws IOException {
    Path run = results.resolveSibling("run.json");
    JsonValue facts = Files.exists(run) ? Json.read(run) : JsonValue.from(Map.of());
    write(Json.read(results), Machine.ofJson(facts), Machine.storesOfJson(facts), need, page, out);
  }
}
