package io.tracestore.migration.spans;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.migration.spans.SpanSpool.Group;
import io.tracestore.migration.spans.SpanSpool.SpoolRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpanSpoolTest {
  private static final int TRACES = 3_000;
  private static final int SPANS = 5;

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE / 4, 200_000, 20_000, 1_000})
  void everyTraceComesOutOnceAndWholeHoweverLittleIsHeld(long maxBytes) {
    Map<String, List<String>> added = new TreeMap<>();
    Map<String, List<String>> drained = new TreeMap<>();
    try (SpanSpool spool = new SpanSpool(maxBytes, Long.MAX_VALUE)) {
      for (int i = 0; i < TRACES * SPANS; i++) {
        String traceId = "%016x".formatted(i % TRACES + 1);
        String span = "span " + i;
        added.computeIfAbsent(traceId, id -> new ArrayList<>()).add(span);
        spool.add(traceId, new SpoolRecord(0, i, 1, span.getBytes(StandardCharsets.UTF_8)));
      }
      for (Iterator<Group> groups = spool.drain(); groups.hasNext(); ) {
        Group group = groups.next();
        List<String> spans =
            group.records().stream()
                .map(each -> new String(each.span(), StandardCharsets.UTF_8))
                .toList();
        drained.merge(group.traceId(), spans, (a, b) -> List.of("came twice"));
      }
    }

    assertThat(drained).isEqualTo(added);
  }
}
