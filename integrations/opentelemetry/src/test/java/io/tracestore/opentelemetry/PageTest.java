package io.tracestore.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The code of the page compiles. */
class PageTest {
  private static final Path PAGE = Path.of("../../docs/opentelemetry.md");
  private static final Path SOURCE =
      Path.of("src/test/java/io/tracestore/opentelemetry/PageTest.java");
  private static final Pattern SNIPPET = Pattern.compile("```java\\n(.*?)\\n```", Pattern.DOTALL);

  /** The code that the page shows. */
  static SdkTracerProvider provider() {
    TraceStoreSpanExporter exporter =
        TraceStoreSpanExporter.open("sqlite:traces.db", Duration.ofSeconds(30));
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
            .build();
    return provider;
  }

  @Test
  void every_snippet_is_compiled_here() throws IOException {
    String source = Files.readString(SOURCE).replaceAll("(?m)^ {4}", "");

    List<String> snippets =
        SNIPPET.matcher(Files.readString(PAGE)).results().map(each -> each.group(1)).toList();

    assertThat(snippets).isNotEmpty().allSatisfy(snippet -> assertThat(source).contains(snippet));
  }
}
