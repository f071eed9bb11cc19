package io.tracestore.cli;

import io.tracestore.cli.terminal.Durations;
import io.tracestore.cli.terminal.Text;
import io.tracestore.migration.MigrationFailedException;
import io.tracestore.migration.MigrationReport;
import io.tracestore.migration.NotMoved;
import io.tracestore.migration.VerificationReport;
import io.tracestore.migration.VerificationReport.Difference;
import io.tracestore.spi.TraceStore;
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
  private final TraceStore source;
  private final TraceStore target;
  private final boolean dryRun;

  MigrationResult(BaseCommand command, TraceStore source, TraceStore target, boolean dryRun) {
    this.command = command;
    this.source = source;
    this.target = target;
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
    return "%s %s with %s from %s to %s in %s%s%s"
        .formatted(
            verb,
            Counts.of(report.traces(), "trace"),
            Counts.of(report.events(), "event"),
            source,
            target,
            Durations.format(report.elapsed()),
            report.unfinished() == 0 ? "" : ", %d unfinished".formatted(report.unfinished()),
            report.notMoved() == 0 ? "" : ", %d not moved".formatted(report.notMoved()));
  }

  private Map<String, Object> document(
      MigrationReport report, @Nullable MigrationFailedException failure) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("source", source.toString());
    document.put("target", target.toString());
    document.put("kind", report.kind().name().toLowerCase(Locale.ROOT));
    document.put("dry_run", dryRun);
    document.put("traces", report.traces());
    document.put("events", report.events());
    document.put("bytes", report.bytes());
    document.put("unfinished", report.unfinished());
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
    return Map.of(
        "equal", verification.isEqual(),
        "source_traces", verification.sourceTraces(),
        "source_events", verification.sourceEvents(),
        "source_digest", verification.sourceDigest(),
        "target_traces", verification.targetTraces(),
        "target_events", verification.targetEvents(),
        "target_digest", verification.targetDigest(),
        "only_in_target", verification.onlyInTarget(),
        "different", verification.different(),
        "first_differences", differences);
  }
}
