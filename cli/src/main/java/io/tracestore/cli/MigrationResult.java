package io.tracestore.cli;

import io.tracestore.cli.terminal.Text;
import io.tracestore.migration.MigrationFailedException;
import io.tracestore.migration.MigrationReport;
import io.tracestore.migration.NotMoved;
import io.tracestore.migration.VerificationReport;
import io.tracestore.migration.VerificationReport.Difference;
import io.tracestore.spi.TraceStore;
import io.tracestore.view.Durations;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells how a migration went, as text or as JSON. */
final class MigrationResult {
  /** One broken store must not fill the screen. */
  private static final int SHOWN = 20;

  private final BaseCommand command;
  private final String source;
  private final String target;
  private final boolean dryRun;

  MigrationResult(BaseCommand command, TraceStore source, TraceStore target, boolean dryRun) {
    this.command = command;
    this.source = Stores.nameOf(source);
    this.target = target.toString();
    this.dryRun = dryRun;
  }

  /**
   * @param failure why it ended early; null if it did not
   */
  void tell(MigrationReport report, @Nullable MigrationFailedException failure) {
    if (command.isJson()) {
      command.printJson(document(report, failure));
      return;
    }
    report.warnings().forEach(warning -> error("warning: " + warning));
    for (NotMoved each : report.firstNotMoved().stream().limit(SHOWN).toList()) {
      error("not moved: trace %s: %s".formatted(each.traceId(), each.reason()));
    }
    tellOfMore(report.notMoved(), "not moved");
    command.print(Text.harmless(sentence(report)));
    VerificationReport verification = report.verification();
    if (verification != null) {
      tell(verification);
    }
  }

  private void tell(VerificationReport verification) {
    for (Difference each : verification.firstDifferences().stream().limit(SHOWN).toList()) {
      error("differs: trace %s: %s".formatted(each.traceId(), each.what()));
    }
    tellOfMore(verification.different(), "different");
    command.print(
        side(
            "source",
            verification.sourceTraces(),
            verification.sourceEvents(),
            verification.sourceDigest()));
    command.print(
        side(
            "target",
            verification.targetTraces(),
            verification.targetEvents(),
            verification.targetDigest()));
    if (verification.earlyTraces() > 0) {
      command.print("compared: " + early(verification.earlyTraces(), verification.earlyEvents()));
    }
    command.print(
        verification.isEqual()
            ? "verified: both are equal"
            : "verified: %s".formatted(Counts.of(verification.different(), "difference")));
  }

  private static String side(String name, long traces, long events, String digest) {
    return "%s: %s, %s, digest %s"
        .formatted(name, Counts.of(traces, "trace"), Counts.of(events, "event"), digest);
  }

  private void tellOfMore(long count, String what) {
    if (count > SHOWN) {
      error("... and %d more %s".formatted(count - SHOWN, what));
    }
  }

  private void error(String message) {
    command.console().error("tracestore: " + message);
  }

  private String sentence(MigrationReport report) {
    String verb =
        switch (report.kind()) {
          case FULL -> dryRun ? "would move" : "moved";
          case RESUMED -> dryRun ? "resumed: would move" : "resumed: moved";
          case CATCH_UP -> dryRun ? "would catch up with" : "caught up with";
        };
    return "%s %s with %s from %s to %s in %s%s%s%s"
        .formatted(
            verb,
            Counts.of(report.traces(), "trace"),
            Counts.of(report.events(), "event"),
            source,
            target,
            Durations.format(report.elapsed()),
            report.unfinished() == 0 ? "" : ", %d unfinished".formatted(report.unfinished()),
            report.earlyTraces() == 0
                ? ""
                : ", " + early(report.earlyTraces(), report.earlyEvents()),
            report.notMoved() == 0 ? "" : ", %d not moved".formatted(report.notMoved()));
  }

  /** Such as {@code 3 early events of 1 trace}. */
  private static String early(long traces, long events) {
    return "%s of %s".formatted(Counts.of(events, "early event"), Counts.of(traces, "trace"));
  }

  private Map<String, Object> document(
      MigrationReport report, @Nullable MigrationFailedException failure) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("source", source);
    document.put("target", target);
    document.put("kind", report.kind().name().toLowerCase(Locale.ROOT));
    document.put("dry_run", dryRun);
    document.put("traces", report.traces());
    document.put("events", report.events());
    document.put("bytes", report.bytes());
    document.put("unfinished", report.unfinished());
    document.put("early_traces", report.earlyTraces());
    document.put("early_events", report.earlyEvents());
    document.put("elapsed_ms", report.elapsed().toMillis());
    document.put("not_moved", report.notMoved());
    document.put(
        "first_not_moved",
        report.firstNotMoved().stream()
            .map(each -> Map.of("trace_id", each.traceId().toString(), "reason", each.reason()))
            .toList());
    document.put("warnings", report.warnings());
    VerificationReport verification = report.verification();
    if (verification != null) {
      document.put("verification", document(verification));
    }
    if (failure != null) {
      document.put("error", String.valueOf(failure.getMessage()));
    }
    return document;
  }

  private static Map<String, Object> document(VerificationReport verification) {
    List<Map<String, String>> differences =
        verification.firstDifferences().stream()
            .map(each -> Map.of("trace_id", each.traceId().toString(), "what", each.what()))
            .toList();
    return Map.ofEntries(
        Map.entry("equal", verification.isEqual()),
        Map.entry("source_traces", verification.sourceTraces()),
        Map.entry("source_events", verification.sourceEvents()),
        Map.entry("source_digest", verification.sourceDigest()),
        Map.entry("target_traces", verification.targetTraces()),
        Map.entry("target_events", verification.targetEvents()),
        Map.entry("target_digest", verification.targetDigest()),
        Map.entry("only_in_target", verification.onlyInTarget()),
        Map.entry("early_traces", verification.earlyTraces()),
        Map.entry("early_events", verification.earlyEvents()),
        Map.entry("different", verification.different()),
        Map.entry("first_differences", differences));
  }
}
