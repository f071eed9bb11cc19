package io.tracestore.provider.chronicle;

import io.tracestore.spi.StoreConfigurationException;
import java.net.URL;
import java.security.CodeSource;
import java.util.List;
import java.util.stream.Collectors;
import net.openhft.chronicle.map.ChronicleMap;

/**
 * The options with which a JVM has to be started, because Chronicle Map uses internals of the JDK.
 */
final class JvmOptions {
  /** A package and what it has to be, for all code on the class path. */
  private record Access(String option, String module, String packageName) {
    boolean isThere(ModuleLayer modules, Module to) {
      return modules
          .findModule(module)
          .map(from ->
              option.equals(OPENS)
                  ? from.isOpen(packageName, to)
                  : from.isExported(packageName, to))
          .orElse(false);
    }

    @Override
    public String toString() {
      return "%s=%s/%s=ALL-UNNAMED".formatted(option, module, packageName);
    }
  }

  private static final String OPENS = "--add-opens";
  private static final String EXPORTS = "--add-exports";
  private static final String COMPILER = "jdk.compiler";

  private static final List<Access> NEEDED =
      List.of(
          new Access(EXPORTS, "java.base", "jdk.internal.ref"),
          new Access(EXPORTS, "java.base", "sun.nio.ch"),
          new Access(EXPORTS, "jdk.unsupported", "sun.misc"),
          new Access(EXPORTS, COMPILER, "com.sun.tools.javac.file"),
          new Access(OPENS, COMPILER, "com.sun.tools.javac"),
          new Access(OPENS, "java.base", "java.lang"),
          new Access(OPENS, "java.base", "java.lang.reflect"),
          new Access(OPENS, "java.base", "java.io"),
          new Access(OPENS, "java.base", "java.util"));

  private JvmOptions() {}

  /**
   * Makes sure of them.
   *
   * @throws StoreConfigurationException if some are missing; it says what to add
   */
  static void check() {
    check(ModuleLayer.boot(), ChronicleMap.class.getModule());
  }

  private static void check(ModuleLayer modules, Module chronicle) {
    if (chronicle.isNamed() || !isInFile(ChronicleMap.class)) {
      throw new StoreConfigurationException(
          "chronicle: works on the class path only, with jars that are files: Chronicle Map compiles classes against them while it runs",
          null);
    }
    if (modules.findModule(COMPILER).isEmpty()) {
      throw new StoreConfigurationException(
          "chronicle: needs a whole JDK: Chronicle Map compiles classes while it runs (module jdk.compiler is missing)",
          null);
    }
    boolean missing = NEEDED.stream().anyMatch(access -> !access.isThere(modules, chronicle));
    if (missing) {
      throw new StoreConfigurationException(
          "chronicle: start java with these options, which Chronicle Map needs: " + line(), null);
    }
  }

  /** Whether its jar is a file, rather than a jar inside a jar. */
  private static boolean isInFile(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    URL location = source == null ? null : source.getLocation();
    return location == null || location.getProtocol().equals("file");
  }

  /** All of them, as they stand on a command line. */
  static String line() {
    return NEEDED.stream().map(Access::toString).collect(Collectors.joining(" "));
  }
}
