package io.tracestore.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Chromium without a window; {@code ci/chromium} installs it. */
public final class Chromium {
  private static final long SECONDS = 120;

  private final Path program;
  private final Path folder;

  private Chromium(Path program, Path folder) {
    this.program = program;
    this.folder = folder;
  }

  /** The installed one, with its files in {@code folder}; skips the test where there is none. */
  public static Chromium orSkip(Path folder) {
    return new Chromium(
        Installed.programOrSkip(
            "no chromium is installed (ci/chromium does it)",
            "chromium",
            "chromium-browser",
            "google-chrome"),
        folder);
  }

  /** A command that starts it with a profile of its own and these {@code arguments}. */
  public List<String> command(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-extensions",
                "--hide-scrollbars",
                "--user-data-dir=" + folder.resolve("profile")));
    command.addAll(List.of(arguments));
    return command;
  }

  /** The page as its scripts leave it. */
  public Rendered dom(String url) throws IOException, InterruptedException {
    return run("--dump-dom", url);
  }

  /** Writes a picture of the page, in a window that the {@code arguments} describe. */
  public Rendered screenshot(String url, Path png, String... arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--screenshot=" + png.toAbsolutePath());
    all.add(url);
    return run(all.toArray(String[]::new));
  }

  /**
   * The output of a run.
   *
   * @param output its result
   * @param log messages of the browser and of the page's console
   */
  public record Rendered(String output, String log) {}

  private Rendered run(String... arguments) throws IOException, InterruptedException {
    List<String> command = command("--enable-logging=stderr", "--virtual-time-budget=20000");
    command.addAll(List.of(arguments));
    Path output = folder.resolve("chromium.output");
    Path log = folder.resolve("chromium.log");
    Process browser =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(log.toFile())
            .start();
    try {
      if (!browser.waitFor(SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the browser does not end");
      }
    } finally {
      browser.destroyForcibly().waitFor();
    }
    return new Rendered(Files.readString(output), Files.readString(log));
  }
}
