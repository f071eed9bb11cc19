package io.tracestore.system;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasModifiers.Predicates.modifier;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.tracestore.spi.config.StoreUri;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Modules use only the modules that they may; checked on the compiled classes of everything that
 * the kit is run on.
 */
class ArchitectureTest {
  private static final String[] SPI = {"io.tracestore.model..", "io.tracestore.spi.."};
  private static final String SUPPORT = "io.tracestore.provider.support..";
  private static final String PROVIDERS = "io.tracestore.provider..";

  /** The package that a provider exports. Its folders below are public inside the module only. */
  private static final String EXPORTED = "io.tracestore.provider.*";

  private static final String FOLDERS = "io.tracestore.provider.*.*..";
  private static final String CODEC = "io.tracestore.codec..";
  private static final String RESOLVER = "io.tracestore";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("/test-servers/"))
          .importPackages("io.tracestore");

  @Test
  void theRulesSeeEveryModule() {
    assertThat(
            Stream.of(
                    "spi",
                    "model",
                    "codec",
                    "provider.mem",
                    "provider.postgresql",
                    "provider.sqlite",
                    "compat")
                .filter(name -> !CLASSES.containPackage("io.tracestore." + name)))
        .isEmpty();
  }

  @Test
  void theSpiDependsOnNothingButTheJdkAndJSpecify() {
    classes()
        .that()
        .resideInAnyPackage(SPI)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                "io.tracestore.model..", "io.tracestore.spi..", "java..", "org.jspecify.."))
        .check(CLASSES);
  }

  @Test
  void theModelDoesNotKnowTheStores() {
    noClasses()
        .that()
        .resideInAPackage("io.tracestore.model..")
        .should()
        .dependOnClassesThat(resideInAPackage("io.tracestore.spi.."))
        .check(CLASSES);
  }

  @Test
  void supportDependsOnTheSpiOnly() {
    noClasses()
        .that()
        .resideInAPackage(SUPPORT)
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.tracestore..")
                .and(not(resideInAnyPackage(SPI)))
                .and(not(resideInAPackage(SUPPORT))))
        .check(CLASSES);
  }

  @Test
  void theCodecDependsOnTheSpiOnly() {
    noClasses()
        .that()
        .resideInAPackage(CODEC)
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.tracestore..")
                .and(not(resideInAnyPackage(SPI)))
                .and(not(resideInAPackage(CODEC))))
        .check(CLASSES);
  }

  @Test
  void aProviderDependsOnTheSpiSupportAndCodecOnly() {
    noClasses()
        .that()
        .resideInAPackage(PROVIDERS)
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.tracestore..")
                .and(not(resideInAnyPackage(SPI)))
                .and(not(resideInAnyPackage(PROVIDERS, CODEC))))
        .check(CLASSES);
  }

  @Test
  void providersDoNotDependOnEachOther() {
    slices()
        .matching("io.tracestore.provider.(*)..")
        .should()
        .notDependOnEachOther()
        .ignoreDependency(resideInAPackage(PROVIDERS), resideInAPackage(SUPPORT))
        .check(CLASSES);
  }

  @Test
  void onlyTheResolverLooksForProviders() {
    noClasses()
        .that(not(resideInAPackage(RESOLVER)))
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ServiceLoader.class)
        .check(CLASSES);
  }

  @Test
  void ofAProviderOnlyTheProviderItsConfigAndWhatAStoreUnwrapsToArePublic() {
    classes()
        .that(
            resideInAPackage(EXPORTED)
                .and(not(resideInAPackage(SUPPORT)))
                .and(modifier(JavaModifier.PUBLIC)))
        .and()
        .areTopLevelClasses()
        .should()
        .haveSimpleNameEndingWith("Provider")
        .orShould()
        .haveSimpleNameEndingWith("Config")
        .orShould()
        .beEnums()
        .orShould()
        .beInterfaces()
        .check(CLASSES);
  }

  @Test
  void besideItsProviderItsStoreAndItsConfigAllOfAProviderLiesInFolders() {
    classes()
        .that(resideInAPackage(EXPORTED).and(not(resideInAPackage(SUPPORT))))
        .and()
        .areTopLevelClasses()
        .should()
        .haveSimpleNameEndingWith("Provider")
        .orShould()
        .haveSimpleNameEndingWith("TraceStore")
        .orShould()
        .haveSimpleNameEndingWith("Config")
        .orShould()
        .haveSimpleName("package-info")
        .orShould()
        .beEnums()
        .orShould()
        .beInterfaces()
        .check(CLASSES);
  }

  @Test
  void theFoldersOfProvidersHaveTheSameNames() {
    classes()
        .that(resideInAPackage(FOLDERS).and(not(resideInAPackage(SUPPORT))))
        .should()
        .resideInAnyPackage(
            Stream.of("connect", "schema", "sql", "jooq", "index", "heap", "read", "write")
                .map("io.tracestore.provider.*.%s.."::formatted)
                .toArray(String[]::new))
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Sqlite", "Postgres", "ClickHouse", "Redis"})
  void aRoleHasTheSameNameInEveryProviderOfADatabase(String engine) {
    assertThat(CLASSES.stream().map(JavaClass::getSimpleName))
        .contains(
            engine + "WriteSink",
            engine + "TraceReader",
            engine + "QueryPlan",
            engine + "Purge",
            engine + "Errors");
  }

  @Test
  void readingDoesNotKnowWritingAndOtherFoldersKnowNeither() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .withOptionalLayers(true)
        .layer("sql")
        .definedBy(folder("sql"))
        .layer("schema")
        .definedBy(folder("schema"))
        .layer("connect")
        .definedBy(folder("connect"))
        .layer("read")
        .definedBy(folder("read"))
        .layer("write")
        .definedBy(folder("write"))
        .whereLayer("read")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("write")
        .mayNotBeAccessedByAnyLayer()
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaClass> folder(String name) {
    return resideInAPackage("io.tracestore.provider.*." + name + "..")
        .and(not(resideInAPackage(SUPPORT)));
  }

  @Test
  void foldersOfAProviderFormNoCircle() {
    slices().matching("io.tracestore.provider.(*).(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void theFoldersOfAProviderDoNotKnowItsStore() {
    noClasses()
        .that(resideInAPackage(FOLDERS).and(not(resideInAPackage(SUPPORT))))
        .should()
        .dependOnClassesThat(
            resideInAPackage(EXPORTED)
                .and(
                    DescribedPredicate.<JavaClass>or(
                        not(modifier(JavaModifier.PUBLIC)),
                        JavaClass.Predicates.simpleNameEndingWith("Provider"))))
        .check(CLASSES);
  }

  @Test
  void sqlStaysInTheProvidersOfDatabases() {
    noClasses()
        .that(
            not(
                resideInAnyPackage(
                    "io.tracestore.provider.clickhouse..",
                    "io.tracestore.provider.postgresql..",
                    "io.tracestore.provider.sqlite..")))
        .and(not(JavaClass.Predicates.simpleName("JooqGreeting")))
        .and(not(JavaClass.Predicates.simpleName("ReflowDatabase"))) // reads those of Reflow
        .should()
        .dependOnClassesThat(resideInAnyPackage("java.sql..", "javax.sql..", "org.jooq.."))
        .check(CLASSES);
  }

  @Test
  void nobodyButSqliteOpensItsFiles() {
    DescribedPredicate<JavaClass> openingClasses =
        JavaClass.Predicates.belongToAnyOf(
            FileChannel.class,
            FileInputStream.class,
            FileOutputStream.class,
            RandomAccessFile.class,
            FileReader.class,
            FileWriter.class);
    DescribedPredicate<JavaCall<?>> opening =
        DescribedPredicate.describe(
            "a method of Files that opens one",
            call ->
                call.getTargetOwner().isEquivalentTo(Files.class)
                    && call.getName()
                        .matches(
                            "new(Input|Output|Byte|Buffered).*|readAll.*|readString|write.*|copy|lines|mismatch"));
    noClasses()
        .that(resideInAPackage("io.tracestore.provider.sqlite.."))
        .and(not(JavaClass.Predicates.simpleName("Disk")))
        // It reads what processes have loaded, and no file of the engine.
        .and(not(JavaClass.Predicates.simpleName("LeftLibraries")))
        .should()
        .callMethodWhere(opening)
        .orShould()
        .accessClassesThat(openingClasses)
        .check(CLASSES);
  }

  @Test
  void librariesDoNotWriteToTheConsoleOrLog() {
    noClasses()
        .that(not(resideInAnyPackage("io.tracestore.cli..", "io.tracestore.tools..")))
        .should(ACCESS_STANDARD_STREAMS)
        .orShould()
        .accessClassesThat(resideInAnyPackage("java.util.logging..", "java.lang.System$Logger"))
        .check(CLASSES);
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(
            CLASSES.getPackage("io.tracestore").getSubpackagesInTree().stream()
                .filter(found -> !found.getClasses().isEmpty())
                .filter(found ->
                    !found.getName().endsWith(".jooq") && !found.getName().contains(".jooq."))
                .filter(found -> !found.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName))
        .isEmpty();
  }

  @Test
  void aFailureOfForeignCodeIsReportedInOnePlaceThatOutlivesIt() {
    noClasses()
        .that(
            not(
                resideInAnyPackage(
                    "io.tracestore.compat..", "io.tracestore.cli..", "io.tracestore.bench..")))
        .and()
        .haveNameNotMatching("io\\.tracestore\\.spi\\.internal\\.Guarded")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Thread.UncaughtExceptionHandler.class)
        .check(CLASSES);
  }

  @Test
  void theBodyOfAServersUriIsReadAndDecodedInOnePlace() {
    noClasses()
        .that(resideInAPackage(PROVIDERS).and(not(resideInAPackage(SUPPORT))))
        .should()
        .callMethod(StoreUri.class, "rawBody")
        .orShould()
        .callMethod(StoreUri.class, "percentDecode", String.class, String.class)
        .check(CLASSES);
  }
}
