package io.tracestore.bench;

import io.tracestore.TraceStores;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.config.StoreUri;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A place of its own for one store to be measured in, next to what is there: a folder beside a
 * file, a schema, a database, a key prefix. It never touches the user's own data, and {@link
 * #remove} removes all of it. Immutable.
 *
 * <p>Its name shows its origin: {@code tracestore_bench_}, the time when the run began, four random
 * digits, {@code _} and the purpose. Only places with such a name are ever removed.
 *
 * <p>To measure a further backend of this project, say here where its scratch is, and in {@link
 * Baseline} what its least work is.
 */
public final class Scratch {
  /** The system property that names the folder for stores in files; a temporary one otherwise. */
  public static final String FOLDER_PROPERTY = "tracestore.bench.folder";

  /** The system property that names the run, which all its processes share. */
  public static final String RUN_PROPERTY = "tracestore.bench.run";

  /** The prefix of all names. */
  static final String PREFIX = "tracestore_bench_";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT);

  private static final Pattern NAME =
      Pattern.compile(PREFIX + "(?<run>\\d{14}_[0-9a-f]{4})_[a-z0-9_]+");

  /** The bounds of a mem: store: 10,000 traces have about 200,000 events. */
  private static final Map<String, String> MEM_BOUNDS =
      Map.of("maxTraces", "10000", "maxMemoryMb", "1024");

  /** A map has to know beforehand; its file takes only what is used. */
  private static final Map<String, String> MAP_BOUNDS = Map.of("maxTraces", "500000");

  private final Places places;
  private final String name;

  private Scratch(Places places, String name) {
    this.places = places;
    this.name = name;
  }

  /** The scratch places at one server or in one folder. */
  interface Places {
    /** The store in the place called {@code name}. */
    StoreUri uri(String name);

    /**
     * The names of existing places that begin with {@link #PREFIX}; others than ours may be among
     * them.
     */
    List<String> names();

    /** Removes a place, if it is there. */
    void remove(String name);
  }

  /** A new name for a run. */
  public static String newRun() {
    return "%s_%04x"
        .formatted(
            LocalDateTime.now(ZoneOffset.UTC).format(TIME),
            ThreadLocalRandom.current().nextInt(1 << 16));
  }

  /** The run of this process: that of the system property, or else a new one. */
  public static String run() {
    String run = System.getProperty(RUN_PROPERTY, "");
    if (run.isEmpty()) {
      run = newRun();
      System.setProperty(RUN_PROPERTY, run);
    }
    return run;
  }

  /** The day, in UTC, on which the run of this process began. */
  static LocalDate dayOfRun() {
    String run = run();
    return LocalDateTime.parse(run.substring(0, run.indexOf('_')), TIME).toLocalDate();
  }

  private static String prefixOfRun() {
    return PREFIX + run() + "_";
  }

  /**
   * The place of this run that is called {@code name}, for the store of {@code given}.
   *
   * @param name small letters, digits and underscores; the same name is the same place
   * @throws StoreConfigurationException if the URI does not say where scratch places are
   */
  public static Scratch of(String given, String name) {
    return new Scratch(places(StoreUri.parse(given)), prefixOfRun() + name);
  }

  /** Makes the folder of this run that is called {@code name}, among temporary files. */
  public static Path folder(String name) throws IOException {
    return Files.createDirectories(temporary(prefixOfRun() + name));
  }

  /** The folder called {@code name} among temporary files. */
  public static Path temporary(String name) {
    return new Folders(StoreUri.parse("sqlite:")).parent().resolve(name);
  }

  private static Places places(StoreUri uri) {
    return switch (uri.scheme()) {
      case "mem" -> new InMemory(withDefaults(StoreUri.parse("mem:"), uri, MEM_BOUNDS));
      case "sqlite", "jdbc:sqlite" -> ofFile(uri);
      case "chronicle" -> ofFile(withDefaults(uri, uri, MAP_BOUNDS));
      case "postgresql", "postgres", "jdbc:postgresql" -> new ScratchSchemas(uri);
      case "clickhouse", "clickhouses", "jdbc:clickhouse" -> new ScratchDatabases(uri);
      case "redis", "rediss", "redis-sentinel" ->
          new ScratchKeys(withDefaults(uri, uri, Map.of("ttl", "1d")));
      default -> ScratchByName.of(uri);
    };
  }

  private static Places ofFile(StoreUri uri) {
    return uri.body().startsWith(":") ? new InMemory(uri) : new Folders(uri);
  }

  static StoreUri with(StoreUri uri, String option, String value) {
    Map<String, String> options = new LinkedHashMap<>(uri.options());
    options.put(option, value);
    return StoreUri.of(uri.scheme(), uri.rawBody(), options);
  }

  /** {@code uri}, of the body of {@code base}, with those of {@code defaults} it does not set. */
  private static StoreUri withDefaults(StoreUri base, StoreUri uri, Map<String, String> defaults) {
    Map<String, String> options = new LinkedHashMap<>(uri.options());
    new TreeMap<>(defaults).forEach(options::putIfAbsent);
    return StoreUri.of(base.scheme(), base.rawBody(), options);
  }

  /** The name of the place that trials of {@code given} with this number of events share. */
  static String keptName(String given, int events) {
    return "of_%d_%08x".formatted(events, given.hashCode());
  }

  /** Where the store is. */
  public StoreUri uri() {
    return places.uri(name);
  }

  /** Opens the store. */
  public TraceStore open() {
    return TraceStores.open(uri());
  }

  /** Removes everything in it; the store must be closed. */
  public void remove() {
    places.remove(name);
  }

  /** The names of the places at {@code given} that other runs have made and not removed. */
  public static List<String> left(String given) {
    return places(StoreUri.parse(given)).names().stream()
        .filter(name -> NAME.matcher(name).matches() && !name.startsWith(prefixOfRun()))
        .sorted()
        .toList();
  }

  /** Removes what the run of this process and its others have left at {@code given}. */
  public static void removeLeftOfThisRun(String given) {
    Places places = places(StoreUri.parse(given));
    places.names().stream().filter(name -> name.startsWith(prefixOfRun())).forEach(places::remove);
  }

  /** Removes one of the places that {@link #left} returned. */
  public static void remove(String given, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a place of a benchmark: " + name);
    }
    places(StoreUri.parse(given)).remove(name);
  }

  /** A place in memory, which ends with the process. */
  private record InMemory(StoreUri store) implements Places {
    @Override
    public StoreUri uri(String name) {
      return store;
    }

    @Override
    public List<String> names() {
      return List.of();
    }

    @Override
    public void remove(String name) {
      // Nothing is left.
    }
  }

  /** A folder for each place, beside the user's file. */
  private record Folders(StoreUri given) implements Places {
    @Override
    public StoreUri uri(String name) {
      String file;
      try {
        Path folder = Files.createDirectories(parent().resolve(name));
        file = folder.resolve("store.db").toString();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return StoreUri.of(
          given.scheme(), StoreUri.percentEncode(file).replace("%2F", "/"), given.options());
    }

    private Path parent() {
      String file = given.body();
      if (file.isEmpty()) {
        String folder = System.getProperty(FOLDER_PROPERTY, "");
        return Path.of(folder.isEmpty() ? System.getProperty("java.io.tmpdir") : folder);
      }
      Path parent = Path.of(file).toAbsolutePath().getParent();
      return parent == null ? Path.of("/") : parent;
    }

    @Override
    public List<String> names() {
      if (!Files.isDirectory(parent())) {
        return List.of();
      }
      try (Stream<Path> files = Files.list(parent())) {
        return files
            .filter(Files::isDirectory)
            .map(folder -> String.valueOf(folder.getFileName()))
            .filter(name -> name.startsWith(PREFIX))
            .toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void remove(String name) {
      deleteAll(parent().resolve(name));
    }
  }

  /** Removes a folder and everything in it, if it is there. */
  public static void deleteAll(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
