package io.tracestore.migration.spans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.migration.spans.SpanSpool.Group;
import io.tracestore.migration.spans.SpanSpool.SpoolRecord;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

  @TempDir private Path folder;

  private final String tmpdir = System.getProperty("java.io.tmpdir");

  @BeforeEach
  void useFolder() {
    System.setProperty("java.io.tmpdir", folder.toString());
  }

  @AfterEach
  void leaveFolder() {
    System.setProperty("java.io.tmpdir", tmpdir);
  }

  private static void fill(SpanSpool spool) {
    for (int i = 0; i < TRACES; i++) {
      byte[] span = ("span " + i).getBytes(StandardCharsets.UTF_8);
      spool.add("%016x".formatted(i), new SpoolRecord(0, i, 1, span));
    }
  }

  private List<Path> parts() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(each -> each.getFileName().toString().startsWith("part")).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTemporaryFileThatIsGoneOrCutEndsTheImport(boolean gone) throws IOException {
    try (SpanSpool spool = new SpanSpool(20_000, Long.MAX_VALUE)) {
      fill(spool);
      Path part = parts().getLast();
      if (gone) {
        Files.delete(part);
      } else {
        Files.write(part, new byte[10]);
      }

      assertThatThrownBy(() -> spool.drain().forEachRemaining(group -> {}))
          .isInstanceOf(TraceStoreException.class)
          .hasMessageContaining("was removed or changed by somebody else");
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void theLeftoversOfAKilledImportAreRemoved() throws IOException {
    String name = "tracestore-import-" + UUID.randomUUID();
    Files.createDirectory(folder.resolve(name));
    Files.createFile(folder.resolve(name + ".lock"));
    Files.createFile(folder.resolve(name).resolve("part3"));
    Path other = Files.createDirectory(folder.resolve("tracestore-import-notes"));

    try (SpanSpool spool = new SpanSpool(20_000, Long.MAX_VALUE)) {
      fill(spool);
      assertThat(folder.resolve(name)).doesNotExist();
    }

    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(other);
    }
  }
}
