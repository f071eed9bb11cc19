package io.tracestore.zipkin;

import io.tracestore.testing.Installed;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A stock Zipkin server as a process of its own, with the storage as a module. */
final class ZipkinServer {
  private static final String JAR = "zipkin-server-3.6.1-exec.jar";
  private static final Pattern SERVING = Pattern.compile("Serving HTTP at .*http://[^/]*:(\\d+)/");

  /** Libraries that the server has itself, and those that only tests need. */
  private static final Pattern NOT_OURS =
      Pattern.compile(
          ".*/(test-classes|(zipkin|spring|slf4j|micrometer|junit|opentest4j|apiguardian"
              + "|assertj|byte-buddy)-.*\\.jar)");

  private final Process process;
  private final int port;
  private final List<String> output;

  private ZipkinServer(Process process, int port, List<String> output) {
    this.process = process;
    this.port = port;
    this.output = output;
  }

  /** Starts one on {@code store}; the test is skipped where the server is not installed. */
  static ZipkinServer start(String store) throws IOException {
    Path jar = Installed.cachedOrSkip("Zipkin's server is not installed: ci/zipkin", JAR);
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-Dloader.path=" + modulePath(),
            "-Dspring.profiles.active=tracestore",
            "-Darmeria.ports[0].ip=127.0.0.1",
            "-Darmeria.ports[0].port=0",
            "-Darmeria.ports[0].protocols[0]=http",
            "-cp",
            jar.toString(),
            "org.springframework.boot.loader.launch.PropertiesLauncher");
    builder.environment().putAll(Map.of("TRACESTORE_URI", store));
    return started(builder.redirectErrorStream(true).start());
  }

  private static String modulePath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> !NOT_OURS.matcher(entry).matches())
        .collect(Collectors.joining(","));
  }

  private static ZipkinServer started(Process process) throws IOException {
    List<String> lines = new ArrayList<>();
    BufferedReader reader = process.inputReader();
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      lines.add(line);
      Matcher serving = SERVING.matcher(line);
      if (serving.find()) {
        // Its later output must not fill the pipe.
        Thread.ofVirtual().start(() -> reader.lines().forEach(lines::add));
        return new ZipkinServer(process, Integer.parseInt(serving.group(1)), lines);
      }
    }
    throw new IllegalStateException("the server ended: " + String.join("\n", lines));
  }

  /** The address of {@code path}, which begins with a slash. */
  String url(String path) {
    return "http://127.0.0.1:%d%s".formatted(port, path);
  }

  /** Ends the server as a signal does, and waits for it. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("the server does not end: " + output);
    }
  }
}
