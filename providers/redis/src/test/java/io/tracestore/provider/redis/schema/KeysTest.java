package io.tracestore.provider.redis.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class KeysTest {
  @Property
  void membersAreInTheOrderOfQueries(
      @ForAll long start,
      @ForAll long otherStart,
      @ForAll long id,
      @ForAll long otherId,
      @ForAll boolean sameStart) {
    FlowTrace trace = trace(start, id);
    FlowTrace other = trace(sameStart ? start : otherStart, otherId);
    int members = Arrays.compareUnsigned(Keys.member(trace), Keys.member(other));
    assertThat(Integer.signum(members))
        .isEqualTo(Integer.signum(FlowTrace.NEWEST_FIRST.compare(trace, other)));
  }

  @Property
  void aMemberLiesBetweenTheFirstAndTheLastOfItsTime(@ForAll long start, @ForAll long id) {
    FlowTrace trace = trace(start, id);
    byte[] member = Keys.member(trace);
    assertThat(Arrays.compareUnsigned(Keys.firstMember(trace.startTime()), member)).isNotPositive();
    assertThat(Arrays.compareUnsigned(member, Keys.lastMember(trace.startTime()))).isNotPositive();
  }

  @Property
  void aMemberTellsItsTrace(@ForAll long start, @ForAll long id) {
    FlowTrace trace = trace(start, id);
    assertThat(Keys.idOf(Keys.member(trace))).isEqualTo(trace.traceId());
  }

  @Test
  void idsOfOneMomentAreSpreadOverAllPartitions() {
    Keys keys = new Keys("p", 64);
    assertThat(IntStream.range(0, 10_000).map(i -> keys.partitionOf(TraceId.random())).distinct())
        .hasSize(64);
  }

  @Test
  void allKeysOfATraceHaveItsPartitionAsTheirHashTag() {
    Keys keys = new Keys("p", 64);
    TraceId id = TraceId.random();
    String tag = "p:{" + keys.partitionOf(id) + "}:";
    assertThat(Arrays.stream(keys.ofTrace(id)).map(key -> new String(key, StandardCharsets.UTF_8)))
        .allSatisfy(key -> assertThat(key).startsWith(tag));
  }

  private static FlowTrace trace(long startNanos, long id) {
    return FlowTrace.builder("flow")
        .traceId(new TraceId(new UUID(id, ~id)))
        .startTime(EpochNanos.toInstant(startNanos))
        .build();
  }
}
