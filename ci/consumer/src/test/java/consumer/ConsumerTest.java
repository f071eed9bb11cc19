package consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that imports the BOM keeps its own versions and can open a store. */
class ConsumerTest {
  @Test
  void the_versions_of_other_libraries_are_those_of_the_application() {
    assertIsOnClassPath("junit-jupiter-api-" + System.getProperty("expected.junit") + ".jar");
    assertIsOnClassPath("asm-" + System.getProperty("expected.asm") + ".jar");
  }

  private static void assertIsOnClassPath(String jar) {
    String path = System.getProperty("java.class.path");
    assertTrue(path.contains(jar), () -> jar + " is not on " + path);
  }

  @Test
  void a_store_is_opened(@TempDir Path folder) {
    for (String uri : new String[] {"mem:", "sqlite:" + folder.resolve("t.db")}) {
      FlowTrace trace = FlowTrace.builder("flow").build();
      try (TraceStore store = TraceStores.open(uri)) {
        store.storeTrace(trace);
        assertEquals(trace, store.getTrace(trace.traceId()).orElseThrow());
      }
    }
  }
}
