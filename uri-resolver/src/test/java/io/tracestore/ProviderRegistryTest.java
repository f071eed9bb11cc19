package io.tracestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStoreProvider;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The provider of a scheme is found, or the error says what is there and what to add. */
class ProviderRegistryTest {
  private static final String SERVICE = "META-INF/services/io.tracestore.spi.TraceStoreProvider";
  private static final String FAT_JAR =
      "; if its jar is part of a fat jar, merge the META-INF/services files or call"
          + " TraceStores.register";

  @TempDir Path dir;

  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  private final ProviderRegistry registry = new ProviderRegistry();

  @AfterEach
  void restoreClassLoader() {
    Thread.currentThread().setContextClassLoader(before);
  }

  @Test
  void a_provider_is_found_by_its_scheme_and_aliases() {
    assertThat(registry.providerFor("fake")).isInstanceOf(FakeProvider.class);
    assertThat(registry.providerFor("jdbc:fake")).isInstanceOf(FakeProvider.class);
  }

  @ParameterizedTest
  @CsvSource({
    "mem, tracestore-mem",
    "sqlite, tracestore-sqlite",
    "jdbc:sqlite, tracestore-sqlite",
    "postgresql, tracestore-postgresql",
    "postgres, tracestore-postgresql",
    "clickhouses, tracestore-clickhouse",
    "rediss, tracestore-redis",
    "chronicle, tracestore-chronicle"
  })
  void a_missing_provider_is_named_with_its_artifact(String scheme, String artifact) {
    assertThatThrownBy(() -> registry.providerFor(scheme))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage(
            "no provider for '%s:'; found: fake, jdbc:fake; add io.tracestore:%s to the class"
                + " path"
                + FAT_JAR,
            scheme,
            artifact)
        .hasNoCause();
  }

  @ParameterizedTest
  @CsvSource({"fke, fake", "sqllite, sqlite", "postgressql, postgresql", "men, mem"})
  void a_mistyped_scheme_suggests_the_nearest(String wrong, String meant) {
    assertThatThrownBy(() -> registry.providerFor(wrong))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage(
            "no provider for '%s:' (did you mean '%s'?); found: fake, jdbc:fake", wrong, meant);
  }

  @Test
  void an_unknown_scheme_lists_what_was_found() {
    assertThatThrownBy(() -> registry.providerFor("oracle"))
        .hasMessage("no provider for 'oracle:'; found: fake, jdbc:fake");
  }

  @Test
  void a_registered_provider_is_found() {
    TraceStoreProvider mine = new Registered("mine");
    registry.register(mine);

    assertThat(registry.providerFor("mine")).isSameAs(mine);
    assertThat(registry.providers())
        .extracting(TraceStoreProvider::scheme)
        .containsExactly("fake", "mine");
  }

  @Test
  void a_provider_registered_again_counts_once_and_one_of_another_scheme_is_another() {
    TraceStoreProvider first = new Registered("mine");
    registry.register(first);
    registry.register(new Registered("mine"));
    registry.register(new Registered("other"));

    assertThat(registry.providerFor("mine")).isSameAs(first);
    assertThat(registry.providers()).hasSize(3);
  }

  @Test
  void a_provider_without_a_scheme_cannot_be_registered() {
    assertThatThrownBy(() -> registry.register(new Nameless()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "provider " + Nameless.class.getName() + " does not say its schemes: ");
  }

  @Test
  void a_registered_provider_goes_before_a_found_one_of_its_class() {
    TraceStoreProvider mine = new FakeProvider();
    registry.register(mine);

    assertThat(registry.providerFor("fake")).isSameAs(mine);
  }

  @Test
  void two_providers_of_one_scheme_are_an_error_that_names_where_both_come_from() throws Exception {
    Path first = folderWith(Registered.class);
    Path second = folderWith(AlsoRegistered.class);
    try (Isolated one = new Isolated(first, before);
        Isolated other = new Isolated(second, one)) {
      Thread.currentThread().setContextClassLoader(other);

      assertThatThrownBy(() -> registry.providerFor("registered"))
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessageStartingWith("several providers serve 'registered:'; keep one of: ")
          .hasMessageContaining(Registered.class.getName() + " in " + first)
          .hasMessageContaining(AlsoRegistered.class.getName() + " in " + second);
    }
  }

  @Test
  void the_context_class_loader_is_asked() throws Exception {
    try (Isolated loader = new Isolated(folderWith(Registered.class), before)) {
      assertThatThrownBy(() -> registry.providerFor("registered"))
          .isInstanceOf(StoreConfigurationException.class);

      Thread.currentThread().setContextClassLoader(loader);

      assertThat(registry.providerFor("registered").getClass().getClassLoader()).isSameAs(loader);
    }
  }

  @Test
  void without_a_context_class_loader_the_librarys_own_is_asked() {
    Thread.currentThread().setContextClassLoader(null);

    assertThat(registry.providerFor("fake")).isInstanceOf(FakeProvider.class);
  }

  @ParameterizedTest
  @CsvSource({
    "io.tracestore.NoSuchProvider, not found",
    "io.tracestore.TraceStores, not a subtype",
    "io.tracestore.ProviderRegistryTest$Throwing, could not be instantiated",
    "io.tracestore.ProviderRegistryTest$Outdated, Outdated is broken: java.lang.AbstractMethodError",
    "io.tracestore.ProviderRegistryTest$Nameless, Nameless is broken: java.lang.NullPointerException",
    "io.tracestore.ProviderRegistryTest$Aliasless, Aliasless is broken: java.lang.NullPointerException",
    "io.tracestore.ProviderRegistryTest$Confused, Confused is broken: java.lang.IllegalStateException"
  })
  void a_broken_provider_does_not_hide_the_others_and_is_told_once(String name, String reason)
      throws Exception {
    Path folder = Files.createTempDirectory(dir, "broken");
    writeService(folder, name);
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
      Thread.currentThread().setContextClassLoader(loader);

      assertThat(registry.providerFor("fake")).isInstanceOf(FakeProvider.class);
      assertThatThrownBy(() -> registry.providerFor("nope"))
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessageStartingWith("no provider for 'nope:'; found: fake, jdbc:fake; ")
          .hasMessageContaining(reason)
          .hasCauseInstanceOf(Throwable.class)
          .satisfies(e -> assertThat(e.getMessage()).containsOnlyOnce(reason));
    }
  }

  @Test
  void a_class_loader_without_any_provider_hints_at_fat_jars() throws Exception {
    // A copy of this library that sees no META-INF/services at all, as in a fat jar.
    try (NoServices loader = new NoServices(before)) {
      Thread.currentThread().setContextClassLoader(loader);
      Class<?> copy = loader.loadClass("io.tracestore.TraceStores");
      @SuppressWarnings("unchecked")
      List<TraceStoreProvider> providers =
          (List<TraceStoreProvider>) copy.getMethod("providers").invoke(null);

      assertThat(providers).isEmpty();
      assertThatThrownBy(
              () -> {
                try {
                  copy.getMethod("open", String.class).invoke(null, "custom:x");
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              })
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessage("no provider for 'custom:'; found: none" + FAT_JAR);
    }
  }

  private Path folderWith(Class<?> provider) throws Exception {
    Path folder = Files.createTempDirectory(dir, "provider");
    String file = provider.getName().replace('.', '/') + ".class";
    Path target = folder.resolve(file);
    Files.createDirectories(target.getParent());
    try (InputStream bytes = getClass().getClassLoader().getResourceAsStream(file)) {
      Files.copy(bytes, target);
    }
    writeService(folder, provider.getName());
    return folder;
  }

  private static void writeService(Path folder, String name) throws Exception {
    Path service = folder.resolve(SERVICE);
    Files.createDirectories(service.getParent());
    Files.writeString(service, name + "\n");
  }

  /** Loads the classes in its folder itself, as the class loader of a plug-in does. */
  private static final class Isolated extends URLClassLoader {
    private final Path folder;

    Isolated(Path folder, ClassLoader parent) throws Exception {
      super(new URL[] {folder.toUri().toURL()}, parent);
      this.folder = folder;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!Files.exists(folder.resolve(name.replace('.', '/') + ".class"))) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : findClass(name);
    }
  }

  /** Loads this module's own classes again and hides all service files. */
  private static final class NoServices extends URLClassLoader {
    NoServices(ClassLoader parent) {
      super(
          new URL[] {TraceStores.class.getProtectionDomain().getCodeSource().getLocation()},
          parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.matches("io\\.tracestore\\.[A-Z].*")) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : findClass(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      return name.startsWith("META-INF/services/")
          ? Collections.emptyEnumeration()
          : super.getResources(name);
    }
  }

  /** A provider of any scheme; found, it is that of {@code registered}. */
  public static final class Registered extends FakeProvider {
    private final String scheme;

    public Registered() {
      this("registered");
    }

    Registered(String scheme) {
      this.scheme = scheme;
    }

    @Override
    public String scheme() {
      return scheme;
    }

    @Override
    public List<String> aliases() {
      return List.of();
    }
  }

  /** A provider with the same scheme as another. */
  public static final class AlsoRegistered extends FakeProvider {
    @Override
    public String scheme() {
      return "registered";
    }
  }

  /** Fails to be made. */
  public static final class Throwing extends FakeProvider {
    public Throwing() {
      throw new IllegalStateException("no driver");
    }
  }

  /** A provider without a scheme. */
  @SuppressWarnings("NullAway") // null on purpose
  public static final class Nameless extends FakeProvider {
    @Override
    public String scheme() {
      return null;
    }
  }

  /** A provider with null for its aliases. */
  @SuppressWarnings("NullAway") // null on purpose
  public static final class Aliasless extends FakeProvider {
    @Override
    public List<String> aliases() {
      return null;
    }
  }

  /** Fails to say its scheme. */
  public static final class Confused extends FakeProvider {
    @Override
    public String scheme() {
      throw new IllegalStateException("no driver");
    }
  }

  /** A provider that behaves as if it was compiled against another version of the interface. */
  public static final class Outdated extends FakeProvider {
    @Override
    public String scheme() {
      throw new AbstractMethodError("scheme");
    }
  }
}
