package io.tracestore.bench.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.spi.Capability;
import io.tracestore.testing.Chromium;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportPageTest {
  private static final String ODD = "sqlite:</script><b>\"x\"&.db";

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

  private String pageUrl() throws IOException {
    return Files.writeString(folder.resolve("report.html"), page()).toUri().toString();
  }

  @Test
  void everyChartIsDrawnWithItsData() throws IOException, InterruptedException {
    int charts = Charts.of(new Results(JmhEntry.measurements(JmhEntry.run()))).size();
    Chromium.Rendered rendered = Chromium.orSkip(folder).dom(pageUrl());
    String dom = rendered.output();
    assertThat(dom).contains("data-charts=\"%d\"".formatted(charts));
    assertThat(rendered.log()).doesNotContain("CONSOLE");
    Matcher points = Pattern.compile("data-points=\"([0-9 ]+)\"").matcher(dom);
    assertThat(points.find()).isTrue();
    assertThat(Stream.of(points.group(1).split(" ", -1)).map(Integer::valueOf))
        .hasSize(charts)
        .allMatch(count -> count > 0);
  }

  @Test
  void itIsPaintedOnAPhoneInTheDark() throws IOException, InterruptedException {
    Path picture = folder.resolve("phone.png");
    Chromium.Rendered rendered =
        Chromium.orSkip(folder)
            .screenshot(
                pageUrl(),
                picture,
                "--window-size=400,900",
                "--blink-settings=preferredColorScheme=0");
    assertThat(picture).exists();
    assertThat(Files.size(picture)).isGreaterThan(5_000);
    assertThat(rendered.log()).doesNotContain("CONSOLE");
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
        .contains("<td>storeTrace / Zipkin's InMemoryStorage</td>")
        .contains("2x (2x to 2x) of Zipkin's InMemoryStorage")
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
