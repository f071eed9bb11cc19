package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Promise 6: acknowledged writes survive the writer's sudden end, and no trace is stored in part.
 */
abstract class CrashPromises extends StorePromises {
  private static final long PER_ROUND = 1_000_000;

  @Test
  void acknowledgedWritesSurviveAKill() throws IOException, InterruptedException {
    onlyIf(Capability.DURABLE);
    store().close();
    Random random = new Random();
    List<Long> acknowledged = new ArrayList<>();
    for (int round = 0; round < KitSettings.crashRounds(); round++) {
      acknowledged.addAll(writeAndKill(round, 1 + random.nextInt(fixture().tries(400))));
      kitStore().reopen();
      for (long number : acknowledged) {
        isAnswer(store().getTrace(Samples.traceId(number)), Optional.of(Samples.busy(number)));
      }
      store().healthCheck();
      store().close();
    }
  }

  @Test
  void nothingIsHalfThereAfterAKill() throws IOException, InterruptedException {
    onlyIf(Capability.ATOMIC);
    onlyIf(Capability.PERSISTENT);
    store().close();
    Random random = new Random();
    for (int round = 0; round < KitSettings.crashRounds(); round++) {
      writeAndKill(round, 1 + random.nextInt(fixture().tries(400)));
      kitStore().reopen();
      long count = 0;
      try (TraceCursor cursor = store().openCursor(TraceQuery.ALL)) {
        while (cursor.hasNext()) {
          FlowTrace trace = cursor.next();
          assertThat(trace).isEqualTo(Samples.busy(Samples.numberOf(trace.traceId())));
          count++;
        }
      }
      assertThat(store().count(TraceQuery.ALL)).isEqualTo(count);
      store().close();
    }
  }

  /**
   * Kills the writer once it has acknowledged {@code count} traces; other writes are on their way.
   */
  private List<Long> writeAndKill(int round, int count) throws IOException, InterruptedException {
    long from = round * PER_ROUND;
    try (ChildProcess writer =
        ChildProcess.start(fixture(), kitStore().uri(), from, from + PER_ROUND)) {
      writer.awaitAcknowledged(count);
      writer.kill();
      assertThat(writer.acknowledged()).hasSizeGreaterThanOrEqualTo(count);
      return writer.acknowledged();
    }
  }
}
