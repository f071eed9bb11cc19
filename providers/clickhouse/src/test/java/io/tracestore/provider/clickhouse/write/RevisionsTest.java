package io.tracestore.provider.clickhouse.write;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** Revisions order the rows of a trace. */
class RevisionsTest {
  @Test
  void revisionsGrowAlsoWhenTheClockDoesNot() {
    Revisions revisions = new Revisions(InstantSource.fixed(Instant.ofEpochSecond(1)));
    long first = revisions.next();
    assertThat(first / 1_024).isEqualTo(1_000_000_000L / 1_024);
    assertThat(revisions.next()).isEqualTo(first + 1_024);
  }

  @Test
  void aTraceThatAClockAheadWroteIsSurpassedAndTheOthersStayOnTime() {
    Revisions revisions = new Revisions(InstantSource.fixed(Instant.ofEpochSecond(1)));
    long now = revisions.next();
    assertThat(revisions.after(5_000_000_000L, now)).isBetween(5_000_000_001L, 5_000_001_024L);
    assertThat(revisions.after(0, now)).isEqualTo(now);
    assertThat(revisions.next()).isEqualTo(now + 1_024);
  }

  @Test
  void aFinishedHeaderSurpassesEveryOther() {
    long finished = Revisions.ofHeader(1, true);
    long running = Revisions.ofHeader(Long.MAX_VALUE, false);
    assertThat(Long.compareUnsigned(finished, running)).isPositive();
  }
}
