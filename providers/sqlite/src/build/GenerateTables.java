import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
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
 * Runs the schema on an empty SQLite database and lets jOOQ generate the table classes from what it
 * finds there: {@code java GenerateTables.java SCHEMA_FILE PACKAGE OUTPUT_DIRECTORY}.
 */
class GenerateTables {
  public static void main(String[] args) throws Exception {
    System.setProperty("org.jooq.no-logo", "true");
    System.setProperty("org.jooq.no-tips", "true");
    try (Connection database = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      try (Statement statement = database.createStatement()) {
        // The driver gives the whole text to sqlite3_exec, which knows where a statement ends.
        statement.executeUpdate(Files.readString(Path.of(args[0])));
      }
      GenerationTool tool = new GenerationTool();
      tool.setConnection(database);
      tool.run(configuration(args[1], args[2]));
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
