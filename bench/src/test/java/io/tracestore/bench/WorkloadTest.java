package io.tracestore.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tracestore.codec.ReflowJson;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadTest {
  private static final Workload SAMPLES = Workload.samples();
  private static final int POOL = SAMPLES.pool().size();

  @TempDir Path folder;

  @Test
  void aRunBeginsWithTheTracesOfItsDay() {
    FlowTrace first = Workload.load().trace(0);
    assertThat(first.startTime())
        .isEqualTo(Scratch.dayOfRun().atStartOfDay().toInstant(ZoneOffset.UTC));
    Duration later = Duration.between(SAMPLES.trace(0).startTime(), first.startTime());
    assertThat(first.events().getFirst().timestamp())
        .isEqualTo(SAMPLES.trace(0).events().getFirst().timestamp().plus(later));
  }

  @Test
  void theSameNumberIsTheSameTrace() {
    assertThat(Workload.samples().trace(12_345)).isEqualTo(SAMPLES.trace(12_345));
  }

  @Test
  void theIdIsKnownWithoutTheTrace() {
    assertThat(SAMPLES.id(12_345)).isEqualTo(SAMPLES.trace(12_345).traceId());
  }

  @Test
  void noTraceComesTwice() {
    assertThat(LongStream.range(0, 5L * POOL).mapToObj(SAMPLES::id)).doesNotHaveDuplicates();
  }

  @Test
  void tracesFollowEachOther() {
    assertThat(LongStream.range(0, 3L * POOL).mapToObj(n -> SAMPLES.trace(n).startTime()))
        .isSorted();
  }

  @Test
  void everySecondRoundIsABurst() {
    Duration calm = between(0, POOL - 1);
    Duration burst = between(POOL, 2L * POOL - 1);
    assertThat(calm.toMillis() / burst.toMillis()).isBetween(3L, 4L);
  }

  private static Duration between(long from, long to) {
    return Duration.between(SAMPLES.trace(from).startTime(), SAMPLES.trace(to).startTime());
  }

  @Test
  void causesAreEventsOfTheSameTrace() {
    FlowTrace trace = SAMPLES.trace(3L * POOL + 7);
    Set<EventId> own = trace.events().stream().map(TraceEvent::eventId).collect(Collectors.toSet());
    assertThat(trace.events())
        .allSatisfy(event -> {
          assertThat(own).contains(event.causality().rootCauseEventId());
          assertThat(own).containsAll(event.causality().dependencyChain());
        });
  }

  @Test
  void theUsersOwnTracesAreRepeated() throws IOException {
    Path file = folder.resolve("mine.json");
    Files.writeString(file, ReflowJson.write(SAMPLES.trace(3)));
    Workload mine = Workload.ofFiles(List.of(file));
    assertThat(mine.trace(0)).isEqualTo(SAMPLES.trace(3));
    assertThat(mine.trace(1).traceId()).isNotEqualTo(mine.trace(0).traceId());
  }

  @Test
  void aFileWithoutTracesIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("empty.json"), "[]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Workload.ofFiles(List.of(file)))
        .withMessage("no traces with events in [" + file + "]");
  }
}
