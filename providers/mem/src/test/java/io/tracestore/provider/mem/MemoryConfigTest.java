package io.tracestore.provider.mem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tracestore.provider.mem.heap.MemorySettings;
import io.tracestore.spi.Capability;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreUri;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryConfigTest {
  private static MemorySettings settings(String uri) {
    return TestSettings.of(StoreUri.parse(uri));
  }

  @Test
  void aPlainUriMeansTheDocumentedDefaults() {
    assertThat(settings("mem:"))
        .returns(null, MemorySettings::sharedName)
        .returns(10_000, s -> s.get(MemoryConfig.MAX_TRACES))
        .returns(1_000, s -> s.get(MemoryConfig.MAX_EVENTS_PER_TRACE))
        .returns(256L << 20, MemorySettings::maxBytes)
        .returns(EvictionPolicy.LRU, s -> s.get(MemoryConfig.EVICTION_POLICY))
        .returns(Overflow.REJECT, s -> s.get(MemoryConfig.OVERFLOW));
  }

  @Test
  void aConfigIsTheUriThatSaysTheSame() {
    assertThat(
            MemoryConfig.of("the orders/2026 & more")
                .maxTraces(5)
                .maxEventsPerTrace(6)
                .maxMemoryMb(7)
                .evictionPolicy(EvictionPolicy.FIFO)
                .overflow(Overflow.DROP_OLDEST)
                .toUri())
        .isEqualTo(
            StoreUri.parse(
                "mem:the%20orders%2F2026%20%26%20more?maxTraces=5&maxEventsPerTrace=6"
                    + "&maxMemoryMb=7&evictionPolicy=FIFO&overflow=DROP_OLDEST"));
  }

  @Test
  void aNameIsReadAsItWasGiven() {
    assertThat(settings("mem:the%20orders%2F2026%20%26%20more").sharedName())
        .isEqualTo("the orders/2026 & more");
  }

  @ParameterizedTest
  @ValueSource(strings = {"maxTraces", "maxEventsPerTrace", "maxMemoryMb"})
  void aBoundBelowOneIsRefusedByName(String option) {
    assertThatExceptionOfType(StoreConfigurationException.class)
        .isThrownBy(() -> TestTraces.open("mem:?" + option + "=0"))
        .withMessage("mem: option '%s' must be between 1 and 2147483647: '0'".formatted(option));
  }

  @Test
  void aConfigRefusesWhatAUriRefuses() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MemoryConfig.of().maxTraces(0))
        .withMessage("option 'maxTraces' must be between 1 and 2147483647: '0'");
  }

  @Test
  void anEmptyNameIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MemoryConfig.of(""))
        .withMessage("name must not be empty; of() is for a private store");
  }

  @Test
  void theOptionsAreListedInTheOrderOfTheDocuments() {
    assertThat(new MemTraceStoreProvider().options())
        .extracting(StoreOption::name)
        .containsExactly(
            "maxTraces",
            "maxEventsPerTrace",
            "maxMemoryMb",
            "evictionPolicy",
            "overflow",
            "indexedAttributes");
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
