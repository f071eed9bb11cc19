package io.tracestore.spi.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatencyHistogramTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "15, 15, 15",
    "16, 16, 16",
    "31, 31, 31",
    "32, 32, 33",
    "33, 32, 33",
    "34, 33, 35",
    "1000, 111, 1023",
    "281474976710655, 719, 281474976710655",
    "281474976710656, 720, 299067162755071",
    "9223372036854775807, 959, 9223372036854775807"
  })
  void aValueIsOfTheClassThatItsLeadingFiveBitsName(long value, int latencyClass, long highest) {
    assertThat(LatencyHistogram.classOf(value)).isEqualTo(latencyClass);
    assertThat(LatencyHistogram.highestOf(latencyClass)).isEqualTo(highest);
  }

  @Test
  void classesFollowEachOtherWithoutGaps() {
    for (int i = 1; i < LatencyHistogram.CLASSES; i++) {
      long highestBelow = LatencyHistogram.highestOf(i - 1);
      assertThat(LatencyHistogram.classOf(highestBelow)).isEqualTo(i - 1);
      assertThat(LatencyHistogram.classOf(highestBelow + 1)).isEqualTo(i);
    }
  }

  @Test
  void aPercentileIsAtMostASixteenthAboveTheNearestRank() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      long[] values =
          random.longs(1 + random.nextInt(300), 0, 1L << random.nextInt(1, 63)).toArray();
      LatencyHistogram histogram = new LatencyHistogram();
      Arrays.stream(values).forEach(histogram::add);
      Arrays.sort(values);
      for (int percent = 1; percent <= 100; percent++) {
        long exact = values[(percent * values.length + 99) / 100 - 1];
        assertThat(histogram.percentile(percent)).isBetween(exact, exact + exact / 16);
      }
    }
  }

  @Test
  void noPercentileIsAboveTheGreatestValue() {
    LatencyHistogram histogram = new LatencyHistogram();
    histogram.add(1_000_001);
    assertThat(histogram.percentile(1)).isEqualTo(1_000_001);
    assertThat(histogram.percentile(100)).isEqualTo(1_000_001);
  }

  @Test
  void countsNearTheGreatestLongDoNotOverflow() {
    LatencyHistogram histogram = new LatencyHistogram();
    histogram.add(1, Long.MAX_VALUE / 2, 1);
    histogram.add(2, Long.MAX_VALUE / 2, 2);
    assertThat(histogram.percentile(50)).isEqualTo(1);
    assertThat(histogram.percentile(51)).isEqualTo(2);
  }

  @Test
  void withoutAValueEverythingIsZero() {
    LatencyHistogram empty = new LatencyHistogram();
    assertThat(empty.count()).isZero();
    assertThat(empty.max()).isZero();
    assertThat(empty.percentile(99)).isZero();
  }

  @Test
  void senselessValuesAreRefusedByName() {
    LatencyHistogram histogram = new LatencyHistogram();
    assertThatThrownBy(() -> histogram.add(-1)).hasMessage("value must not be negative: -1");
    assertThatThrownBy(() -> histogram.add(3, 1, 4)).hasMessage("4 is not of class 3");
    assertThatThrownBy(() -> histogram.add(3, 0, 3)).hasMessage("times must be positive: 0");
    assertThatThrownBy(() -> histogram.percentile(0))
        .hasMessage("percent must be between 1 and 100: 0");
    assertThatThrownBy(() -> LatencyHistogram.highestOf(LatencyHistogram.CLASSES))
        .hasMessage("no such class: 960");
  }
}
