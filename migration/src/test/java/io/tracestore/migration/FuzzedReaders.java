package io.tracestore.migration;

import io.tracestore.codec.ReflowJson;
import io.tracestore.codec.TraceBinary;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.config.StoreUri;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * All readers of foreign bytes, as a target of Jazzer, which calls {@link #fuzzerTestOneInput} with
 * one input after the other. Any exception that is not documented ends it.
 */
public final class FuzzedReaders {
  private static final Path FILE = newFile();

  private FuzzedReaders() {}

  private static Path newFile() {
    try {
      Path file = Files.createTempFile("fuzzed", ".json");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads {@code input} as a file of traces, as stored bytes, and as texts. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    Files.write(FILE, input);
    try (TraceSource source = TraceFiles.open(List.of(FILE), null, ImportListener.NONE)) {
      for (Optional<TraceSource.Item> next = source.next();
          next.isPresent();
          next = source.next()) {
        if (next.get() instanceof TraceSource.Read read) {
          keepsItsValue(read.trace());
        }
      }
    }
    refusedOrRead(TraceBinary::decode, input);
    refusedOrRead(TraceBinary::decodeHeader, input);
    refusedOrRead(TraceBinary::decodeEvents, input);
    String text = new String(input, StandardCharsets.UTF_8);
    refusedOrRead(ReflowJson::readQuery, text);
    refusedOrRead(ReflowJson::readEvent, text);
    try {
      StoreUri.parse(text);
    } catch (StoreConfigurationException e) {
      // documented
    }
  }

  private static void keepsItsValue(FlowTrace trace) {
    if (!TraceBinary.decode(TraceBinary.encode(trace)).equals(trace)) {
      throw new AssertionError("not kept: " + trace);
    }
  }

  private static <T> void refusedOrRead(Consumer<T> reader, T input) {
    try {
      reader.accept(input);
    } catch (CorruptDataException e) {
      // documented
    }
  }
}
