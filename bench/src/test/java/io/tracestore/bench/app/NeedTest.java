package io.tracestore.bench.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class NeedTest {
  @Test
  void allNeedsCanBeSaidTogether() {
    assertThat(Need.parse("durable,shared,concurrency=50,events=1e8,analytics"))
        .isEqualTo(new Need(true, true, 50, 1e8, true));
  }

  @Test
  void nothingIsNeededUnlessSaid() {
    assertThat(Need.parse("")).isEqualTo(Need.NONE);
  }

  @Test
  void anUnknownNeedIsRefusedWithTheKnownOnes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Need.parse("durabel"))
        .withMessage(
            "--need knows durable, shared, analytics, concurrency=N, events=N, not 'durabel'");
  }

  @Test
  void aNumberThatIsNoneIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Need.parse("events=many"))
        .withMessage(
            "--need has 'events=many': a number of 1 or more is wanted, such as events=1e8");
  }
}
