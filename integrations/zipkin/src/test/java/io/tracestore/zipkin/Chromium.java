package io.tracestore.zipkin;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A browser without a window. */
final class Chromium {
  private static final long SECONDS = 120;

  private final String command;
  private final Path folder;

  private Chromium(String command, Path folder) {
    this.command = command;
    this.folder = folder;
  }

  /** The one that is installed, with its files in {@code folder}; CI must have one. */
  static Chromium orSkip(Path folder) {
    List<String> names = List.of("chromium", "chromium-browser", "google-chrome");
    String found =
        Stream.of(System.getenv("PATH").split(Pattern.quote(File.pathSeparator), -1))
            .flatMap(path -> names.stream().map(name -> Path.of(path, name)))
            .filter(Files::isExecutable)
            .map(Path::toString)
            .findFirst()
            .orElse("");
    if (!"all".equals(System.getenv("TRACESTORE_REQUIRE"))) {
      assumeFalse(found.isEmpty(), "no chromium is installed (ci/chromium does it)");
    }
    return new Chromium(found, folder);
  }

  /** The page as its scripts leave it. */
  String dom(String url) throws IOException, InterruptedException {
    return run(url, "--dump-dom");
  }

  /** Writes a picture of the page. */
  void screenshot(String url, Path png) throws IOException, InterruptedException {
    String unused =
        run(
            url,
            "--hide-scrollbars",
            "--window-size=1280,720",
            "--screenshot=" + png.toAbsolutePath());
  }

  private String run(String url, String... arguments) throws IOException, InterruptedException {
    List<String> all =
        new ArrayList<>(
            List.of(
                command,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-extensions",
                "--virtual-time-budget=20000",
                "--user-data-dir=" + folder.resolve("profile")));
    all.addAll(List.of(arguments));
    all.add(url);
    Path output = folder.resolve("page.html");
    Process browser =
        new ProcessBuilder(all)
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!browser.waitFor(SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the browser does not end");
      }
    } finally {
      browser.destroyForcibly().waitFor();
    }
    return Files.readString(output);
  }
}
