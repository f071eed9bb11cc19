package io.tracestore.provider.chronicle.connect;

import io.tracestore.spi.StoreConfigurationException;
import java.net.URL;
import java.security.CodeSource;
import java.util.List;
import net.openhft.chronicle.map.ChronicleMap;

/**
 * The options with which a JVM has to be started, because Chronicle Map uses internals of the JDK.
 */
public final class JvmOptions {
  private static final String COMPILER = "jdk.compiler";

  private static final List<String> NEEDED =
      List.of(
          "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
          "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED",
          "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
          "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/java.io=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED");

  private JvmOptions() {}

  /**
   * Makes sure of them.
   *
   * @throws StoreConfigurationException if some are missing; it says what to add
   */
  public static void check() {
    Module chronicle = ChronicleMap.class.getModule();
    if (chronicle.isNamed() || !isInFile(ChronicleMap.class)) {
      throw new StoreConfigurationException(
          "chronicle: works on the class path only, with jars that are files: Chronicle Map compiles classes against them while it runs",
          null);
    }
    if (ModuleLayer.boot().findModule(COMPILER).isEmpty()) {
      throw new StoreConfigurationException(
          "chronicle: needs a whole JDK: Chronicle Map compiles classes while it runs (module jdk.compiler is missing)",
          null);
    }
    if (!NEEDED.stream().allMatch(option -> isGiven(option, chronicle))) {
      throw new StoreConfigurationException(
          "chronicle: start java with these options, which Chronicle Map needs: " + line(), null);
    }
  }

  /** Whether {@code chronicle} has the access that an option gives, in whatever way it got it. */
  private static boolean isGiven(String option, Module chronicle) {
    String[] words = option.split("[=/]", -1);
    return ModuleLayer.boot()
        .findModule(words[1])
        .map(from ->
            words[0].equals("--add-opens")
                ? from.isOpen(words[2], chronicle)
                : from.isExported(words[2], chronicle))
        .orElse(false);
  }

  /** Whether its jar is a file, rather than a jar inside a jar. */
  private static boolean isInFile(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    URL location = source == null ? null : source.getLocation();
    return location == null || location.getProtocol().equals("file");
  }

  /** All of them, as they stand on a command line. */
  public static String line() {
    return String.join(" ", NEEDED);
  }
}
