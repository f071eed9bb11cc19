package io.tracestore.provider.chronicle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that cannot be opened is left as it is, and the error says why. */
class OpenFailuresTest {
  @TempDir private Path directory;

  private static TraceStore open(Path file) {
    return ChronicleConfig.of(file).maxTraces(10).averageTraceBytes(256).open();
  }

  @Test
  void aMissingFolderIsNamed() {
    assertThatThrownBy(() -> open(directory.resolve("missing/traces.map")))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("there is no folder")
        .hasMessageContaining("missing");
  }

  @Test
  void aFolderIsRefused() {
    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("that is a folder");
  }

  @Test
  void anEmptyFileIsRefused() throws IOException {
    Path file = Files.createFile(directory.resolve("traces.map"));
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("the file is empty");
    assertThat(file).isEmptyFile();
  }

  @Test
  void aFileThatIsNoMapIsRefusedAndLeftAsItIs() throws IOException {
    Path file = Files.writeString(directory.resolve("traces.map"), "not a map at all");
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(TraceStoreException.class)
        .hasMessageContaining("traces.map")
        .hasMessageNotContaining("\n");
    assertThat(file).hasContent("not a map at all");
  }

  @Test
  void aMapOfSomethingElseIsRefused() throws IOException {
    File file = directory.resolve("traces.map").toFile();
    try (ChronicleMap<byte[], byte[]> map =
        ChronicleMapBuilder.of(byte[].class, byte[].class)
            .averageKeySize(8)
            .averageValueSize(8)
            .entries(10)
            .createPersistedTo(file)) {
      map.put(new byte[] {1}, new byte[] {2});
    }
    assertThatThrownBy(() -> open(file.toPath()))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("not one of traces");
  }

  @Test
  void aMapLargerThanTheDiskIsNotMade() {
    ChronicleConfig config =
        ChronicleConfig.of(directory.resolve("traces.map"))
            .maxTraces(1_000_000_000)
            .averageTraceBytes(1_000_000);
    assertThatThrownBy(config::open)
        .isInstanceOf(StoreCapacityException.class)
        .hasMessageContaining("MiB left");
    assertThat(directory.resolve("traces.map")).doesNotExist();
  }

  @Test
  void afterAFailedOpenTheFileCanBeOpened() throws IOException {
    Path file = Files.createFile(directory.resolve("traces.map"));
    assertThatThrownBy(() -> open(file)).isInstanceOf(StoreConfigurationException.class);
    Files.delete(file);
    try (TraceStore store = open(file)) {
      store.storeTrace(Traces.trace(1));
      assertThat(store.getTrace(Traces.id(1))).contains(Traces.trace(1));
    }
  }
}
