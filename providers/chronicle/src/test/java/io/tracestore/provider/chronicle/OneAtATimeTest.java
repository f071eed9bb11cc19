package io.tracestore.provider.chronicle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A map is open once. */
class OneAtATimeTest {
  @TempDir private Path directory;

  @Test
  void a_second_open_in_the_same_process_is_refused_and_the_first_store_works_on()
      throws IOException {
    try (TraceStore store = Traces.open(directory, 1)) {
      for (int attempt = 0; attempt < 2; attempt++) {
        assertThatThrownBy(() -> Traces.open(directory, 1))
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining("is open in this process already")
            .hasMessageNotContaining("\n");
      }
      // The refused opens have not dropped the lock, so another process is refused too.
      assertThat(openElsewhere()).contains("is open in another process");
      store.storeTrace(Traces.trace(1));
    }
    try (TraceStore store = Traces.open(directory, 1)) {
      assertThat(store.getTrace(Traces.id(1))).contains(Traces.trace(1));
    }
  }

  private String openElsewhere() throws IOException {
    try (ChildJvm child = ChildJvm.start(OtherProcess.class, "open", directory.toString())) {
      return String.join("\n", child.lines());
    }
  }

  @Test
  void a_second_process_is_refused_until_the_first_ends() throws IOException {
    try (ChildJvm child = ChildJvm.start(OtherProcess.class, "hold", directory.toString())) {
      child.awaitLine("ready");
      assertThatThrownBy(() -> Traces.open(directory, 1))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("is open in another process; close it there");
    }
    try (TraceStore store = Traces.open(directory, 1)) {
      store.storeTrace(Traces.trace(1));
    }
  }
}
