package io.tracestore.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The code of the page is that of a test. */
class PageTest {
  private static final Path PAGE = Path.of("../../../docs/spring-boot.md");
  private static final Path SOURCE =
      Path.of("src/starter-test/java/io/tracestore/spring/StarterTest.java");
  private static final Pattern SNIPPET = Pattern.compile("```java\\n(.*?)\\n```", Pattern.DOTALL);

  @Test
  void every_snippet_is_compiled_in_the_tests() throws IOException {
    String source = Files.readString(SOURCE).replaceAll("(?m)^ {2}", "");

    List<String> snippets =
        SNIPPET.matcher(Files.readString(PAGE)).results().map(each -> each.group(1)).toList();

    assertThat(snippets).isNotEmpty().allSatisfy(snippet -> assertThat(source).contains(snippet));
  }
}
