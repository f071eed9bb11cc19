import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jooq.codegen.GenerationTool;
import org.jooq.meta.jaxb.Configuration;
import org.jooq.meta.jaxb.Database;
import org.jooq.meta.jaxb.ForcedType;
import org.jooq.meta.jaxb.Generate;
import org.jooq.meta.jaxb.Generator;
import org.jooq.meta.jaxb.Logging;
import org.jooq.meta.jaxb.OnError;
import org.jooq.meta.jaxb.Target;

/**
 * Runs the schema scripts on an empty SQLite database and lets jOOQ generate the table classes from
 * what it finds there: {@code java GenerateTables.java SCHEMA_DIRECTORY PACKAGE OUTPUT_DIRECTORY}.
 */
class GenerateTables {
  private static final Pattern SCRIPT = Pattern.compile("V(\\d+)__\\w+\\.sql");

  public static void main(String[] args) throws Exception {
    List<Path> scripts = scripts(Path.of(args[0]));
    if (scripts.isEmpty()) {
      System.out.println("no V*__*.sql in " + args[0] + ", nothing generated");
      return;
    }
    System.setProperty("org.jooq.no-logo", "true");
    System.setProperty("org.jooq.no-tips", "true");
    try (Connection database = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      for (Path script : scripts) {
        run(database, script);
      }
      GenerationTool tool = new GenerationTool();
      tool.setConnection(database);
      tool.run(configuration(args[1], args[2]));
    }
  }

  private static List<Path> scripts(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> version(file) >= 0)
          .sorted(Comparator.comparingInt(GenerateTables::version))
          .toList();
    }
  }

  private static int version(Path script) {
    Matcher name = SCRIPT.matcher(script.getFileName().toString());
    return name.matches() ? Integer.parseInt(name.group(1)) : -1;
  }

  private static void run(Connection database, Path script) throws IOException, SQLException {
    try (Statement statement = database.createStatement()) {
      // The driver gives the whole text to sqlite3_exec, which knows where a statement ends.
      statement.executeUpdate(Files.readString(script));
    } catch (SQLException e) {
      throw new SQLException(script.getFileName() + ": " + e.getMessage(), e);
    }
  }

  private static Configuration configuration(String packageName, String directory) {
    return new Configuration()
        .withLogging(Logging.WARN)
        .withOnError(OnError.FAIL)
        .withGenerator(
            new Generator()
                .withDatabase(
                    new Database()
                        .withName("org.jooq.meta.sqlite.SQLiteDatabase")
                        .withExcludes("sqlite_.*")
                        .withForcedTypes(
                            // SQLite's INTEGER is 64 bits wide, jOOQ's is 32.
                            new ForcedType().withName("BIGINT").withIncludeTypes("(?i:INTEGER)")))
                .withGenerate(
                    new Generate()
                        .withRecords(true)
                        .withPojos(false)
                        .withDaos(false)
                        .withJavadoc(false)
                        .withComments(false))
                .withTarget(new Target().withPackageName(packageName).withDirectory(directory)));
  }
}
