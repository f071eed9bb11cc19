package io.tracestore.migration;

import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.Checkpoint.Job;
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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps a {@link Checkpoint} in a file: one line of JSON, replaced as a whole and synced. */
final class CheckpointFile {
  private static final String FIELD = "tracestore_checkpoint";
  private static final int VERSION = 1;
  private static final long MAX_BYTES = 16 << 20;

  private final Path path;

  CheckpointFile(Path path) {
    this.path = path.toAbsolutePath();
  }

  /**
   * What the file says; empty if there is none.
   *
   * @throws CorruptDataException if it is no checkpoint
   * @throws StoreConfigurationException if it belongs to another job, or is of a newer version
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
    } catch (IOException e) {
      throw new TraceStoreException("cannot read the checkpoint %s: %s".formatted(path, e), e);
    } catch (NoSuchFieldException | IllegalArgumentException | DateTimeParseException e) {
      throw damaged(e);
    }
    refuseOther(checkpoint.job(), job);
    return Optional.of(checkpoint);
  }

  private CorruptDataException damaged(@Nullable Exception cause) {
    return new CorruptDataException(
        "%s is no checkpoint of a migration, or damaged; remove it to begin anew".formatted(path),
        cause);
  }

  private void refuseOther(Job found, Job wanted) {
    if (!found.source().equals(wanted.source()) || !found.target().equals(wanted.target())) {
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
  }

  /** Replaces the file; it is on disk when this returns. */
  void write(Checkpoint checkpoint) {
    Path unfinished = path.resolveSibling("." + path.getFileName() + ".tmp");
    ByteBuffer bytes =
        ByteBuffer.wrap(
            (ReflowJson.write(toJson(checkpoint)) + "\n").getBytes(StandardCharsets.UTF_8));
    try {
      try (FileChannel channel =
          FileChannel.open(
              unfinished,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      WholeFiles.moveIntoPlace(unfinished, path);
    } catch (IOException e) {
      throw new TraceStoreException(
          "cannot write the checkpoint %s: %s".formatted(path, WholeFiles.reason(e)), e);
    }
  }

  private static JsonValue toJson(Checkpoint checkpoint) {
    MigrationTotals totals = checkpoint.totals();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("version", VERSION);
    fields.put("source", checkpoint.job().source());
    fields.put("target", checkpoint.job().target());
    fields.put("filter", checkpoint.job().filter());
    fields.put("kind", checkpoint.kind().name());
    fields.put("started_at", checkpoint.startedAt().toString());
    fields.put("newest", position(checkpoint.newest()));
    fields.put("down_to", checkpoint.downTo() == null ? null : checkpoint.downTo().toString());
    fields.put("done", position(checkpoint.done()));
    fields.put("ended", checkpoint.ended());
    fields.put("again", checkpoint.again().stream().map(TraceId::toString).toList());
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
    List<TraceId> again = new ArrayList<>();
    for (JsonValue each : fields.list("again")) {
      again.add(TraceId.of(each instanceof JsonString id ? id.value() : ""));
    }
    Optional<String> downTo = fields.textIfSet("down_to");
    return new Checkpoint(
        new Job(fields.text("source"), fields.text("target"), fields.text("filter")),
        MigrationReport.Kind.valueOf(fields.text("kind")),
        Instant.parse(fields.text("started_at")),
        position(fields, "newest"),
        downTo.isPresent() ? Instant.parse(downTo.get()) : null,
        position(fields, "done"),
        fields.flag("ended"),
        again,
        new MigrationTotals(
            fields.number("traces"),
            fields.number("events"),
            fields.number("bytes"),
            fields.number("unfinished"),
            fields.number("not_moved"),
            notMoved));
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
    Fields position = fields.object(name);
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
