package io.tracestore.provider.chronicle;

import java.lang.management.ManagementFactory;
import java.util.List;

/** Starts JVMs that open a {@code chronicle:} store. */
public final class ChronicleJvm {
  /** The options of this JVM that open the JDK's internals. */
  public static final List<String> OPTIONS =
      ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
          .filter(argument ->
              argument.startsWith("--add-opens")
                  || argument.startsWith("--add-exports")
                  || argument.startsWith("--enable-native-access"))
          .toList();

  private ChronicleJvm() {}
}
