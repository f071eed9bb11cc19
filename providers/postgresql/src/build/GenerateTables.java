import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jooq.codegen.GenerationTool;
import org.jooq.meta.jaxb.Configuration;
import org.jooq.meta.jaxb.Database;
import org.jooq.meta.jaxb.ForcedType;
import org.jooq.meta.jaxb.Generate;
import org.jooq.meta.jaxb.Generator;
import org.jooq.meta.jaxb.Logging;
import org.jooq.meta.jaxb.OnError;
import org.jooq.meta.jaxb.Property;
import org.jooq.meta.jaxb.SchemaMappingType;
import org.jooq.meta.jaxb.Target;

/**
 * Lets jOOQ read the schema scripts and generate the table classes from them, without a server:
 * {@code java GenerateTables.java SCHEMA_DIRECTORY PACKAGE OUTPUT_DIRECTORY}. What only PostgreSQL
 * understands stands between {@code [jooq ignore start]} and {@code [jooq ignore stop]}.
 */
class GenerateTables {
  public static void main(String[] args) throws Exception {
    System.setProperty("org.jooq.no-logo", "true");
    System.setProperty("org.jooq.no-tips", "true");
    // One file: how jOOQ looks for several depends on the directory it is started in.
    Path whole = Files.createTempFile("schema", ".sql");
    try {
      Files.write(whole, statements(Path.of(args[0])));
      new GenerationTool().run(configuration(whole, args[1], args[2]));
    } finally {
      Files.delete(whole);
    }
  }

  private static List<String> statements(Path directory) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int version = 1; ; version++) {
      String prefix = "V" + version + "__";
      try (Stream<Path> files = Files.list(directory)) {
        Optional<Path> script =
            files.filter(file -> file.getFileName().toString().startsWith(prefix)).findFirst();
        if (script.isEmpty()) {
          return lines;
        }
        lines.addAll(Files.readAllLines(script.get()));
      }
    }
  }

  private static Configuration configuration(Path script, String packageName, String directory) {
    return new Configuration()
        .withLogging(Logging.WARN)
        .withOnError(OnError.FAIL)
        .withGenerator(
            new Generator()
                .withDatabase(
                    new Database()
                        .withName("org.jooq.meta.extensions.ddl.DDLDatabase")
                        .withSchemata(
                            new SchemaMappingType()
                                .withInputSchema("PUBLIC")
                                .withOutputSchema("tracestore"))
                        .withProperties(
                            new Property().withKey("scripts").withValue(script.toString()),
                            new Property().withKey("unqualifiedSchema").withValue("public"),
                            new Property().withKey("defaultNameCase").withValue("lower"))
                        .withForcedTypes(
                            new ForcedType().withName("JSONB").withIncludeTypes("(?i:JSON)")))
                .withGenerate(
                    new Generate()
                        .withRecords(true)
                        .withPojos(false)
                        .withDaos(false)
                        .withIndexes(false)
                        .withKeys(false)
                        .withJavadoc(false)
                        .withComments(false))
                .withTarget(new Target().withPackageName(packageName).withDirectory(directory)));
  }
}
