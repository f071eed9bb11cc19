package io.tracestore.provider.redis.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.CorruptDataException;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class StoredEventTest {
  private static final TraceEvent EVENT =
      TraceEvent.builder(TraceEventType.custom("own\0kind"), "actör \uD83D\uDE00").build();

  @Test
  void anEventIsReadAsItWasWritten() {
    assertThat(StoredEvent.decode(StoredEvent.field(EVENT), StoredEvent.value(EVENT)))
        .isEqualTo(EVENT);
  }

  @Property
  void truncatedAndChangedValuesAreCorrupt(
      @ForAll @IntRange(max = 1_000) int length, @ForAll byte noise) {
    byte[] value = StoredEvent.value(EVENT);
    byte[] cut = Arrays.copyOf(value, length % value.length);
    if (cut.length > 0) {
      cut[cut.length / 2] ^= noise;
    }
    assertThatThrownBy(() -> StoredEvent.decode(StoredEvent.field(EVENT), cut))
        .isInstanceOf(CorruptDataException.class);
  }
}
