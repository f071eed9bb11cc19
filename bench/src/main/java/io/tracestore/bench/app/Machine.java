package io.tracestore.bench.app;

import com.sun.management.OperatingSystemMXBean;
import io.tracestore.model.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The machine and the software of a run.
 *
 * @param facts in words, by name, in the order to show them
 * @param memoryBytes of the machine
 * @param diskBytes that were free
 */
record Machine(Map<String, String> facts, double memoryBytes, double diskBytes) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** Libraries of which the version matters to the numbers. */
  private static final Pattern LIBRARY =
      Pattern.compile(
          "/(tracestore|sqlite-jdbc|postgresql|lettuce-core|chronicle-map|client-v2|jmh-core|zipkin)"
              + "-(\\d[^/]*)\\.jar!");

  /**
   * This one.
   *
   * @param place where stores are measured
   */
  static Machine here(Path place) throws IOException {
    Map<String, String> facts = new LinkedHashMap<>();
    double memory = memory();
    facts.put("Measured", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put("Processor", "%s, %d cores".formatted(processor(), cores()));
    facts.put("Memory", Numbers.bytes(memory));
    facts.put(
        "System",
        "%s %s, %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")));
    facts.put(
        "Java",
        "%s, %s".formatted(Runtime.version(), System.getProperty("java.vm.name", "unknown VM")));
    facts.put("Tracestore", version());
    facts.putAll(libraries());
    return new Machine(facts, memory, Files.getFileStore(place).getUsableSpace());
  }

  private static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static double memory() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Double.NaN;
  }

  private static String processor() throws IOException {
    if (Files.isReadable(CPU_INFO)) {
      for (String line : Files.readAllLines(CPU_INFO)) {
        if (line.startsWith("model name")) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    }
    return System.getProperty("os.arch", "unknown");
  }

  private static String version() throws IOException {
    Properties build = new Properties();
    try (InputStream in = Machine.class.getResourceAsStream("build.properties")) {
      if (in != null) {
        build.load(in);
      }
    }
    return build.getProperty("version", "unknown");
  }

  /** Asks the class loader: the class path may name one jar whose manifest names the others. */
  private static Map<String, String> libraries() throws IOException {
    Map<String, String> libraries = new LinkedHashMap<>();
    for (URL manifest :
        Collections.list(Machine.class.getClassLoader().getResources(JarFile.MANIFEST_NAME))) {
      Matcher library = LIBRARY.matcher(manifest.getPath());
      if (library.find() && !library.group(1).equals("tracestore")) {
        libraries.put(library.group(1), library.group(2));
      }
    }
    return libraries;
  }

  /** The most important facts in a line; empty if none is known. */
  String summary() {
    return Stream.of("Processor", "Memory", "Java", "Measured")
        .map(facts::get)
        .filter(Objects::nonNull)
        .collect(Collectors.joining(" · "));
  }

  /** With the stores that were measured, as {@code run.json} keeps it. */
  JsonValue toJson(List<StoreFacts> stores) {
    Map<String, Object> document = new LinkedHashMap<>();
    List<List<String>> rows =
        facts.entrySet().stream().map(fact -> List.of(fact.getKey(), fact.getValue())).toList();
    document.put("machine", rows);
    document.put("memoryBytes", memoryBytes);
    document.put("diskBytes", diskBytes);
    document.put("stores", stores.stream().map(StoreFacts::toJson).toList());
    return JsonValue.from(document);
  }

  static Machine ofJson(JsonValue document) {
    Map<String, String> facts = new LinkedHashMap<>();
    for (JsonValue row : Json.get(document, "machine").map(Json::items).orElse(List.of())) {
      List<JsonValue> pair = Json.items(row);
      if (pair.size() == 2
          && pair.get(0) instanceof JsonValue.JsonString name
          && pair.get(1) instanceof JsonValue.JsonString value) {
        facts.put(name.value(), value.value());
      }
    }
    return new Machine(
        facts, Json.number(document, "memoryBytes"), Json.number(document, "diskBytes"));
  }

  static List<StoreFacts> storesOfJson(JsonValue document) {
    return Json.get(document, "stores").map(Json::items).orElse(List.of()).stream()
        .map(StoreFacts::ofJson)
        .toList();
  }
}
