package io.tracestore.system;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jooq.PlainSQL;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The compiler checks SQL: statements are jOOQ's, and the text that jOOQ lacks stands in one file
 * of a provider, {@code sql/SqlTemplates.java}.
 */
class SqlTextTest {
  private static final String TEMPLATES = "SqlTemplates";

  /** The classes that jOOQ generates from the tables. */
  private static final String GENERATED = "io.tracestore.provider.*.jooq..";

  /** Words that begin a statement or a clause, in a literal. */
  private static final Pattern SQL =
      Pattern.compile(
          "\\b(SELECT|INSERT INTO|UPDATE [a-z%]|DELETE FROM|ALTER TABLE|CREATE [A-Z]|DROP [A-Z]"
              + "|WHERE|ORDER BY|GROUP BY|LIMIT|JOIN|UNION ALL|VALUES|PRAGMA|VACUUM|ANALYZE|COMMIT"
              + "|ROLLBACK|BEGIN|LOCK TABLE|COPY|SET [A-Za-z]|FROM [a-z%]|OPTIMIZE|SHOW)\\b"
              + "|\\b(AND|OR|IN|NOT|AS) ?[a-z(%?]");

  /** A text block, or a literal of one line; comments are no literals. */
  private static final Pattern LITERAL =
      Pattern.compile(
          "(?<comment>/\\*.*?\\*/|//[^\\n]*)|(?<text>\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\")",
          Pattern.DOTALL);

  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "sqlite"})
  void noTextOfSqlStandsOutsideTheTemplates(String provider) throws IOException {
    assertThat(literalsWithSql(provider)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "sqlite"})
  void jooqIsGivenTextByTheTemplatesAlone(String provider) {
    noClasses()
        .that()
        .doNotHaveSimpleName(TEMPLATES)
        .and()
        .resideOutsideOfPackage(GENERATED)
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "takes SQL as text",
                (JavaCall<?> call) ->
                    call.getTarget()
                        .resolveMember()
                        .filter(member -> member.isAnnotatedWith(PlainSQL.class))
                        .isPresent()))
        .orShould()
        .callMethodWhere(
            DescribedPredicate.describe(
                "spells a value as SQL",
                (JavaCall<?> call) ->
                    call.getTargetOwner().isEquivalentTo(DSL.class)
                        && call.getName().equals("inline")
                        && !isOfNumber(call)))
        .check(new ClassFileImporter().importPackages("io.tracestore.provider." + provider));
  }

  @Test
  void theRuleFindsTextOfSql() {
    assertThat(
            Stream.of(
                    "\"SELECT 1\"",
                    "\"a AND b = \"",
                    "\"\"\"\nfoo\nDELETE FROM x\n\"\"\"",
                    "\" WHERE \"",
                    "\"PRAGMA data_version\"")
                .filter(literal -> !SQL.matcher(literal).find()))
        .isEmpty();
  }

  private static boolean isOfNumber(JavaCall<?> call) {
    List<JavaClass> parameters = call.getTarget().getRawParameterTypes();
    return parameters.getFirst().isAssignableTo(Number.class);
  }

  private static List<String> literalsWithSql(String provider) throws IOException {
    Path sources =
        Path.of(System.getProperty("user.dir"))
            .resolveSibling("providers/" + provider + "/src/main/java");
    try (Stream<Path> files = Files.walk(sources)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.endsWith(TEMPLATES + ".java"))
          .flatMap(SqlTextTest::literalsWithSql)
          .toList();
    }
  }

  private static Stream<String> literalsWithSql(Path file) {
    try {
      return LITERAL
          .matcher(Files.readString(file))
          .results()
          .map(found -> found.group("text"))
          .filter(text -> text != null && SQL.matcher(text).find())
          .map(text -> file.getFileName() + ": " + text)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
