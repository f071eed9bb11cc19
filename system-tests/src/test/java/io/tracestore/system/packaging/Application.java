package io.tracestore.system.packaging;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;

/** An application that opens stores, with the libraries that it would have, in a JVM of its own. */
final class Application {
  private static final String SOURCE =
      """
      package app;

      import io.tracestore.TraceStores;
      import io.tracestore.model.FlowTrace;
      import io.tracestore.model.TraceEvent;
      import io.tracestore.model.TraceEventType;
      import io.tracestore.spi.TraceStore;
      import java.util.Map;
      import java.util.TimeZone;
      import java.util.TreeMap;

      public final class App {
        public static void main(String[] uris) {
          // The JDK itself sets user.timezone when this is first asked for.
          TimeZone.getDefault();
          Map<Object, Object> before = new TreeMap<>(System.getProperties());
          for (String uri : uris) {
            FlowTrace trace =
                FlowTrace.builder("flow")
                    .event(TraceEvent.builder(TraceEventType.ACTOR_STARTED, "reader").build())
                    .build();
            try (TraceStore store = TraceStores.open(uri)) {
              store.storeTrace(trace);
              if (!trace.equals(store.getTrace(trace.traceId()).orElseThrow())) {
                throw new AssertionError(uri);
              }
              store.healthCheck();
              store.metrics();
              store.deleteTrace(trace.traceId());
            }
            System.out.println("used " + uri.substring(0, uri.indexOf(':')));
          }
          Map<Object, Object> after = new TreeMap<>(System.getProperties());
          after.entrySet().removeAll(before.entrySet());
          after.forEach((name, value) -> System.out.println("set " + name + "=" + value));
        }
      }
      """;
  private static final String MODULE = "module app { requires io.tracestore; }";

  /** The libraries that the kit and its servers bring, and that no application has. */
  private static final Pattern PROJECT_TESTS =
      Pattern.compile("[/\\\\](compat-tests|clickhouse-server|test-servers)[/\\\\]");

  private static final Pattern TESTS =
      Pattern.compile(
          "(junit|opentest4j|apiguardian|jqwik|assertj|byte-buddy|archunit|embedded-|docker-java"
              + "|testcontainers|duct-tape|hamcrest|annotations-|jackson-annotations"
              + "|jackson-databind|spring-boot|slf4j-nop|slf4j-simple|jna-5.1[0-7]).*");

  private static final String NATIVE =
      "--enable-native-access=org.xerial.sqlitejdbc,com.github.luben.zstd_jni,io.netty.common,org.lz4.java";
  private static final long SECONDS = 120;

  private final Path folder;
  private final List<Path> libraries;

  /** One whose classes and jars are made in {@code folder}. */
  Application(Path folder) {
    this.folder = folder;
    this.libraries = classPath().filter(Application::isOfAnApplication).toList();
  }

  /** The end of an application: all that it wrote, and its exit code. */
  record End(String output, String errors, int exitCode) {}

  private static Stream<Path> classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath())
        .filter(Files::exists);
  }

  private static boolean isOfAnApplication(Path entry) {
    if (Files.isDirectory(entry)) {
      return Files.exists(entry.resolve("module-info.class"))
          && !PROJECT_TESTS.matcher(entry.toString()).find();
    }
    return !TESTS.matcher(entry.getFileName().toString()).matches()
        && !PROJECT_TESTS.matcher(entry.toString()).find();
  }

  /** A logger that writes everything from INFO on; it must not be on the test's class path. */
  static Path logger() throws IOException {
    try (Stream<Path> jars = Files.list(Path.of("target/logger"))) {
      return jars.findFirst().orElseThrow().toAbsolutePath();
    }
  }

  /** The jar of the test's class path whose name begins so. */
  private static Path jar(String prefix) {
    return classPath()
        .filter(entry -> entry.getFileName().toString().startsWith(prefix))
        .findFirst()
        .orElseThrow();
  }

  End runOnClassPath(List<Path> more, List<String> options, String... uris) {
    Path classes = compile(false);
    List<Path> path = new ArrayList<>(libraries);
    path.add(classes);
    path.addAll(more);
    return run(
        Path.of(System.getProperty("java.home")),
        options,
        List.of("--enable-native-access=ALL-UNNAMED", "-cp", join(path), "app.App"),
        uris);
  }

  End runOnModulePath(Path javaHome, List<String> options, String... uris) {
    return run(javaHome, options, List.of(NATIVE, "-p", modulePath(), "-m", "app/app.App"), uris);
  }

  /** The path of the module {@code app}, of all providers and what they need. */
  String modulePath() {
    List<Path> path = new ArrayList<>(libraries);
    path.add(compile(true));
    path.add(jar("slf4j-nop"));
    return join(path);
  }

  /**
   * Runs the application in the jar that Spring Boot makes: jars inside a jar, and a loader that
   * reads them.
   */
  End runInNestedJar(List<String> options, String... uris) {
    try {
      Path jar = nestedJar();
      return run(
          Path.of(System.getProperty("java.home")),
          options,
          List.of("--enable-native-access=ALL-UNNAMED", "-jar", jar.toString()),
          uris);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path compile(boolean asModule) {
    try {
      Path sources = Files.createDirectories(folder.resolve("sources-" + asModule));
      Path classes = Files.createDirectories(folder.resolve("classes-" + asModule));
      Path app = sources.resolve("App.java");
      Files.writeString(app, SOURCE);
      List<String> arguments = new ArrayList<>(List.of("-d", classes.toString(), app.toString()));
      if (asModule) {
        Path module = sources.resolve("module-info.java");
        Files.writeString(module, MODULE);
        arguments.add(module.toString());
      }
      arguments.add(asModule ? "-p" : "-cp");
      arguments.add(join(libraries));
      int result =
          ToolProvider.getSystemJavaCompiler()
              .run(null, null, null, arguments.toArray(String[]::new));
      if (result != 0) {
        throw new IllegalStateException("the application cannot be compiled");
      }
      return classes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String join(List<Path> path) {
    return String.join(File.pathSeparator, path.stream().map(Path::toString).toList());
  }

  private Path nestedJar() throws IOException {
    Path jar = folder.resolve("app.jar");
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(
        Attributes.Name.MAIN_CLASS, "org.springframework.boot.loader.launch.JarLauncher");
    attributes.putValue("Start-Class", "app.App");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      unpack(jar("spring-boot-loader"), out);
      for (String directory : List.of("BOOT-INF/", "BOOT-INF/classes/", "BOOT-INF/lib/")) {
        out.putNextEntry(new JarEntry(directory));
        out.closeEntry();
      }
      addFolder(compile(false), "BOOT-INF/classes/", out);
      List<Path> all = new ArrayList<>(libraries);
      all.add(jar("slf4j-nop"));
      for (Path library : all) {
        Path packed = Files.isDirectory(library) ? pack(library) : library;
        store("BOOT-INF/lib/" + packed.getFileName(), Files.readAllBytes(packed), out);
      }
    }
    return jar;
  }

  private static void unpack(Path loader, JarOutputStream out) throws IOException {
    try (JarFile classes = new JarFile(loader.toFile())) {
      for (JarEntry entry : classes.stream().toList()) {
        if (entry.getName().endsWith(".class")) {
          out.putNextEntry(new JarEntry(entry.getName()));
          classes.getInputStream(entry).transferTo(out);
          out.closeEntry();
        }
      }
    }
  }

  private Path pack(Path classes) throws IOException {
    // Such as providers/sqlite/target/classes.
    Path module = classes.getName(classes.getNameCount() - 3);
    Path jar = folder.resolve("tracestore-" + module + ".jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      addFolder(classes, "", out);
    }
    return jar;
  }

  private static void addFolder(Path root, String prefix, JarOutputStream out) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(prefix + root.relativize(file)));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
  }

  /** Nested jars must not be compressed. */
  private static void store(String name, byte[] bytes, JarOutputStream out) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    JarEntry entry = new JarEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(checksum.getValue());
    out.putNextEntry(entry);
    out.write(bytes);
    out.closeEntry();
  }

  End run(Path javaHome, List<String> options, List<String> start, String... uris) {
    List<String> command = new ArrayList<>();
    command.add(javaHome.resolve("bin/java").toString());
    command.addAll(options);
    command.addAll(start);
    command.addAll(List.of(uris));
    Path output = folder.resolve("output");
    Path errors = folder.resolve("errors");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile())
              .start();
      try {
        boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
        return new End(
            Files.readString(output), Files.readString(errors), ended ? process.exitValue() : -1);
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
