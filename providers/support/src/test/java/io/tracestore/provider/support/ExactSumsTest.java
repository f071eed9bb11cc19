package io.tracestore.provider.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

class ExactSumsTest {
  @Property
  void theAverageOfDoublesIsThatOfTheirExactSum(@ForAll @NotEmpty List<Double> values) {
    ExactDoubleSum sum = new ExactDoubleSum();
    values.forEach(sum::add);
    BigDecimal exact =
        values.stream().map(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add);
    assertThat(sum.average(values.size())).isEqualTo(average(exact, values.size()));
  }

  @Property
  void theAverageOfLongsIsThatOfTheirExactSum(
      @ForAll @NotEmpty List<@LongRange(max = Long.MAX_VALUE) Long> values) {
    ExactSum sum = new ExactSum();
    values.forEach(sum::add);
    BigDecimal exact =
        values.stream().map(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add);
    assertThat(sum.average(values.size())).isEqualTo(average(exact, values.size()));
  }

  private static double average(BigDecimal sum, int count) {
    return sum.divide(new BigDecimal(count), MathContext.DECIMAL128).doubleValue() + 0.0;
  }

  @Test
  void greatAndSmallDoublesAddUpInAnyOrder() {
    for (double[] values :
        new double[][] {
          {Double.MAX_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_VALUE, 1},
          {1, Double.MIN_VALUE, -Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE}
        }) {
      ExactDoubleSum sum = new ExactDoubleSum();
      for (double value : values) {
        sum.add(value);
      }
      assertThat(sum.average(1)).isEqualTo(Double.MAX_VALUE);
      sum.add(-Double.MAX_VALUE);
      assertThat(sum.average(1)).isEqualTo(1);
      sum.add(-1);
      assertThat(sum.average(1)).isEqualTo(Double.MIN_VALUE);
    }
  }

  @Test
  void doublesAddUpByTheirSignAndExponent() {
    ExactDoubleSum sum = new ExactDoubleSum();
    sum.add(0x3FF, BigInteger.valueOf(3L << 52)); // 1.25 and 1.75
    sum.add(-0x400, BigInteger.valueOf(1L << 52)); // -2
    sum.add(0, BigInteger.ONE);
    assertThat(sum.average(1)).isEqualTo(1);
    sum.add(-1);
    assertThat(sum.average(1)).isEqualTo(Double.MIN_VALUE);
  }
}
