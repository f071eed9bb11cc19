package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes and one file, and processes that die. */
class ProcessesTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("t.db");
  }

  private TraceStore open() {
    return SqliteConfig.of(file).open();
  }

  @RepeatedTest(5)
  void afterAKillEverythingAcknowledgedIsThereAndNothingIsHalfThere(RepetitionInfo round)
      throws Exception {
    int enough = 60 * round.getCurrentRepetition();
    List<String> lines = new ArrayList<>();
    try (ChildJvm child = ChildJvm.start(WritingProcess.class, file.toString(), "0", "1000000")) {
      while (lines.size() < enough) {
        lines.add(child.readLine());
      }
      child.kill();
      lines.addAll(child.remainingLines());
    }
    List<Integer> acknowledged = WritingProcess.acknowledged(lines);
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(enough);

    try (TraceStore store = open()) {
      assertThat(integrity(store)).isEqualTo("ok");
      for (int n : acknowledged) {
        assertThat(store.getTrace(Samples.traceId(n)))
            .contains(Samples.trace(n, WritingProcess.EVENTS));
      }
      assertThat(store.queryTraces(TraceQuery.builder().limit(Integer.MAX_VALUE).build()))
          .extracting(FlowTrace::events)
          .allSatisfy(events -> assertThat(events).hasSize(WritingProcess.EVENTS));
    }
  }

  private static String integrity(TraceStore store) throws SQLException {
    try (Connection connection = store.unwrap(DataSource.class).getConnection()) {
      return PlainSql.text(connection, "PRAGMA integrity_check");
    }
  }

  @Test
  void aDatabaseThatAProcessOnlyBeganToMakeIsMade() throws Exception {
    try (Connection dying = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      PlainSql.execute(dying, "PRAGMA auto_vacuum = INCREMENTAL"); // writes the first page
    }
    assertThat(file).isNotEmptyFile();

    try (TraceStore store = open()) {
      store.storeTrace(Samples.trace(1, 3));
      assertThat(store.getTrace(Samples.traceId(1))).contains(Samples.trace(1, 3));
    }
  }

  @Test
  void processesThatWriteAtOnceLoseNothing() throws Exception {
    int each = 400;
    try (ChildJvm one = ChildJvm.start(WritingProcess.class, file.toString(), "0", "" + each);
        ChildJvm two =
            ChildJvm.start(WritingProcess.class, file.toString(), "" + each, "" + each)) {
      assertThat(one.remainingLines()).hasSize(each);
      assertThat(two.remainingLines()).hasSize(each);
      assertThat(one.exitCode()).isZero();
      assertThat(two.exitCode()).isZero();
    }

    try (TraceStore store = open()) {
      assertThat(integrity(store)).isEqualTo("ok");
      assertThat(IntStream.range(0, 2 * each))
          .allSatisfy(n ->
              assertThat(store.getTrace(Samples.traceId(n)))
                  .contains(Samples.trace(n, WritingProcess.EVENTS)));
    }
  }

  @Test
  void aWriteWaitsForAnotherProcessThatHoldsTheLock() throws Exception {
    try (TraceStore store = open();
        Connection other = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      PlainSql.execute(other, "BEGIN IMMEDIATE");
      Thread writing = Thread.startVirtualThread(() -> store.storeTrace(Samples.trace(1, 3)));

      assertThat(store.getTrace(Samples.traceId(1))).isEmpty(); // readers do not wait
      PlainSql.execute(other, "COMMIT");
      writing.join();

      assertThat(store.getTrace(Samples.traceId(1))).contains(Samples.trace(1, 3));
    }
  }

  @Test
  void aLockThatStaysIsARetryableErrorAndTheStoreStaysUsable() throws Exception {
    SqliteConfig config = SqliteConfig.of(file).busyTimeoutMs(30);
    try (TraceStore store = config.open();
        Connection other = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      PlainSql.execute(other, "BEGIN IMMEDIATE");

      assertThatThrownBy(() -> store.storeTrace(Samples.trace(1, 3)))
          .isInstanceOfSatisfying(
              StoreUnavailableException.class, e -> assertThat(e.isRetryable()).isTrue());

      PlainSql.execute(other, "COMMIT");
      store.storeTrace(Samples.trace(1, 3));
      assertThat(store.getTrace(Samples.traceId(1))).contains(Samples.trace(1, 3));
    }
  }

  @Test
  void writesOfAnotherStoreOnTheFileAreSeenAndKeysDoNotCollide() {
    try (TraceStore one = open();
        TraceStore two = open()) {
      for (int n = 0; n < 10; n++) {
        (n % 2 == 0 ? one : two).storeTrace(Samples.trace(n, 2));
      }

      assertThat(two.count(TraceQuery.ALL)).isEqualTo(10);
      assertThat(one.getTrace(Samples.traceId(9))).contains(Samples.trace(9, 2));
      assertThat(two.getTrace(Samples.traceId(8))).contains(Samples.trace(8, 2));
    }
  }
}
