package io.tracestore.provider.mem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tracestore.spi.Capability;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreOption;
import io.tracestore.spi.StoreOptions;
import io.tracestore.spi.StoreUri;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreProvider;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryConfigTest {
  private static final MemoryConfig EVERYTHING_SET =
      MemoryConfig.builder()
          .name("the orders/2026 & more")
          .maxTraces(5)
          .maxEventsPerTrace(6)
          .maxMemoryMb(7)
          .evictionPolicy(EvictionPolicy.FIFO)
          .overflow(Overflow.DROP_OLDEST)
          .build();

  private static MemoryConfig parse(String uri) {
    return parse(StoreUri.parse(uri));
  }

  private static MemoryConfig parse(StoreUri uri) {
    return MemoryConfig.fromUri(uri, StoreOptions.of(uri, MemOptions.ALL));
  }

  @Test
  void aPlainUriMeansTheDocumentedDefaults() {
    assertThat(parse("mem:"))
        .isEqualTo(new MemoryConfig(null, 10_000, 1_000, 256, EvictionPolicy.LRU, Overflow.REJECT));
  }

  @Test
  void theBuilderHasTheDefaultsOfTheUri() {
    assertThat(MemoryConfig.builder().build()).isEqualTo(parse("mem:"));
  }

  @Test
  void everyOptionOfAUriReachesTheConfig() {
    assertThat(
            parse(
                "mem:the%20orders%2F2026%20%26%20more?maxTraces=5&maxEventsPerTrace=6"
                    + "&maxMemoryMb=7MiB&evictionPolicy=fifo&overflow=drop_oldest"))
        .isEqualTo(EVERYTHING_SET);
  }

  @Test
  void theUriOfAConfigMeansTheSameConfig() {
    assertThat(parse(EVERYTHING_SET.toUri())).isEqualTo(EVERYTHING_SET);
  }

  @Test
  void theUriOfAConfigLeavesDefaultsOut() {
    assertThat(MemoryConfig.builder().name("a").maxTraces(5).build().toUri())
        .hasToString("mem:a?maxTraces=5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"maxTraces", "maxEventsPerTrace", "maxMemoryMb"})
  void aBoundBelowOneIsRefusedByName(String option) {
    assertThatExceptionOfType(StoreConfigurationException.class)
        .isThrownBy(() -> TestTraces.open("mem:?" + option + "=0"))
        .withMessage("mem: option '%s' must be between 1 and 2147483647: '0'".formatted(option));
  }

  @Test
  void aBuilderRefusesWhatAUriRefuses() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MemoryConfig.builder().maxTraces(0).build())
        .withMessage("option 'maxTraces' must be between 1 and 2147483647: '0'");
  }

  @Test
  void anEmptyNameIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MemoryConfig.builder().name("").build())
        .withMessage("name must not be empty; null is for a private store");
  }

  @Test
  void theOptionsAreListedInTheOrderOfTheDocuments() {
    assertThat(new MemTraceStoreProvider().options())
        .extracting(StoreOption::name)
        .containsExactly(
            "maxTraces", "maxEventsPerTrace", "maxMemoryMb", "evictionPolicy", "overflow");
  }

  @Test
  void theProviderIsFoundOnTheClassPath() {
    assertThat(ServiceLoader.load(TraceStoreProvider.class))
        .extracting(TraceStoreProvider::scheme)
        .containsExactly("mem");
  }

  @ParameterizedTest
  @CsvSource({"LRU", "FIFO", "RANDOM"})
  void aStoreThatEvictsSaysSo(EvictionPolicy policy) {
    try (TraceStore store = TestTraces.open("mem:?evictionPolicy=" + policy)) {
      assertThat(store.capabilities())
          .containsExactlyInAnyOrder(Capability.ATOMIC, Capability.EVICTING);
    }
  }

  @Test
  void aStoreThatNeverEvictsDoesNotSayItDoes() {
    try (TraceStore store = TestTraces.open("mem:?evictionPolicy=NONE")) {
      assertThat(store.capabilities()).containsExactly(Capability.ATOMIC);
    }
  }
}
