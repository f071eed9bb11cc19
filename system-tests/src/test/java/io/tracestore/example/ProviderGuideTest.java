package io.tracestore.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.compat.BackendTraits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The provider guide says what the code does. */
class ProviderGuideTest {
  private static final Path GUIDE = Path.of("../docs/provider-guide.md");
  private static final Path PROJECT = Path.of("../docs/examples/provider");

  /** The example of the section on SQL. */
  private static final Path SQL_PROVIDER = Path.of("../providers/sqlite/src/main/java");

  private static final Pattern SNIPPET =
      Pattern.compile("```(java|xml)?\n(.*?)\n```", Pattern.DOTALL);
  private static final Pattern VERSION =
      Pattern.compile("<(maven-\\w+-plugin\\.version)>(.*?)</\\1>");

  @Test
  void everySnippetStandsInTheSourcesOfTheExample() throws IOException {
    List<String> snippets = new ArrayList<>();
    SNIPPET.matcher(Files.readString(GUIDE)).results().map(m -> m.group(2)).forEach(snippets::add);
    String sources = sources();
    assertThat(snippets).hasSizeGreaterThan(5);
    assertThat(snippets).allSatisfy(snippet -> assertThat(sources).contains(snippet));
  }

  private static String sources() throws IOException {
    StringBuilder sources = new StringBuilder(Files.readString(PROJECT.resolve("pom.xml")));
    for (Path directory : List.of(PROJECT.resolve("src"), SQL_PROVIDER)) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
          sources.append(Files.readString(file));
        }
      }
    }
    return sources.toString();
  }

  @Test
  void theProjectToCopyTakesThePluginsOfThisBuild() throws IOException {
    assertThat(pluginVersions(PROJECT.resolve("pom.xml")))
        .isNotEmpty()
        .isSubsetOf(pluginVersions(Path.of("../pom.xml")));
  }

  private static List<String> pluginVersions(Path pom) throws IOException {
    return VERSION.matcher(Files.readString(pom)).results().map(MatchResult::group).toList();
  }

  @Test
  void theTableOfBackendsIsThatOfTheKit() throws IOException {
    List<String> rows =
        Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| (`[A-Z]+`(?:, `[A-Z]+`)*) \\|$")
            .matcher(Files.readString(GUIDE))
            .results()
            .map(ProviderGuideTest::sorted)
            .toList();
    assertThat(rows)
        .containsExactlyElementsOf(
            Stream.of(BackendTraits.values())
                .map(traits ->
                    traits
                        + " "
                        + traits.capabilities().stream()
                            .map(Enum::name)
                            .sorted()
                            .collect(Collectors.joining(", ")))
                .toList());
  }

  private static String sorted(MatchResult row) {
    String capabilities =
        Stream.of(row.group(2).replace("`", "").split(", "))
            .sorted()
            .collect(Collectors.joining(", "));
    return row.group(1) + " " + capabilities;
  }
}
