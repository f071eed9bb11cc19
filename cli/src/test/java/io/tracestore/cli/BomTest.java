package io.tracestore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The BOM names the libraries of this build and nothing else. */
class BomTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern ARTIFACT = Pattern.compile("<artifactId>(.*?)</artifactId>");
  private static final Pattern MODULE = Pattern.compile("<module>(.*?)</module>");
  private static final Pattern VERSION = Pattern.compile("<version>(.*?)</version>");

  private static final Pattern PLUGIN_VERSION =
      Pattern.compile("<(maven-\\w+-plugin\\.version>.*?)</");

  /** Programs and what only the build uses. */
  private static final Set<String> NO_LIBRARIES =
      Set.of(
          "tracestore-bom",
          "tracestore-cli",
          "tracestore-bench",
          "tracestore-dist",
          "tracestore-clickhouse-server",
          "tracestore-test-servers",
          "tracestore-system-tests",
          "tracestore-format");

  @Test
  void every_library_of_the_build_is_in_the_bom_and_nothing_else() throws IOException {
    Set<String> libraries = new TreeSet<>();
    for (String module : all(MODULE, Files.readString(ROOT.resolve("pom.xml")))) {
      String pom = Files.readString(ROOT.resolve(module).resolve("pom.xml"));
      libraries.add(all(ARTIFACT, pom.replaceFirst("(?s)<parent>.*</parent>", "")).getFirst());
    }
    libraries.removeAll(NO_LIBRARIES);
    String bom = Files.readString(ROOT.resolve("bom/pom.xml"));
    String managed = bom.replaceFirst("(?s)</dependencyManagement>.*", "");
    List<String> artifacts = new ArrayList<>(all(ARTIFACT, managed));
    artifacts.removeFirst();

    assertThat(artifacts).containsExactlyInAnyOrderElementsOf(libraries);
    assertThat(bom).doesNotContain("<parent>", "<scope>import</scope>");
    assertThat(all(VERSION, bom).getFirst())
        .isEqualTo(all(VERSION, Files.readString(ROOT.resolve("pom.xml"))).getFirst());
  }

  @Test
  void the_bom_is_built_with_the_plugins_of_the_other_artifacts() throws IOException {
    assertThat(pluginVersions("bom/pom.xml")).isNotEmpty().isSubsetOf(pluginVersions("pom.xml"));
  }

  private static List<String> pluginVersions(String pom) throws IOException {
    return all(PLUGIN_VERSION, Files.readString(ROOT.resolve(pom)));
  }

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult each) -> each.group(1)).toList();
  }
}
