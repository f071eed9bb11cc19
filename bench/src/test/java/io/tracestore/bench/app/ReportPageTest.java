package io.tracestore.bench.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.spi.Capability;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportPageTest {
  private static final String ODD = "sqlite:</script><b>\"x\"&.db";
  private static final long BROWSER_SECONDS = 120;

  @TempDir Path folder;

  private static String page() throws IOException {
    Results results = new Results(JmhEntry.measurements(JmhEntry.run()));
    List<StoreFacts> stores =
        List.of(
            new StoreFacts("mem:", "mem", Set.of(Capability.EVICTING)),
            new StoreFacts(ODD, "sqlite", Set.of(Capability.PERSISTENT, Capability.DURABLE)));
    Machine machine = new Machine(Map.of("Processor", "one <fast> & small"), 8e9, 1e11);
    Recommendation advice = Recommendation.of(Need.parse("durable"), stores, results, 8e9, 1e11);
    return new ReportPage(results, machine, stores, advice).html();
  }

  /** Where a browser is, if there is one; CI must have it. */
  private static String chromium() {
    List<String> names = List.of("chromium", "chromium-browser", "google-chrome");
    String found =
        Stream.of(System.getenv("PATH").split(Pattern.quote(File.pathSeparator), -1))
            .flatMap(path -> names.stream().map(name -> Path.of(path, name)))
            .filter(Files::isExecutable)
            .map(Path::toString)
            .findFirst()
            .orElse("");
    if (!"all".equals(System.getenv("TRACESTORE_REQUIRE"))) {
      Assumptions.assumeFalse(found.isEmpty(), "no chromium is installed (ci/chromium does it)");
    }
    return found;
  }

  /** The output of a browser that renders the page, with its log. */
  private String render(String... arguments) throws IOException, InterruptedException {
    Path page = Files.writeString(folder.resolve("report.html"), page());
    List<String> command =
        new ArrayList<>(
            List.of(
                chromium(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-extensions",
                "--enable-logging=stderr",
                "--virtual-time-budget=10000",
                "--user-data-dir=" + folder.resolve("profile")));
    command.addAll(List.of(arguments));
    command.add(page.toUri().toString());
    Path output = folder.resolve("output");
    Path log = folder.resolve("log");
    Process browser =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(log.toFile())
            .start();
    try {
      assertThat(browser.waitFor(BROWSER_SECONDS, TimeUnit.SECONDS))
          .as("the browser ends")
          .isTrue();
    } finally {
      browser.destroyForcibly().waitFor();
    }
    return Files.readString(output) + Files.readString(log);
  }

  @Test
  void everyChartIsDrawnWithItsData() throws IOException, InterruptedException {
    int charts = Charts.of(new Results(JmhEntry.measurements(JmhEntry.run()))).size();
    String dom = render("--dump-dom");
    assertThat(dom).contains("data-charts=\"%d\"".formatted(charts)).doesNotContain("CONSOLE");
    Matcher points = Pattern.compile("data-points=\"([0-9 ]+)\"").matcher(dom);
    assertThat(points.find()).isTrue();
    assertThat(Stream.of(points.group(1).split(" ", -1)).map(Integer::valueOf))
        .hasSize(charts)
        .allMatch(count -> count > 0);
  }

  @Test
  void itIsPaintedOnAPhoneInTheDark() throws IOException, InterruptedException {
    Path picture = folder.resolve("phone.png");
    String log =
        render(
            "--window-size=400,900",
            "--blink-settings=preferredColorScheme=0",
            "--screenshot=" + picture);
    assertThat(picture).exists();
    assertThat(Files.size(picture)).isGreaterThan(5_000);
    assertThat(log).doesNotContain("CONSOLE");
  }

  @Test
  void namesOfStoresAreNeverMarkup() throws IOException {
    assertThat(page()).doesNotContain("</script><b>").doesNotContain("<b>\"x\"");
  }

  @Test
  void nothingIsLoadedFromElsewhere() throws IOException {
    assertThat(page())
        .doesNotContainPattern("(?i)<(script|img|iframe|source)[^>]*\\ssrc\\s*=")
        .doesNotContainPattern("(?i)<link[^>]*href=\"(?!data:)");
  }

  @Test
  void everyChartHasATableOfItsNumbers() throws IOException {
    String page = page();
    int charts = Charts.of(new Results(JmhEntry.measurements(JmhEntry.run()))).size();
    assertThat(page.split("<canvas", -1)).hasSize(charts + 1);
    assertThat(page.split("Numbers of this chart", -1)).hasSize(charts + 1);
  }

  @Test
  void theCostOfTheLibraryIsNamed() throws IOException {
    assertThat(page())
        .contains("<td>writing / Zipkin's writing</td>")
        .contains("<td class=\"number missed\">✗ missed</td>");
  }

  @Test
  void theAdviceNamesWhatWasNeededAndWhatFits() throws IOException {
    assertThat(page())
        .contains("Needed: <strong>durable</strong>")
        .contains("Take <strong>" + ReportPage.escape(ODD) + "</strong>")
        .contains("mem: does not fit");
  }
}
