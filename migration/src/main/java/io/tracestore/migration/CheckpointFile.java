package io.tracestore.migration;

import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.Checkpoint.Job;
import io.tracestore.migration.Checkpoint.Logged;
import io.tracestore.migration.files.NameLock;
import io.tracestore.migration.files.OutputFile;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonBoolean;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.TraceId;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceQuery.Position;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a {@link Checkpoint} in a file: one line of JSON, replaced as a whole and synced. One run
 * at a time holds it.
 */
final class CheckpointFile implements AutoCloseable {
  private static final String FIELD = "tracestore_checkpoint";
  private static final int VERSION = 2;
  private static final long MAX_BYTES = 16 << 20;

  private final OutputFile file;
  private final Path path;
  private final @Nullable NameLock lock;

  private CheckpointFile(OutputFile file, @Nullable NameLock lock) {
    this.file = file;
    this.path = file.path();
    this.lock = lock;
  }

  /**
   * Opens the file, which need not be there.
   *
   * @param toRead true to read it only
   * @throws TraceStoreException if another run holds it, or it cannot be written
   */
  static CheckpointFile open(Path named, boolean toRead) {
    try {
      OutputFile file = OutputFile.at(named);
      if (file.isStream()) {
        throw new StoreConfigurationException(
            "the checkpoint %s must be a file".formatted(named), null);
      }
      if (toRead) {
        return new CheckpointFile(file, null);
      }
      Path name = file.path().resolveSibling("." + file.path().getFileName() + ".lock");
      Optional<NameLock> lock = NameLock.tryTake(name);
      if (lock.isEmpty()) {
        throw new TraceStoreException(
            "another run works with the checkpoint %s; wait for its end, or name another file"
                .formatted(named),
            null);
      }
      return new CheckpointFile(file, lock.get());
    } catch (IOException e) {
      throw new TraceStoreException(
          "cannot write the checkpoint %s: %s".formatted(named, OutputFile.reason(named, e)), e);
    }
  }

  /**
   * The content of the file; empty if there is none, or if the target was created again since.
   *
   * @throws CorruptDataException if it is no checkpoint
   * @throws StoreConfigurationException if it belongs to another job, or is of another version
   */
  Optional<Checkpoint> read(Job job) {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    Checkpoint checkpoint;
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw damaged(null);
      }
      checkpoint = parse(Files.readString(path));
    } catch (CharacterCodingException e) {
      throw damaged(e);
    } catch (IOException e) {
      throw new TraceStoreException(
          "cannot read the checkpoint %s: %s".formatted(path, OutputFile.reason(path, e)), e);
    } catch (NoSuchFieldException | IllegalArgumentException | DateTimeParseException e) {
      throw damaged(e);
    }
    return isOf(checkpoint.job(), job) ? Optional.of(checkpoint.of(job)) : Optional.empty();
  }

  /** The log of the run of this number. */
  Path logOf(long run) {
    return path.resolveSibling("%s.not-moved-%d".formatted(path.getFileName(), run));
  }

  /** Removes the logs that {@code checkpoint}, as it was written, does not need any more. */
  void removeOldLogs(Checkpoint checkpoint) {
    Pattern log = Pattern.compile(Pattern.quote(path.getFileName() + ".not-moved-") + "\\d+");
    Set<Path> needed = new HashSet<>();
    needed.add(logOf(checkpoint.notMoved().run()));
    if (!checkpoint.ended()) {
      needed.add(logOf(checkpoint.again().run()));
    }
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(
            path.resolveSibling(""),
            each -> log.matcher(each.getFileName().toString()).matches())) {
      for (Path each : files) {
        if (!needed.contains(each)) {
          Files.deleteIfExists(each);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // They harm nothing.
    }
  }

  private CorruptDataException damaged(@Nullable Exception cause) {
    return new CorruptDataException(
        "%s is no checkpoint of a migration, or damaged; remove it to start over".formatted(path),
        cause);
  }

  /**
   * Whether the file belongs to this job; false if only the target's data differ, because they were
   * created again.
   */
  private boolean isOf(Job found, Job wanted) {
    boolean isTarget = found.targetIdentity().equals(wanted.targetIdentity());
    if (!found.sourceIdentity().equals(wanted.sourceIdentity())) {
      throw new StoreConfigurationException(
          ("the checkpoint %s belongs to a migration from %s to %s%s; name another file, or remove"
                  + " it to start over")
              .formatted(
                  path,
                  found.source(),
                  found.target(),
                  found.source().equals(wanted.source())
                      ? ", and the source is another store of that name now"
                      : ""),
          null);
    }
    if (!isTarget && !found.target().equals(wanted.target())) {
      throw new StoreConfigurationException(
          "the checkpoint %s belongs to a migration from %s to %s; name another file"
              .formatted(path, found.source(), found.target()),
          null);
    }
    if (!found.filter().equals(wanted.filter())) {
      throw new StoreConfigurationException(
          "the checkpoint %s belongs to a migration with the filter %s; name another file"
              .formatted(path, found.filter()),
          null);
    }
    return isTarget;
  }

  /** Replaces the file; it is on disk when this returns. */
  void write(Checkpoint checkpoint) {
    byte[] bytes = (ReflowJson.write(toJson(checkpoint)) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      file.write(out -> {
        out.write(bytes);
        return bytes.length;
      });
    } catch (IOException e) {
      throw new TraceStoreException(
          "cannot write the checkpoint %s: %s".formatted(path, OutputFile.reason(path, e)), e);
    }
  }

  @Override
  public void close() {
    if (lock == null) {
      return;
    }
    try (lock) {
      lock.remove();
    } catch (IOException e) {
      // It is nobody's, and the next run takes it.
    }
  }

  private static JsonValue toJson(Checkpoint checkpoint) {
    MigrationTotals totals = checkpoint.totals();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("version", VERSION);
    fields.put("source", checkpoint.job().source());
    fields.put("target", checkpoint.job().target());
    fields.put("source_identity", checkpoint.job().sourceIdentity());
    fields.put("target_identity", checkpoint.job().targetIdentity());
    fields.put("filter", checkpoint.job().filter());
    fields.put("kind", checkpoint.kind().name());
    fields.put("started_at", checkpoint.startedAt().toString());
    fields.put("newest", position(checkpoint.newest()));
    fields.put("down_to", checkpoint.downTo() == null ? null : checkpoint.downTo().toString());
    fields.put("done", position(checkpoint.done()));
    fields.put("ended", checkpoint.ended());
    fields.put("again", logged(checkpoint.again()));
    fields.put("log_not_moved", logged(checkpoint.notMoved()));
    fields.put("traces", totals.traces());
    fields.put("events", totals.events());
    fields.put("bytes", totals.bytes());
    fields.put("unfinished", totals.unfinished());
    fields.put("not_moved", totals.notMoved());
    fields.put(
        "first_not_moved",
        totals.firstNotMoved().stream()
            .map(each -> Map.of("trace_id", each.traceId().toString(), "reason", each.reason()))
            .toList());
    return JsonValue.from(Map.of(FIELD, fields));
  }

  private static Map<String, Object> logged(Logged logged) {
    return Map.of(
        "run", logged.run(),
        "bytes", logged.bytes(),
        "more", logged.more().stream().map(CheckpointFile::position).toList());
  }

  private static @Nullable Map<String, String> position(@Nullable Position position) {
    return position == null
        ? null
        : Map.of(
            "start_time", position.startTime().toString(),
            "trace_id", position.traceId().toString());
  }

  private Checkpoint parse(String text) throws NoSuchFieldException {
    Fields fields = Fields.of(parseJson(text)).object(FIELD);
    long version = fields.number("version");
    if (version != VERSION) {
      throw new StoreConfigurationException(
          "the checkpoint %s has version %d; this Tracestore reads version %d"
              .formatted(path, version, VERSION),
          null);
    }
    List<NotMoved> notMoved = new ArrayList<>();
    for (JsonValue each : fields.list("first_not_moved")) {
      Fields one = Fields.of(each);
      notMoved.add(new NotMoved(TraceId.of(one.text("trace_id")), one.text("reason")));
    }
    Optional<String> downTo = fields.textIfSet("down_to");
    return new Checkpoint(
        new Job(
            fields.text("source"),
            fields.text("target"),
            fields.text("source_identity"),
            fields.text("target_identity"),
            fields.text("filter")),
        MigrationReport.Kind.valueOf(fields.text("kind")),
        Instant.parse(fields.text("started_at")),
        position(fields, "newest"),
        downTo.isPresent() ? Instant.parse(downTo.get()) : null,
        position(fields, "done"),
        fields.flag("ended"),
        logged(fields.object("again")),
        logged(fields.object("log_not_moved")),
        new MigrationTotals(
            fields.number("traces"),
            fields.number("events"),
            fields.number("bytes"),
            fields.number("unfinished"),
            fields.number("not_moved"),
            notMoved));
  }

  private static Logged logged(Fields fields) throws NoSuchFieldException {
    List<Position> more = new ArrayList<>();
    for (JsonValue each : fields.list("more")) {
      more.add(position(Fields.of(each)));
    }
    return new Logged(fields.number("run"), fields.number("bytes"), more);
  }

  private static JsonValue parseJson(String text) {
    try {
      return ReflowJson.readValue(text);
    } catch (CorruptDataException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static @Nullable Position position(Fields fields, String name)
      throws NoSuchFieldException {
    if (fields.isNull(name)) {
      return null;
    }
    return position(fields.object(name));
  }

  private static Position position(Fields position) throws NoSuchFieldException {
    return new Position(
        Instant.parse(position.text("start_time")), TraceId.of(position.text("trace_id")));
  }

  /** The members of an object, each of the kind that is asked for. */
  private record Fields(Map<String, JsonValue> members) {
    static Fields of(@Nullable JsonValue value) throws NoSuchFieldException {
      if (value instanceof JsonObject object) {
        return new Fields(object.members());
      }
      throw new NoSuchFieldException("an object");
    }

    Fields object(String name) throws NoSuchFieldException {
      return of(members.get(name));
    }

    boolean isNull(String name) {
      return members.get(name) instanceof JsonValue.JsonNull;
    }

    Optional<String> textIfSet(String name) throws NoSuchFieldException {
      return isNull(name) ? Optional.empty() : Optional.of(text(name));
    }

    String text(String name) throws NoSuchFieldException {
      if (members.get(name) instanceof JsonString text) {
        return text.value();
      }
      throw new NoSuchFieldException(name);
    }

    long number(String name) throws NoSuchFieldException {
      if (members.get(name) instanceof JsonNumber number) {
        return Long.parseLong(number.literal());
      }
      throw new NoSuchFieldException(name);
    }

    boolean flag(String name) throws NoSuchFieldException {
      if (members.get(name) instanceof JsonBoolean flag) {
        return flag.value();
      }
      throw new NoSuchFieldException(name);
    }

    List<JsonValue> list(String name) throws NoSuchFieldException {
      if (members.get(name) instanceof JsonArray list) {
        return list.elements();
      }
      throw new NoSuchFieldException(name);
    }
  }
}
