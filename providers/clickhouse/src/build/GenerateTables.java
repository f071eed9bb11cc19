import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the column lists in the schema scripts and writes a jOOQ class for each table and each
 * enumeration: {@code java GenerateTables.java SCHEMA_DIRECTORY PACKAGE OUTPUT_DIRECTORY}. jOOQ's
 * own generator reads neither ClickHouse's types nor its clauses.
 */
class GenerateTables {
  private static final Pattern TABLE =
      Pattern.compile(
          "CREATE TABLE IF NOT EXISTS \\{database}\\.(?:\\{local )?([a-z_]+)}? [^(]*\\((.*?)\\)\\s*ENGINE",
          Pattern.DOTALL);

  /** A name and a type, which may have parentheses within parentheses; what follows is ignored. */
  private static final Pattern COLUMN =
      Pattern.compile(
          "([a-z_]+)\\s+([A-Z][A-Za-z0-9]*(?:\\((?:[^()]|\\([^()]*\\))*\\))?)(?:\\s.*)?");

  private static final Pattern LABEL = Pattern.compile("'([A-Za-z]+)' = (\\d+)");

  private static final Map<String, String[]> TYPES =
      Map.ofEntries(
          type("String", "String", "Types.TEXT"),
          type("LowCardinality(String)", "String", "Types.TEXT"),
          type("FixedString(16)", "UUID", "Types.ID"),
          type("Array(FixedString(16))", "UUID[]", "Types.IDS"),
          type("Map(LowCardinality(String), String)", "Object", "Types.PAIRS"),
          type("Int64", "Long", "SQLDataType.BIGINT"),
          type("UInt64", "Long", "SQLDataType.BIGINT"),
          type("Int32", "Integer", "SQLDataType.INTEGER"),
          type("UInt32", "Integer", "SQLDataType.INTEGER"),
          type("Float32", "Float", "SQLDataType.REAL"),
          type("Float64", "Double", "SQLDataType.DOUBLE"),
          type("UUID", "UUID", "SQLDataType.UUID"),
          type("DateTime('UTC')", "Instant", "SQLDataType.INSTANT"),
          type("DateTime64(9, 'UTC')", "Instant", "SQLDataType.INSTANT"));

  private final String packageName;
  private final Path output;

  GenerateTables(String packageName, Path output) {
    this.packageName = packageName;
    this.output = output;
  }

  public static void main(String[] args) throws IOException {
    Path output = Path.of(args[2]).resolve(args[1].replace('.', '/'));
    Files.createDirectories(output);
    GenerateTables generator = new GenerateTables(args[1], output);
    List<Path> scripts;
    try (Stream<Path> files = Files.list(Path.of(args[0]))) {
      scripts = files.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
    }
    int tables = 0;
    for (Path script : scripts) {
      tables += generator.read(Files.readString(script));
    }
    if (tables == 0) {
      throw new IllegalStateException("no table in " + scripts);
    }
  }

  private static Map.Entry<String, String[]> type(String sql, String java, String jooq) {
    return Map.entry(sql, new String[] {java, jooq});
  }

  private int read(String script) throws IOException {
    Matcher tables = TABLE.matcher(script.replaceAll("(?m)--.*$", ""));
    int found = 0;
    while (tables.find()) {
      writeTable(tables.group(1), tables.group(2));
      found++;
    }
    return found;
  }

  private void writeTable(String table, String columns) throws IOException {
    String name = camelCase(table);
    List<String> fields = new ArrayList<>();
    for (String part : partsOf(columns)) {
      if (part.startsWith("INDEX ")) {
        continue;
      }
      Matcher column = COLUMN.matcher(part);
      if (!column.matches()) {
        throw new IllegalStateException("table %s: no column: %s".formatted(table, part));
      }
      String[] type = typeOf(column.group(1), column.group(2));
      fields.add(
          "  public static final Field<%s> %s = DSL.field(DSL.name(\"%s\"), %s);\n"
              .formatted(
                  type[0], column.group(1).toUpperCase(Locale.ROOT), column.group(1), type[1]));
    }
    write(
        name,
        """
        import io.tracestore.provider.clickhouse.sql.Types;
        import java.time.Instant;
        import java.util.UUID;
        import org.jooq.Field;
        import org.jooq.Record;
        import org.jooq.impl.DSL;
        import org.jooq.impl.SQLDataType;
        import org.jooq.impl.TableImpl;

        /** The table {@code %2$s}, and its columns without its name. */
        public final class %1$s extends TableImpl<Record> {
          private static final long serialVersionUID = 1;

          public static final %1$s %3$s = new %1$s("%2$s");

        %4$s
          /** A table of another name with the same columns. */
          public %1$s(String name) {
            super(DSL.name(name), DSL.schema(DSL.name("")));
          }
        }
        """
            .formatted(name, table, table.toUpperCase(Locale.ROOT), String.join("", fields)));
  }

  /** The parts between those commas that are in no parentheses. */
  private static List<String> partsOf(String list) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < list.length(); i++) {
      char c = list.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && depth == 0) {
        parts.add(list.substring(start, i).strip());
        start = i + 1;
      }
    }
    parts.add(list.substring(start).strip());
    return parts;
  }

  private String[] typeOf(String column, String sql) throws IOException {
    if (sql.startsWith("Enum8(")) {
      String name = camelCase(column);
      writeEnumeration(name, sql);
      return new String[] {name, "Types.enumeration(%s.class)".formatted(name)};
    }
    String plain = sql.startsWith("Nullable(") ? sql.substring(9, sql.length() - 1) : sql;
    String[] type = TYPES.get(plain);
    if (type == null) {
      throw new IllegalStateException("column %s: no Java type for %s".formatted(column, sql));
    }
    return type;
  }

  private void writeEnumeration(String name, String sql) throws IOException {
    Map<Integer, String> labels = new TreeMap<>();
    LABEL
        .matcher(sql)
        .results()
        .forEach(label -> labels.put(Integer.valueOf(label.group(2)), label.group(1)));
    List<String> values = new ArrayList<>();
    labels.forEach((number, label) ->
        values.add("  %s(\"%s\", %d)".formatted(label.toUpperCase(Locale.ROOT), label, number)));
    write(
        name,
        """
        import io.tracestore.provider.clickhouse.sql.Label;

        /** The values of the column {@code %2$s}. */
        public enum %1$s implements Label {
        %3$s;

          private final String label;
          private final int number;

          %1$s(String label, int number) {
            this.label = label;
            this.number = number;
          }

          @Override
          public String label() {
            return label;
          }

          @Override
          public int number() {
            return number;
          }
        }
        """
            .formatted(name, name.toLowerCase(Locale.ROOT), String.join(",\n", values)));
  }

  private void write(String name, String body) throws IOException {
    Files.writeString(
        output.resolve(name + ".java"), "package %s;\n\n%s".formatted(packageName, body));
  }

  private static String camelCase(String name) {
    StringBuilder camel = new StringBuilder();
    for (String word : name.split("_")) {
      camel.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
    }
    return camel.toString();
  }
}
